"""A form that came after the session had ended, given back to the same person once they have signed in again."""

from fastapi import APIRouter
from starlette.responses import RedirectResponse, Response

from bot.console.frame import PATH
from bot.console.messages import Message
from bot.console.visit import Transaction, Visited
from bot.console.written import Written
from knowledge import kept_forms

router = APIRouter(prefix="/kept")


@router.get("")
def show(visit: Visited, session: Transaction) -> Response:
    """What was written, to be sent on or given up; the home page where nothing is kept."""
    kept = kept_forms.of(session, visit.member.id, visit.now)
    if kept is None:
        return visit.to(f"{PATH}/")
    return visit.page("kept.html", kept=kept, written=Written.of(kept.path, kept.fields))


@router.post("/send")
def send(visit: Visited, session: Transaction) -> Response:
    """On to where the form was to go, with what it holds: the browser sends it there again by itself."""
    kept = kept_forms.of(session, visit.member.id, visit.now)
    if kept is None:
        return visit.to(f"{PATH}/")
    kept_forms.drop(session, visit.member.id)
    return RedirectResponse(kept.path, 307)


@router.post("/discard")
def discard(visit: Visited, session: Transaction) -> Response:
    """Give it up."""
    kept_forms.drop(session, visit.member.id)
    return visit.to(f"{PATH}/", Message.KEPT_DISCARDED)
