"""`POST /feeds/warnings`: the signature over the raw bytes first, then the warning; what came of it is said as JSON."""

import asyncio
from collections.abc import Callable
from dataclasses import dataclass
from datetime import datetime
from typing import Annotated

import structlog
from fastapi import APIRouter, Depends, Header, HTTPException, Request
from sqlalchemy.exc import IntegrityError
from starlette.responses import JSONResponse, Response

from knowledge.database import Sessions
from knowledge.days import utc_now
from knowledge.disaster.feed import ModeOf, OtherContentError, Taken, UnreadableWarningError, accept
from knowledge.disaster.signature import FeedKey, Signed, UnsignedError, verify

PATH = "/feeds/warnings"
MOST_BYTES = 16 * 1024
PATIENCE_SECONDS = 10.0
LONGEST_NAME = 32
_log = structlog.get_logger(__name__)
Given = Annotated[str, Header()]


@dataclass(frozen=True)
class Feeds:
    """What taking a warning needs: the rows, the keys of the feeds, and which level means which mode."""

    sessions: Sessions
    keys: tuple[FeedKey, ...]
    modes: ModeOf
    clock: Callable[[], datetime] = utc_now


async def _raw(request: Request) -> bytes:
    """The body as it came, because the signature is over its bytes."""
    body = b""
    try:
        async with asyncio.timeout(PATIENCE_SECONDS):
            async for chunk in request.stream():
                body += chunk
                if len(body) > MOST_BYTES:
                    raise HTTPException(413)
    except TimeoutError:
        raise HTTPException(408) from None
    return body


def feed_router(feeds: Feeds) -> APIRouter:
    """The route of the feed; without a key in the settings there is none."""
    router = APIRouter()
    if not feeds.keys:
        return router

    @router.post(PATH)
    def take(
        body: Annotated[bytes, Depends(_raw)],
        x_pocket_feed: Given = "",
        x_pocket_time: Given = "",
        x_pocket_signature: Given = "",
    ) -> Response:
        signed = Signed(x_pocket_feed[:LONGEST_NAME], x_pocket_time, x_pocket_signature, body)
        try:
            verify(signed, feeds.keys, feeds.clock())
            taken = _accept(feeds, signed)
        except UnsignedError as error:
            return _refused(401, str(error))
        except UnreadableWarningError as error:
            return _refused(422, str(error))
        except OtherContentError as error:
            return _refused(409, str(error))
        answer = {"known": taken.known, "switched": taken.switched, "mode": taken.mode.value}
        return JSONResponse(answer, 200 if taken.known else 201)

    return router


def _accept(feeds: Feeds, signed: Signed) -> Taken:
    """In a transaction of its own; once more where a copy of the same warning was faster by a moment."""
    try:
        with feeds.sessions.begin() as session:
            return accept(session, signed.feed, signed.body, feeds.modes, feeds.clock())
    except IntegrityError:
        with feeds.sessions.begin() as session:
            return accept(session, signed.feed, signed.body, feeds.modes, feeds.clock())


def _refused(status: int, said: str) -> Response:
    _log.warning("warning_refused", status=status)
    return JSONResponse({"error": said}, status)
