"""The API as one application of its own at `/api`, with the one place where its errors become problem details."""

import json

import structlog
from fastapi import FastAPI, Request
from fastapi.exceptions import RequestValidationError
from sqlalchemy.exc import SQLAlchemyError
from starlette.exceptions import HTTPException
from starlette.responses import Response
from starlette.routing import Mount

from bot.api import links, notices
from bot.api.doors import Api
from bot.api.problems import of_status, problem
from bot.line.validate import LineMessageInvalid
from bot.web.guard import HEADERS, Guard
from knowledge.errors import PocketError

PATH, VERSION = "/api", "1"
TITLE = "ポケット行政 区のシステムのための API"
_log = structlog.get_logger(__name__)


def mount_api(app: FastAPI, api: Api) -> None:
    """Put the API at `/api`; bodies are small, and nothing sent is ever logged."""
    app.router.routes.append(Mount(PATH, Guard(api_app(api), of_status, HEADERS)))


def api_app(api: Api) -> FastAPI:
    """All endpoints; the description stands in `docs/api/openapi.json`."""
    app = _endpoints()
    app.state.api = api
    for kind in (HTTPException, RequestValidationError, PocketError, LineMessageInvalid, SQLAlchemyError, Exception):
        app.add_exception_handler(kind, _failed)
    return app


def described() -> str:
    """The OpenAPI description of the endpoints, as `docs/api/openapi.json` keeps it."""
    return json.dumps(_endpoints().openapi(), ensure_ascii=False, indent=1) + "\n"


def _endpoints() -> FastAPI:
    servers = [{"url": PATH}]
    app = FastAPI(title=TITLE, version=VERSION, servers=servers, docs_url=None, redoc_url=None, openapi_url=None)
    app.include_router(notices.router)
    app.include_router(links.router)
    return app


def _failed(request: Request, error: Exception) -> Response:
    answer = problem(error)
    if answer.status_code >= 500:
        _log.error("api_error", status=answer.status_code, method=request.method, error=type(error).__name__)
    return answer
