"""The first page after signing in."""

from fastapi import APIRouter
from starlette.responses import Response

from bot.console.visit import Visited

router = APIRouter()


@router.get("/")
def home(visit: Visited) -> Response:
    """Who is signed in, and what they may do."""
    return visit.page("home/home.html")
