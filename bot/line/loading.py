"""The loading animation for answers that take longer than a moment, from a thread of its own: it delays nobody."""

import heapq
import threading
import time
from collections.abc import Iterator
from contextlib import contextmanager

import structlog

from bot.background import Background
from bot.line.client import LineClient
from bot.line.errors import LineError

PATIENCE_SECONDS = 1.0
SHOWN_SECONDS = 20
_log = structlog.get_logger(__name__)


class Loading(Background):
    """Shows the animation in chats whose answer is not there after `patience` seconds."""

    def __init__(self, client: LineClient, patience: float = PATIENCE_SECONDS) -> None:
        super().__init__("loading", daemon=True)
        self._client = client
        self._patience = patience
        self._due: list[tuple[float, int]] = []
        self._users: dict[int, str] = {}
        self._changed = threading.Condition()
        self._number = 0

    def _rouse(self) -> None:
        with self._changed:
            self._changed.notify()

    @contextmanager
    def while_working(self, user: str | None, age_seconds: float) -> Iterator[None]:
        """Show the animation to the user if the block lasts; the age of the question counts as waiting."""
        number = self._expect(user, max(0.0, self._patience - age_seconds)) if user else None
        try:
            yield
        finally:
            if number is not None:
                with self._changed:
                    self._users.pop(number, None)

    def _expect(self, user: str, seconds: float) -> int:
        with self._changed:
            self._number += 1
            self._users[self._number] = user
            heapq.heappush(self._due, (time.monotonic() + max(seconds, 0.2), self._number))
            self._changed.notify()
            return self._number

    def _run(self) -> None:
        while (user := self._next_user()) is not None:
            try:
                self._client.loading(user, SHOWN_SECONDS)
            except LineError as error:
                _log.info("loading_refused", status=error.status, request_id=error.request_id)

    def _next_user(self) -> str | None:
        """The next user whose answer is overdue; None when closed."""
        with self._changed:
            while not self._closed.is_set():
                while self._due and self._due[0][1] not in self._users:
                    heapq.heappop(self._due)
                wait = self._due[0][0] - time.monotonic() if self._due else None
                if wait is not None and wait <= 0:
                    return self._users.pop(heapq.heappop(self._due)[1])
                self._changed.wait(wait)
            return None
