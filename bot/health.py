"""`/healthz`, `/readyz`, `/metrics`: whether the process lives, whether it can serve, and how it does."""

from fastapi import APIRouter, Response
from prometheus_client import CONTENT_TYPE_LATEST, generate_latest
from sqlalchemy import text
from sqlalchemy.exc import SQLAlchemyError

from bot.wiring import Pocket
from knowledge.disaster.mode import current
from knowledge.errors import PocketError


def health_router(pocket: Pocket) -> APIRouter:
    """The three routes for those who watch the service."""
    router = APIRouter()

    @router.get("/healthz")
    def healthz() -> dict[str, str]:
        return {"status": "alive"}

    @router.get("/readyz")
    def readyz(response: Response) -> dict[str, str]:
        found = {"database": _database(pocket), "snapshot": _snapshot(pocket)}
        ready = all(state == "ready" for state in found.values()) or _in_disaster(pocket)
        response.status_code = 200 if ready else 503
        return found

    @router.get("/metrics")
    def metrics() -> Response:
        return Response(generate_latest(), media_type=CONTENT_TYPE_LATEST)

    return router


def _database(pocket: Pocket) -> str:
    try:
        with pocket.engine.connect() as connection:
            connection.execute(text("SELECT 1"))
    except SQLAlchemyError:
        return "unavailable"
    return "ready"


def _in_disaster(pocket: Pocket) -> bool:
    """Whether the canned answers serve, which need no snapshot: then nobody is to be taken out of the rotation."""
    try:
        with pocket.sessions() as session:
            return current(session) is not None
    except SQLAlchemyError:
        return False


def _snapshot(pocket: Pocket) -> str:
    try:
        pocket.responder.searcher.shelf.snapshot()
    except PocketError:
        return "missing"
    return "ready"
