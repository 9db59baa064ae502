"""What stands before every endpoint: token, retry key, rate, size, faults; and how an answer or its loss goes out."""

import asyncio
import hmac
import re
from contextlib import nullcontext
from dataclasses import dataclass

from starlette.concurrency import run_in_threadpool
from starlette.requests import ClientDisconnect, Request
from starlette.responses import JSONResponse, Response
from starlette.routing import BaseRoute, Route
from starlette.types import Receive, Scope, Send

from bot.line.limits import REQUEST_BYTES, RETRY_KEY_PATTERN
from bot.simulator.api import accounts, insight, menus, sending, webhook
from bot.simulator.api.calls import Answer, Call, Handler, RefusedError
from bot.simulator.endpoints import ADDRESSES, RETRYABLE, Address, Endpoint
from bot.simulator.faults import AFTER_ACCEPTING, Fault
from bot.simulator.ledger import Refused
from bot.simulator.platform import Platform

HANDLERS: dict[Endpoint, Handler] = {
    **sending.HANDLERS,
    **accounts.HANDLERS,
    **insight.HANDLERS,
    **menus.HANDLERS,
    **webhook.HANDLERS,
}
_RATE_EXCEEDED = "The API rate limit has been exceeded. Try again later."
_UNAUTHORISED = "Authentication failed. Confirm that the access token in the authorization header is valid."


def api_routes(platform: Platform) -> list[BaseRoute]:
    """Return a route for every endpoint."""
    return [
        Route(address.path, _Gate(platform, address, HANDLERS[address.endpoint]), methods=[address.method])
        for address in ADDRESSES
    ]


@dataclass(frozen=True)
class _Gate:
    """One endpoint as an ASGI application."""

    platform: Platform
    address: Address
    handler: Handler

    async def __call__(self, scope: Scope, receive: Receive, send: Send) -> None:
        request = Request(scope, receive)
        try:
            raw = await _read(request)
        except ClientDisconnect:
            return
        call = self._call(request, raw)
        answer, fault = await run_in_threadpool(self._judge, request.headers.get("authorization", ""), call)
        if fault is Fault.TIMEOUT:
            await _hang(receive, self.platform.config.hang_seconds)
        if answer is None:
            await _break_off(send)
        else:
            await _response(answer, call.request_id)(scope, receive, send)

    def _call(self, request: Request, raw: bytes) -> Call:
        with self.platform.lock:
            request_id = self.platform.ids.uuid()
        return Call(
            endpoint=self.address.endpoint,
            request_id=request_id,
            path=request.path_params,
            query=request.query_params,
            content_type=request.headers.get("content-type", ""),
            retry_key=request.headers.get("x-line-retry-key"),
            raw=raw,
        )

    def _judge(self, authorisation: str, call: Call) -> tuple[Answer | None, Fault | None]:
        """Return the answer to give (None: break the connection off) and the fault the request meets."""
        fault: Fault | None = None
        try:
            with self.platform.lock:
                fault = self._admit(authorisation, call)
            answer = _before(fault) if fault and fault not in AFTER_ACCEPTING else self._handle(call)
        except RefusedError as refused:
            answer = refused.answer
        if answer is None or answer.status >= 400:
            self._record(answer, call)
        return _after(fault, answer), fault

    def _admit(self, authorisation: str, call: Call) -> Fault | None:
        expected = f"Bearer {self.platform.config.channel_access_token}"
        if not hmac.compare_digest(authorisation.encode(), expected.encode()):
            raise RefusedError(401, _UNAUTHORISED)
        if not self.platform.rates.allow(self.address, self.platform.now()):
            raise RefusedError(429, _RATE_EXCEEDED)
        if call.retry_key is not None:
            if call.endpoint not in RETRYABLE:
                raise RefusedError(400, "The retry key is not supported by this endpoint")
            if not re.fullmatch(RETRY_KEY_PATTERN, call.retry_key):
                raise RefusedError(400, "The retry key is invalid")
        if len(call.raw) > REQUEST_BYTES:
            raise RefusedError(413, "Request Entity Too Large")
        return self.platform.faults.take(call.endpoint)

    def _handle(self, call: Call) -> Answer:
        # The test button waits for the webhook, and what it calls may call this API.
        with nullcontext() if call.endpoint is Endpoint.WEBHOOK_TEST else self.platform.lock:
            return self.handler(self.platform, call)

    def _record(self, answer: Answer | None, call: Call) -> None:
        status = answer.status if answer else None
        message = str(answer.body.get("message", "")) if answer else ""
        now = self.platform.now()
        self.platform.ledger.add(Refused(call.endpoint, status, message, call.request_id, call.retry_key, now))


def _before(fault: Fault) -> Answer | None:
    match fault:
        case Fault.RATE_LIMITED:
            return Answer(429, {"message": _RATE_EXCEEDED})
        case Fault.SERVER_ERROR:
            return Answer(500, {"message": "Internal Server Error"})
        case _:
            return None


def _after(fault: Fault | None, answer: Answer | None) -> Answer | None:
    match fault:
        case Fault.ACCEPTED_ERROR:
            return Answer(500, {"message": "Internal Server Error"})
        case Fault.REPLY_LOST:
            return None
        case _:
            return answer


async def _read(request: Request) -> bytes:
    """Read the body, no further than one byte over what LINE takes."""
    parts: list[bytes] = []
    size = 0
    async for part in request.stream():
        size += len(part)
        if size <= REQUEST_BYTES + len(part):
            parts.append(part)
    return b"".join(parts)


async def _hang(receive: Receive, seconds: float) -> None:
    """Say nothing until the client gives up, or for `seconds`."""

    async def gone() -> None:
        while (await receive())["type"] != "http.disconnect":
            pass

    try:
        await asyncio.wait_for(gone(), seconds)
    except TimeoutError:
        return


async def _break_off(send: Send) -> None:
    """Begin an answer and never end it: the server then closes the connection."""
    await send({"type": "http.response.start", "status": 200, "headers": [(b"content-length", b"2")]})
    await send({"type": "http.response.body", "body": b"", "more_body": True})


def _response(answer: Answer, request_id: str) -> Response:
    headers = {"x-line-request-id": request_id, **answer.headers}
    if answer.content is not None:
        return Response(answer.content, answer.status, headers)
    return JSONResponse(dict(answer.body), answer.status, headers)
