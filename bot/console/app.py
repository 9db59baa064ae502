"""The console as one application of its own, with the one place where its errors become pages."""

from http import HTTPStatus
from pathlib import Path
from urllib.parse import quote

import structlog
from fastapi import Depends, FastAPI, Request
from fastapi.exceptions import RequestValidationError
from fastapi.routing import APIRoute
from sqlalchemy.exc import SQLAlchemyError
from starlette.exceptions import HTTPException
from starlette.responses import HTMLResponse, RedirectResponse, Response
from starlette.routing import Mount, Route
from starlette.staticfiles import StaticFiles
from starlette.types import Scope

from bot.console import (
    access,
    account,
    audit_log,
    external,
    home,
    kept,
    numbers,
    people,
    questions,
    second_step,
    sign_in,
)
from bot.console.disaster import router as disaster
from bot.console.errors import (
    AlreadySignedInError,
    ForeignFormError,
    NoSuchPageError,
    NotAllowedError,
    OutdatedError,
    SignInNeededError,
)
from bot.console.exchange import pages as exchange
from bot.console.frame import PATH, Console
from bot.console.guides import router as guides
from bot.console.letters import router as letters
from bot.console.notices import router as notices
from bot.console.rules import router as rules
from bot.console.sources import changes
from bot.console.sources import pages as sources
from bot.console.visit import admit, arrive
from bot.console.written import Written
from bot.web.guard import HEADERS, MOST_BYTES, Guard
from knowledge import sessions, versions
from knowledge.campaign import NoSuchCampaignError, NotNowError
from knowledge.clerk import NotYourGuideError, NotYourReviewError, OwnDraftError
from knowledge.draft_state import DraftChangedError
from knowledge.drafts import DraftMissingError
from knowledge.errors import PocketError
from knowledge.snapshot import SnapshotMissingError
from knowledge.source_pages import NoSuchPageChangeError
from knowledge.staff import NoSuchStaffError
from knowledge.submissions import DecidedError, NoSuchSubmissionError, NotYoursToDecideError
from knowledge.versions import VersionMissingError

STATIC = Path(__file__).parent / "static"
ROUTERS = (
    home.router,
    sign_in.router,
    second_step.router,
    account.router,
    kept.router,
    people.router,
    audit_log.router,
    questions.router,
    numbers.router,
    guides.router,
    sources.router,
    exchange.router,
    changes.router,
    notices.router,
    disaster.router,
    letters.router,
    rules.router,
)
"""Every area's router; `access.ACCESS` has a row for each route."""
CSP = HEADERS["content-security-policy"] + "; script-src 'self'; connect-src 'self'"
STATUSES: dict[type[Exception], int] = {
    RequestValidationError: 422,
    NotAllowedError: 403,
    ForeignFormError: 403,
    NoSuchPageError: 404,
    NoSuchStaffError: 404,
    DraftMissingError: 404,
    VersionMissingError: 404,
    NoSuchSubmissionError: 404,
    NoSuchPageChangeError: 404,
    NotYoursToDecideError: 403,
    NoSuchCampaignError: 404,
    NotNowError: 409,
    DecidedError: 409,
    NotYourGuideError: 403,
    NotYourReviewError: 403,
    OwnDraftError: 403,
    DraftChangedError: 409,
    versions.OutdatedError: 409,
    OutdatedError: 409,
    SnapshotMissingError: 503,
    SQLAlchemyError: 503,
    PocketError: 400,
}
"""The status of each error; the first that fits counts, so kinds stand before what they are kinds of."""
_log = structlog.get_logger(__name__)


def mount_console(app: FastAPI, console: Console) -> None:
    """Put the console at `/staff`."""

    def refuse(status: int) -> Response:
        return _error_page(console, status)

    guard = Guard(
        console_app(console), refuse, HEADERS | {"content-security-policy": CSP}, lambda scope: _most(console, scope)
    )
    app.router.routes.append(Route(PATH, lambda _: RedirectResponse(f"{PATH}/", 308)))
    app.router.routes.append(Mount(PATH, guard))


def console_app(console: Console) -> FastAPI:
    """All areas behind one door; refuses to be made when a route has no row in the table."""
    app = FastAPI(docs_url=None, redoc_url=None, openapi_url=None, dependencies=[Depends(admit)])
    app.state.console = console
    for router in ROUTERS:
        app.include_router(router)
    table = dict(access.ACCESS)
    if console.demo:
        app.include_router(sign_in.demo_router)
        table |= access.DEMO_ACCESS
    if console.provider:
        app.include_router(external.router)
        table |= access.EXTERNAL_ACCESS
    app.mount(access.STATIC, StaticFiles(directory=STATIC, packages=[("bot.simulator", "static")]))
    access.check_table(access.routes_of(app), table)
    for kind in (HTTPException, RequestValidationError, PocketError, SQLAlchemyError, Exception):
        app.add_exception_handler(kind, _failed)
    return app


def _failed(request: Request, error: Exception) -> Response:
    console: Console = request.app.state.console
    match error:
        case AlreadySignedInError():
            return RedirectResponse(f"{PATH}/", 303)
        case SignInNeededError() if request.method == "GET":
            return RedirectResponse(f"{PATH}/sign-in?next={quote(request.url.path)}", 303)
        case SignInNeededError(typed=typed, kept=kept):
            written = Written.of(request.url.path, typed)
            return arrive(console, request).page("expired.html", 401, written=written, kept=kept)
    status = _status(error)
    if status >= 500:
        _log.error("page_error", status=status, error=type(error).__name__)
    said = str(error) if isinstance(error, PocketError) and status < 500 else ""
    page = _error_page(console, status, said, _way_back(request))
    if isinstance(error, HTTPException) and error.headers:
        page.headers.update(error.headers)
    return page


def _status(error: Exception) -> int:
    if isinstance(error, HTTPException):
        return error.status_code
    return next((status for kind, status in STATUSES.items() if isinstance(error, kind)), 500)


def _way_back(request: Request) -> str:
    """The page that a step was taken on: its address is the step's own without the last word; empty where none is."""
    route = request.scope.get("route")
    above = route.path.rpartition("/")[0] if isinstance(route, APIRoute) and request.method == "POST" else ""
    return request.url.path.rpartition("/")[0] if f"GET {above}" in access.ACCESS else ""


def _error_page(console: Console, status: int, said: str = "", back: str = "") -> HTMLResponse:
    """What went wrong and what to do; it asks no database, because that may be what is missing."""
    content = console.templates.get_template("error.html").render(code=status, said=said, back=back)
    return HTMLResponse(content, HTTPStatus(status))


def _most(console: Console, scope: Scope) -> int:
    """The most bytes a request may bring: more than a page needs only in uploads by who is or just was signed in."""
    path = str(scope["path"]).removeprefix(str(scope.get("root_path", "")))
    most = access.UPLOADS.get(path, MOST_BYTES)
    if most == MOST_BYTES:
        return most
    token = Request(scope).cookies.get(console.cookies.session, "")
    now = console.clock()
    with console.pocket.sessions() as session:
        known = sessions.visit(session, token, now) or sessions.whose_ended(session, token, now)
    return most if known else MOST_BYTES
