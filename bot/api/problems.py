"""What is said to a ward system when something is wrong: RFC 9457 problem details, never with anything it sent."""

from collections.abc import Mapping
from dataclasses import dataclass, field
from http import HTTPStatus
from typing import Any

from fastapi.exceptions import RequestValidationError
from sqlalchemy.exc import SQLAlchemyError
from starlette.exceptions import HTTPException
from starlette.responses import JSONResponse, Response

from bot.line.validate import LineMessageInvalid
from knowledge.api_clients import TooManyRequestsError, UnknownKeyError
from knowledge.errors import PocketError
from knowledge.letters import KeyUsedError, NoSuchLetterError
from knowledge.links import LinkState
from knowledge.template import ValuesError

MEDIA = "application/problem+json"
TYPE = "urn:pocket-gyosei:problem:"


class KeyNeededError(PocketError):
    """Idempotency-Key に、要求ごとの値（半角の英数字と記号、64文字まで）を入れてください。"""


class TemplateNotAllowedError(PocketError):
    """このひな形は、このシステムでは使えません。"""


class TemplateNotApprovedError(PocketError):
    """このひな形は、いまは使えません。承認を待っているか、取り下げられています。"""


class LinkUnknownError(PocketError):
    """この連携はありません。"""


class LinkNotReadyError(PocketError):
    """この連携では、まだ、またはもう、お知らせを送れません。"""

    def __init__(self, state: LinkState) -> None:
        """`state` is how far the link has come."""
        super().__init__()
        self.state = state


@dataclass(frozen=True)
class Kind:
    """One kind of problem: its name in `type` and its status."""

    name: str
    status: int
    headers: Mapping[str, str] = field(default_factory=dict)


KINDS: dict[type[Exception], Kind] = {
    UnknownKeyError: Kind("unknown-key", 401, {"WWW-Authenticate": 'Bearer realm="pocket"'}),
    TooManyRequestsError: Kind("too-many-requests", 429),
    KeyNeededError: Kind("idempotency-key-needed", 400),
    KeyUsedError: Kind("idempotency-key-used", 409),
    TemplateNotAllowedError: Kind("template-not-allowed", 403),
    TemplateNotApprovedError: Kind("template-not-approved", 409),
    LinkUnknownError: Kind("link-unknown", 404),
    LinkNotReadyError: Kind("link-not-ready", 409),
    NoSuchLetterError: Kind("notice-unknown", 404),
    ValuesError: Kind("values-wrong", 422),
    LineMessageInvalid: Kind("values-wrong", 422),
    RequestValidationError: Kind("body-wrong", 422),
    SQLAlchemyError: Kind("unavailable", 503, {"Retry-After": "5"}),
}
TITLES = {
    "values-wrong": "差し込みの値が正しくありません。",
    "body-wrong": "要求の形が正しくありません。",
    "unavailable": "いまは受け付けられません。しばらく待ってから、同じ Idempotency-Key で送り直してください。",
}
STATUS_TITLES = {
    400: "要求を読めません。",
    403: "受け付けられない要求です。",
    404: "このアドレスには何もありません。",
    405: "このアドレスでは使えない方法です。",
    408: "要求が届き終わりませんでした。",
    413: "要求が大きすぎます。",
    500: "処理できませんでした。時間をおいて、同じ Idempotency-Key で送り直してください。",
}


def problem(error: Exception) -> Response:
    """The answer for an error; what was sent is never repeated in it."""
    kind = next((kind for each, kind in KINDS.items() if isinstance(error, each)), None)
    if kind is None:
        return of_status(error.status_code if isinstance(error, HTTPException) else 500)
    body = _body(kind.name, TITLES.get(kind.name) or str(error), kind.status) | _more(error)
    headers = dict(kind.headers)
    if isinstance(error, TooManyRequestsError):
        headers["Retry-After"] = str(error.seconds)
    return JSONResponse(body, kind.status, headers, MEDIA)


def of_status(status: int) -> Response:
    """The answer where only a status is known."""
    known = status if status in STATUS_TITLES else 500 if status >= 500 else 400
    name = HTTPStatus(status).phrase.lower().replace(" ", "-")
    return JSONResponse(_body(name, STATUS_TITLES[known], status), status, media_type=MEDIA)


def _body(name: str, title: str, status: int) -> dict[str, Any]:
    return {"type": TYPE + name, "title": title, "status": status}


def _more(error: Exception) -> dict[str, Any]:
    match error:
        case ValuesError(problems=problems):
            return {"errors": [{"field": f"values.{name}", "said": said} for name, said in problems.items()]}
        case RequestValidationError():
            fields = {".".join(map(str, each["loc"])): str(each["type"]) for each in error.errors()}
            return {"errors": [{"field": name[:100], "said": said} for name, said in fields.items()]}
        case LinkNotReadyError(state=state):
            return {"state": state.value}
        case _:
            return {}
