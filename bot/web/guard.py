"""The edge of the web page: no foreign posts, no large bodies, strict headers, and nothing typed in a log."""

import asyncio
import traceback
from collections.abc import Callable
from dataclasses import dataclass, field
from urllib.parse import urlsplit

import structlog
from starlette.concurrency import run_in_threadpool
from starlette.datastructures import Headers, MutableHeaders
from starlette.responses import Response
from starlette.types import ASGIApp, Message, Receive, Scope, Send

MOST_BYTES = 64 * 1024
PATIENCE_SECONDS = 10.0
LARGER_PATIENCE = 12
"""How many times longer a body may take that may be larger than usual."""
_log = structlog.get_logger(__name__)

# `same-origin` and not `no-referrer`: the latter makes browsers post `Origin: null`, which can not be told from a
# foreign page's. No address of ours holds anything typed, and other sites get no referrer from either.
HEADERS = {
    "content-security-policy": "default-src 'none'; style-src 'self'; img-src 'self' data:; form-action 'self'; "
    "base-uri 'none'; frame-ancestors 'none'",
    "x-content-type-options": "nosniff",
    "referrer-policy": "same-origin",
    "permissions-policy": "camera=(), microphone=(), geolocation=(), payment=(), usb=()",
    "cross-origin-opener-policy": "same-origin",
    "cross-origin-resource-policy": "same-origin",
}


class _RefusedError(Exception):
    def __init__(self, status: int) -> None:
        self.status = status


class _GoneError(Exception):
    """The client left before its request was complete."""


@dataclass(frozen=True)
class Guard:
    """Stands before the pages as an ASGI application; `refuse` renders the page for a status."""

    app: ASGIApp
    refuse: Callable[[int], Response]
    headers: dict[str, str] = field(default_factory=lambda: HEADERS)
    most: Callable[[Scope], int] = lambda _: MOST_BYTES

    async def __call__(self, scope: Scope, receive: Receive, send: Send) -> None:
        """Pass a decent request on; refuse the others with 403, 408 or 413."""
        strict = self._strict(send)
        try:
            _refuse_foreign(scope)
            most = await run_in_threadpool(self.most, scope)
            await self.app(scope, _once(await _read(scope, receive, most), receive), strict)
        except _RefusedError as refused:
            page = await run_in_threadpool(self.refuse, refused.status)
            await page(scope, receive, strict)
        except _GoneError:
            return
        except Exception as error:  # noqa: BLE001 - the edge of a request: an error's own message may hold what was typed
            _log.error("page_failed", error=type(error).__name__, at=_frames(error))

    def _strict(self, send: Send) -> Send:
        async def sending(message: Message) -> None:
            if message["type"] == "http.response.start":
                found = MutableHeaders(scope=message)
                found.update(self.headers)
                found.setdefault("cache-control", "no-store")
            await send(message)

        return sending


def _frames(error: Exception) -> list[str]:
    return [f"{frame.filename}:{frame.lineno}" for frame in traceback.extract_tb(error.__traceback__)[-4:]]


def _refuse_foreign(scope: Scope) -> None:
    """Only our own pages may post; a client that says nothing of where it comes from is no browser of today."""
    if scope["method"] in ("GET", "HEAD"):
        return
    headers = Headers(scope=scope)
    site, origin = headers.get("sec-fetch-site"), headers.get("origin")
    if site not in (None, "same-origin", "none"):
        raise _RefusedError(403)
    if origin is not None and _netloc(origin) != headers.get("host", ""):
        raise _RefusedError(403)


def _netloc(origin: str) -> str | None:
    try:
        return urlsplit(origin).netloc or None
    except ValueError:
        return None


async def _read(scope: Scope, receive: Receive, most: int) -> bytes:
    length = Headers(scope=scope).get("content-length", "0")
    if not length.isdigit() or int(length[:20]) > most:
        raise _RefusedError(413)
    try:
        async with asyncio.timeout(PATIENCE_SECONDS * (1 if most == MOST_BYTES else LARGER_PATIENCE)):
            return await _read_all(receive, most)
    except TimeoutError:
        raise _RefusedError(408) from None


async def _read_all(receive: Receive, most: int) -> bytes:
    body = bytearray()
    while True:
        message = await receive()
        if message["type"] == "http.disconnect":
            raise _GoneError
        body += message.get("body", b"")
        if len(body) > most:
            raise _RefusedError(413)
        if not message.get("more_body", False):
            return bytes(body)


def _once(body: bytes, receive: Receive) -> Receive:
    messages: list[Message] = [{"type": "http.request", "body": body, "more_body": False}]

    async def receiving() -> Message:
        return messages.pop() if messages else await receive()

    return receiving
