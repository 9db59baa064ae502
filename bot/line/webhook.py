"""`POST /line/webhook`: signature on the raw bytes, events stored, then 200; everything else is a plain refusal."""

import asyncio
import json
from collections.abc import Sequence
from dataclasses import dataclass
from typing import Any, NoReturn

import structlog
from starlette.types import ASGIApp, Receive, Scope, Send

from bot.intake import Intake, IntakeError, NewEvent
from bot.line.reduce import reduce
from bot.line.signature import signed

PATH = "/line/webhook"
MOST_BYTES = 1_000_000
PATIENCE_SECONDS = 10.0
_log = structlog.get_logger(__name__)


class _RefusedError(Exception):
    def __init__(self, status: int, reason: str) -> None:
        self.status = status
        self.reason = reason


class _GoneError(Exception):
    """The client left before its request was complete."""


@dataclass(frozen=True)
class Webhook:
    """The webhook as middleware, `app.add_middleware(Webhook, secrets=…, intake=…)`: all other paths are `app`'s.

    It stands before the routing of pages: what it needs is the raw body, and a third of a request's time was spent on
    the way to it. The platform has two seconds of patience.
    """

    app: ASGIApp
    secrets: Sequence[bytes]
    intake: Intake

    async def __call__(self, scope: Scope, receive: Receive, send: Send) -> None:
        """Answer 200 once the events are stored; 400, 401, 405, 408, 413 and 503 say why not."""
        if scope["type"] != "http" or scope["path"] != PATH:
            await self.app(scope, receive, send)
            return
        try:
            await self._take(scope, receive)
        except _RefusedError as refused:
            _log.warning("webhook_refused", status=refused.status, reason=refused.reason)
            await _respond(send, refused.status, json.dumps({"error": refused.reason}).encode())
        except _GoneError:
            return
        else:
            await _respond(send, 200, b"{}")

    async def _take(self, scope: Scope, receive: Receive) -> None:
        if scope["method"] != "POST":
            raise _RefusedError(405, "POST only")
        headers: list[tuple[bytes, bytes]] = scope["headers"]
        _refuse_announced_excess(headers)
        body = await _read(receive)
        signatures = [value for name, value in headers if name.lower() == b"x-line-signature"]
        if not signed(body, signatures, self.secrets):
            raise _RefusedError(401, "signature does not match")
        events = read_events(body)
        if events:
            await self._store(events)

    async def _store(self, events: list[NewEvent]) -> None:
        try:
            await self.intake.store(events)
        except IntakeError:
            raise _RefusedError(503, "not stored, send again") from None


def read_events(body: bytes) -> list[NewEvent]:
    """The events of a webhook body, reduced; one that is no event is left out and counted in the log."""
    events = _parse(body)
    reduced = [reduce(event) for event in events]
    known = [event for event in reduced if event is not None]
    if len(known) < len(events):
        _log.warning("webhook_odd_events", left_out=len(events) - len(known))
    return known


def _parse(body: bytes) -> list[Any]:
    try:
        content = json.loads(body.decode("utf-8"), parse_constant=_no_constant)
        if b"\\u" in body:
            json.dumps(content, ensure_ascii=False).encode("utf-8")
    except (ValueError, RecursionError):
        raise _RefusedError(400, "not the JSON of a webhook") from None
    events = content.get("events") if isinstance(content, dict) else None
    if not isinstance(events, list):
        raise _RefusedError(400, "no list of events")
    return events


def _no_constant(name: str) -> NoReturn:
    raise ValueError(name)


def _refuse_announced_excess(headers: list[tuple[bytes, bytes]]) -> None:
    for name, value in headers:
        if name == b"content-length" and (not value.isdigit() or int(value[:20]) > MOST_BYTES):
            raise _RefusedError(413, "too large")


async def _read(receive: Receive) -> bytes:
    try:
        async with asyncio.timeout(PATIENCE_SECONDS):
            return await _read_all(receive)
    except TimeoutError:
        raise _RefusedError(408, "too slow") from None


async def _read_all(receive: Receive) -> bytes:
    chunks: list[bytes] = []
    size = 0
    while True:
        message = await receive()
        if message["type"] == "http.disconnect":
            raise _GoneError
        chunk = message.get("body", b"")
        size += len(chunk)
        if size > MOST_BYTES:
            raise _RefusedError(413, "too large")
        chunks.append(chunk)
        if not message.get("more_body", False):
            return b"".join(chunks)


async def _respond(send: Send, status: int, body: bytes) -> None:
    headers = [(b"content-type", b"application/json"), (b"content-length", str(len(body)).encode())]
    await send({"type": "http.response.start", "status": status, "headers": headers})
    await send({"type": "http.response.body", "body": body})
