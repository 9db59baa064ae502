"""What the platform accepted and refused: the record tests read as the truth."""

import threading
from dataclasses import dataclass

from bot.simulator.endpoints import Endpoint
from bot.simulator.people import Json


@dataclass(frozen=True)
class Accepted:
    """One accepted request to send.

    `recipients` are the ids asked for (for a broadcast: all friends), `shown_to` those who see it (not the blocked, not
    the unknown). `body` is the request as it came, byte for byte. `unit` is the name under
    which it is counted, if it is.
    """

    endpoint: Endpoint
    recipients: tuple[str, ...]
    shown_to: tuple[str, ...]
    messages: tuple[Json, ...]
    body: bytes
    request_id: str
    retry_key: str | None
    time: float
    message_ids: tuple[str, ...]
    unit: str | None


@dataclass(frozen=True)
class Refused:
    """One request that was not accepted, a 409 included (`status` None: it was left without an answer)."""

    endpoint: Endpoint
    status: int | None
    message: str
    request_id: str
    retry_key: str | None
    time: float


class Ledger:
    """Both lists, in the order things happened; safe between threads."""

    def __init__(self) -> None:
        self._changed = threading.Condition()
        self._accepted: list[Accepted] = []
        self._refused: list[Refused] = []

    def add(self, entry: Accepted | Refused) -> None:
        """Append an entry and wake whoever waits."""
        with self._changed:
            if isinstance(entry, Accepted):
                self._accepted.append(entry)
            else:
                self._refused.append(entry)
            self._changed.notify_all()

    def accepted(self, endpoint: Endpoint | None = None) -> tuple[Accepted, ...]:
        """Return what was accepted, of one endpoint or of all."""
        with self._changed:
            return tuple(entry for entry in self._accepted if endpoint in (None, entry.endpoint))

    def refused(self, endpoint: Endpoint | None = None) -> tuple[Refused, ...]:
        """Return what was refused, of one endpoint or of all."""
        with self._changed:
            return tuple(entry for entry in self._refused if endpoint in (None, entry.endpoint))

    def shown_to(self, user_id: str) -> tuple[Json, ...]:
        """Return the messages a user saw, oldest first."""
        return tuple(message for entry in self.accepted() if user_id in entry.shown_to for message in entry.messages)

    def wait(self, count: int, seconds: float = 10.0) -> tuple[Accepted, ...]:
        """Return everything accepted as soon as there are `count` entries; raises TimeoutError after `seconds`."""
        with self._changed:
            if not self._changed.wait_for(lambda: len(self._accepted) >= count, seconds):
                raise TimeoutError(f"{len(self._accepted)} of {count} requests were accepted")
            return tuple(self._accepted)

    def clear(self) -> None:
        """Forget everything."""
        with self._changed:
            self._accepted.clear()
            self._refused.clear()
