"""The pool: a few threads that take stored events, handle each in one transaction, and send its answer after it."""

import threading
import time

import structlog
from prometheus_client import Counter
from sqlalchemy.exc import SQLAlchemyError

from bot import inbox
from bot.background import Background
from bot.handling import Parts, handle
from bot.line.loading import Loading

THREADS = 4
SWEEP_SECONDS = 1.0
NICENESS = 5
"""Acknowledging comes first: encoding and sending take the processor only when the intake leaves it."""
TIDY_SECONDS = 3_600.0
_log = structlog.get_logger(__name__)
_HANDLED = Counter("pocket_events", "Inbound events by what became of them.", ["result"])


class Pool(Background):
    """Handles stored events from entering the context to leaving it; `wake` says that there are new ones."""

    def __init__(self, parts: Parts, loading: Loading, threads: int = THREADS) -> None:
        super().__init__("events", threads, NICENESS)
        self._parts = parts
        self._loading = loading
        self._changed = threading.Condition()
        self._news = 0
        self._swept = 0.0
        self._tidy_at = 0.0

    def wake(self) -> None:
        """Tell one waiting thread that events were stored; it tells the next as long as there are more."""
        with self._changed:
            self._news += 1
            self._changed.notify()

    def _rouse(self) -> None:
        with self._changed:
            self._changed.notify_all()

    def _run(self) -> None:
        while not self._closed.is_set():
            news = self._news
            if not self._take_one():
                self._wait_for_news(news)

    def _wait_for_news(self, seen: int) -> None:
        with self._changed:
            self._changed.wait_for(lambda: self._closed.is_set() or self._news != seen, SWEEP_SECONDS)

    def _take_one(self) -> bool:
        try:
            self._sweep()
            held = inbox.claim(self._parts.engine, self._parts.clock())
        except SQLAlchemyError as error:
            _log.error("claim_failed", problem=type(error).__name__)
            return False
        if held is None:
            return False
        self.wake()
        _HANDLED.labels(handle(self._parts, self._loading, held).value).inc()
        return True

    def _sweep(self) -> None:
        """Once a second, by whichever thread comes first; a second sweep does no harm."""
        if time.monotonic() - self._swept < SWEEP_SECONDS:
            return
        self._swept = time.monotonic()
        if late := inbox.sweep(self._parts.engine, self._parts.clock()):
            _log.warning("events_taken_up_again", events=late)
        if time.monotonic() >= self._tidy_at:
            self._tidy_at = time.monotonic() + TIDY_SECONDS
            inbox.forget_closed(self._parts.engine, self._parts.clock())
