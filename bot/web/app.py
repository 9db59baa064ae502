"""The web page as one application of its own, with the one place where its errors become pages."""

from pathlib import Path

import structlog
from fastapi import FastAPI, Request
from fastapi.exceptions import RequestValidationError
from sqlalchemy.exc import SQLAlchemyError
from starlette.exceptions import HTTPException
from starlette.responses import Response
from starlette.routing import Mount
from starlette.staticfiles import StaticFiles

from bot.web.guard import Guard
from bot.web.pages import Pages
from bot.web.router import web_router
from bot.web.settings.pages import SettingsPages
from bot.web.settings.router import settings_router
from bot.web.settings.visit import Office
from bot.wiring import Pocket
from knowledge.snapshot import SnapshotMissingError

STATIC = Path(__file__).parent / "static"
_log = structlog.get_logger(__name__)


def mount_web(app: FastAPI, pocket: Pocket, demo_path: str | None = None) -> None:
    """Put the web page behind all other routes; every address nobody else has is answered by a page of it."""
    pages = Pages(pocket.sessions, demo_path)
    app.router.routes.append(Mount("/", Guard(_web_app(pocket, pages), pages.error)))


def _web_app(pocket: Pocket, pages: Pages) -> FastAPI:
    web = FastAPI(docs_url=None, redoc_url=None, openapi_url=None)

    def failed(_: Request, error: Exception) -> Response:
        status = _status(error)
        if status >= 500:
            _log.error("page_error", status=status, error=type(error).__name__)
        page = pages.error(status)
        if isinstance(error, HTTPException) and error.headers:
            page.headers.update(error.headers)
        return page

    for kind in (HTTPException, RequestValidationError, SnapshotMissingError, SQLAlchemyError, Exception):
        web.add_exception_handler(kind, failed)
    web.include_router(web_router(pocket, pages))
    web.include_router(settings_router(Office(pocket, SettingsPages(pages.templates))))
    web.mount("/static", StaticFiles(directory=STATIC))
    return web


def _status(error: Exception) -> int:
    match error:
        case HTTPException(status_code=status):
            return status
        case RequestValidationError():
            return 422
        case SnapshotMissingError() | SQLAlchemyError():
            return 503
        case _:
            return 500
