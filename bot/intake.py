"""Storing webhook events before they are acknowledged: requests that come together share one commit."""

import asyncio
import json
import queue
from collections.abc import Callable, Sequence
from dataclasses import dataclass
from datetime import UTC, datetime
from typing import Any

import structlog
from sqlalchemy import BigInteger, ColumnElement, Engine, String, bindparam, cast, literal, select, true
from sqlalchemy.dialects import postgresql, sqlite
from sqlalchemy.exc import SQLAlchemyError

from bot.background import Background
from knowledge.elements import elements
from knowledge.errors import PocketError
from knowledge.models import EventStatus, InboundEvent

WAITING = 4_096
_BATCH = 512
_log = structlog.get_logger(__name__)


_EVENT = elements(bindparam("rows", type_=String)).c.value
"""An element of the list `rows`: `[id, chat, occurred_ms, body]`."""
_ROW: dict[str, ColumnElement[Any]] = {
    "id": _EVENT[0].as_string(),
    "chat": _EVENT[1].as_string(),
    "occurred_ms": cast(_EVENT[2].as_string(), BigInteger),
    "body": _EVENT[3].as_string(),
    "status": literal(EventStatus.STORED.value),
    "received_at": bindparam("now", type_=InboundEvent.received_at.type),
    "attempts": literal(0),
}
_INSERT = {
    name: insert(InboundEvent)
    .from_select(list(_ROW), select(*_ROW.values()).where(true()))
    .on_conflict_do_nothing(index_elements=["id"])
    for name, insert in (("sqlite", sqlite.insert), ("postgresql", postgresql.insert))
}


@dataclass(frozen=True)
class NewEvent:
    """An event to store: its key, the digest of its chat, when it happened (ms), and its reduced body (JSON, ASCII)."""

    id: str
    chat: str | None
    occurred_ms: int
    body: str


class IntakeError(PocketError):
    """ただいま受け付けられません。しばらくしてから再送してください。"""


@dataclass(frozen=True)
class _Request:
    events: Sequence[NewEvent]
    loop: asyncio.AbstractEventLoop
    stored: asyncio.Future[None]


class Intake(Background):
    """The one writer of inbound events in a process.

    `waiting` requests at most are held; beyond that they are refused at once. `wake` is called after each commit.
    Leaving the context stores everything still waiting.
    """

    def __init__(self, engine: Engine, wake: Callable[[], None], waiting: int = WAITING) -> None:
        super().__init__("intake")
        self._engine = engine
        self._wake = wake
        self._queue: queue.Queue[_Request | None] = queue.Queue(waiting)

    def _rouse(self) -> None:
        self._queue.put(None)

    async def store(self, events: Sequence[NewEvent]) -> None:
        """Return once the events are on disk; raises IntakeError where they are not: the platform sends them again."""
        if self._closed.is_set():
            raise IntakeError
        loop = asyncio.get_running_loop()
        stored: asyncio.Future[None] = loop.create_future()
        try:
            self._queue.put_nowait(_Request(events, loop, stored))
        except queue.Full:
            raise IntakeError from None
        await stored

    def _run(self) -> None:
        running = True
        while running:
            batch, running = self._next_batch()
            if batch:
                self._store(batch)

    def _next_batch(self) -> tuple[list[_Request], bool]:
        batch: list[_Request] = []
        request = self._queue.get()
        while request is not None:
            batch.append(request)
            if len(batch) == _BATCH:
                return batch, True
            try:
                request = self._queue.get_nowait()
            except queue.Empty:
                return batch, True
        return batch, False

    def _store(self, batch: list[_Request]) -> None:
        error: IntakeError | None = None
        try:
            insert_new(self._engine, [event for request in batch for event in request.events])
        except SQLAlchemyError as problem:
            _log.error("intake_failed", problem=type(problem).__name__, requests=len(batch))
            error = IntakeError()
        _answer(batch, error)
        if error is None:
            self._wake()


def _answer(batch: list[_Request], error: IntakeError | None) -> None:
    """Resolve all futures of a loop in one call into it: a wake-up a request would cost more than the insert."""
    by_loop: dict[asyncio.AbstractEventLoop, list[asyncio.Future[None]]] = {}
    for request in batch:
        by_loop.setdefault(request.loop, []).append(request.stored)
    for loop, futures in by_loop.items():
        if not loop.is_closed():
            loop.call_soon_threadsafe(_resolve, futures, error)


def _resolve(futures: list[asyncio.Future[None]], error: IntakeError | None) -> None:
    for future in futures:
        if future.done():
            continue
        if error is None:
            future.set_result(None)
        else:
            future.set_exception(error)


def insert_new(engine: Engine, events: Sequence[NewEvent]) -> None:
    """Store the events that are not stored yet, in one transaction and one statement.

    A row at a time would hand the interpreter back and forth with those who take requests, at every row.
    """
    rows = json.dumps([(event.id, event.chat, event.occurred_ms, event.body) for event in events])
    with engine.begin() as connection:
        connection.execute(_INSERT[engine.dialect.name], {"rows": rows, "now": datetime.now(UTC)})
