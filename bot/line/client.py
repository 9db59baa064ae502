"""Calls to LINE: one connection pool, explicit timeouts, no retries of its own, errors by class."""

import json
import re
from datetime import date
from types import TracebackType
from typing import Any, Self

import httpx
from pydantic import SecretStr

from bot.line.errors import FinalError, LineError, QuotaError, RetryableError, UnansweredError

TIMEOUT_SECONDS = 10.0
_CONNECTIONS = 32
_MONTHLY = "monthly limit"
_RECIPIENT = re.compile(r"\bto\[(\d{1,3})\]")

Json = dict[str, Any]
Message = dict[str, Any]


class LineClient:
    """The Messaging API at `api_base`, content at `data_api_base`; made once a process, safe between threads."""

    def __init__(
        self, api_base: str, data_api_base: str, token: SecretStr, timeout_seconds: float = TIMEOUT_SECONDS
    ) -> None:
        self._api = api_base.rstrip("/")
        self._data_api = data_api_base.rstrip("/")
        self._token = token
        limits = httpx.Limits(max_connections=_CONNECTIONS, max_keepalive_connections=_CONNECTIONS)
        self._http = httpx.Client(timeout=timeout_seconds, limits=limits, trust_env=False)

    def __enter__(self) -> Self:
        """Use the client's connections."""
        return self

    def __exit__(
        self, kind: type[BaseException] | None, error: BaseException | None, trace: TracebackType | None
    ) -> None:
        """Close them."""
        self._http.close()

    def reply(self, token: str, messages: list[Message]) -> None:
        """Answer an event by its token, at most once; raises LineError."""
        self.call("POST", "/v2/bot/message/reply", {"replyToken": token, "messages": messages})

    def push(self, to: str, messages: list[Message], retry_key: str) -> None:
        """Write to a user; the same key and body again is accepted (409) without being shown again; or LineError."""
        headers = {"X-Line-Retry-Key": retry_key}
        self.call("POST", "/v2/bot/message/push", {"to": to, "messages": messages}, headers)

    def multicast(self, body: bytes, retry_key: str) -> None:
        """Send a prepared body to up to 500 users; the same key and body again is accepted (409); or LineError."""
        headers = {"X-Line-Retry-Key": retry_key, "Content-Type": "application/json; charset=utf-8"}
        self._send("POST", f"{self._api}/v2/bot/message/multicast", body, headers)

    def sendable(self) -> int | None:
        """How many recipients this month's plan still allows; None where there is no cap; raises LineError."""
        cap = self.call("GET", "/v2/bot/message/quota", None)
        if cap.get("type") != "limited":
            return None
        used = self.call("GET", "/v2/bot/message/quota/consumption", None)
        return max(0, int(cap.get("value", 0)) - int(used.get("totalUsage", 0)))

    def responses(self, unit: str, first: date, last: date) -> Json:
        """What LINE counted under a unit's name between two days in Japan, both included; raises LineError."""
        asked = f"customAggregationUnit={unit}&from={first:%Y%m%d}&to={last:%Y%m%d}"
        return self.call("GET", f"/v2/bot/insight/message/event/aggregation?{asked}", None)

    def loading(self, user: str, seconds: int) -> None:
        """Show the loading animation, for a multiple of 5 seconds up to 60; raises LineError."""
        self.call("POST", "/v2/bot/chat/loading/start", {"chatId": user, "loadingSeconds": seconds})

    def leave(self, group: str) -> None:
        """Leave a group ("group/C…") or room ("room/R…"); raises LineError."""
        self.call("POST", f"/v2/bot/{group}/leave", None)

    def call(self, method: str, path: str, content: Json | None, headers: dict[str, str] | None = None) -> Json:
        """One call to the API with a JSON body; the JSON that came back, or LineError."""
        body = None if content is None else json.dumps(content, ensure_ascii=False, separators=(",", ":")).encode()
        kind = {} if body is None else {"Content-Type": "application/json; charset=utf-8"}
        return self._send(method, self._api + path, body, kind | (headers or {}))

    def upload(self, path: str, content: bytes, content_type: str) -> Json:
        """Send bytes to the content host; raises LineError."""
        return self._send("POST", self._data_api + path, content, {"Content-Type": content_type})

    def _send(self, method: str, url: str, body: bytes | None, headers: dict[str, str]) -> Json:
        bearer = {"Authorization": f"Bearer {self._token.get_secret_value()}"}
        try:
            response = self._http.request(method, url, content=body, headers=headers | bearer)
        except httpx.TransportError:
            raise UnansweredError from None
        if response.is_success or (response.status_code == 409 and "X-Line-Retry-Key" in headers):
            return _json(response)
        raise error_of(response)


def error_of(response: httpx.Response) -> LineError:
    """The error class of a refusal: 5xx and rate limits can be tried again, the monthly limit and other 4xx not."""
    request_id = response.headers.get("x-line-request-id")
    status = response.status_code
    if status == 429 and _MONTHLY in response.text:
        return QuotaError(status, request_id)
    kind = RetryableError if status == 429 or status >= 500 else FinalError
    place = _RECIPIENT.search(response.text) if status == 400 else None
    return kind(status, request_id, int(place[1]) if place else None)


def _json(response: httpx.Response) -> Json:
    try:
        content = response.json()
    except ValueError:
        return {}
    return content if isinstance(content, dict) else {}
