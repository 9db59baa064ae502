"""Faults on demand, for each endpoint: queued ones first, then by chance."""

from collections import defaultdict, deque
from enum import StrEnum
from random import Random

from bot.simulator.endpoints import Endpoint


class Fault(StrEnum):
    """What goes wrong with one request."""

    RATE_LIMITED = "rate_limited"
    """429, nothing accepted."""
    SERVER_ERROR = "server_error"
    """500, nothing accepted."""
    TIMEOUT = "timeout"
    """No answer, nothing accepted."""
    RESET = "reset"
    """The connection closes without a whole answer, nothing accepted."""
    ACCEPTED_ERROR = "accepted_error"
    """500, though the request was accepted."""
    REPLY_LOST = "reply_lost"
    """The connection closes without a whole answer, though the request was accepted."""


AFTER_ACCEPTING = frozenset({Fault.ACCEPTED_ERROR, Fault.REPLY_LOST})


class Faults:
    """The faults waiting for requests; guarded by the platform's lock."""

    def __init__(self, random: Random) -> None:
        self._random = random
        self._queues: defaultdict[Endpoint, deque[Fault]] = defaultdict(deque)
        self._chances: dict[Endpoint, tuple[tuple[Fault, float], ...]] = {}

    def queue(self, endpoint: Endpoint, *faults: Fault) -> None:
        """Let the next requests to `endpoint` meet these faults, one each, in this order."""
        self._queues[endpoint].extend(faults)

    def chance(self, endpoint: Endpoint, chances: dict[Fault, float]) -> None:
        """Let every further request to `endpoint` meet each fault with its probability (their sum at most 1)."""
        if not 0 <= sum(chances.values()) <= 1:
            raise ValueError("probabilities must add up to at most 1")
        self._chances[endpoint] = tuple(chances.items())

    def clear(self) -> None:
        """Forget all faults."""
        self._queues.clear()
        self._chances.clear()

    def take(self, endpoint: Endpoint) -> Fault | None:
        """Return the fault the present request meets, if any."""
        if self._queues[endpoint]:
            return self._queues[endpoint].popleft()
        chances = self._chances.get(endpoint)
        draw = self._random.random() if chances else 1.0
        for fault, probability in chances or ():
            draw -= probability
            if draw < 0:
                return fault
        return None

    def waiting(self) -> dict[Endpoint, tuple[Fault, ...]]:
        """Return the queued faults that no request has met yet."""
        return {endpoint: tuple(queue) for endpoint, queue in self._queues.items() if queue}
