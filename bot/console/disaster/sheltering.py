"""How the shelters stand, recorded by whoever hears it first; residents are told so with the time of the record."""

from typing import Annotated

from fastapi import APIRouter, Depends, Form
from sqlalchemy.orm import Session
from starlette.datastructures import FormData
from starlette.responses import Response

from bot.console.disaster.switching import home_of
from bot.console.frame import PATH
from bot.console.messages import Message
from bot.console.notices.pages import names_of
from bot.console.visit import Id, Transaction, Visit, Visited, posted
from knowledge import library, testers
from knowledge.disaster import shelters
from knowledge.disaster.records import Shelter, ShelterKind
from knowledge.disaster.shelters import NoSuchShelterError
from knowledge.models import ShelterState, World

router = APIRouter()
FORGET = "unknown"
Posted = Annotated[FormData, Depends(posted)]


@router.get("/disaster/shelters")
def show_shelters(visit: Visited, session: Transaction, world: World = World.LIVE) -> Response:
    """Every shelter and its state."""
    return _page(visit, session, world)


@router.post("/disaster/shelters")
def record_shelters(
    visit: Visited, session: Transaction, form: Posted, world: World = World.LIVE, state: Annotated[str, Form()] = ""
) -> Response:
    """Write one state down for the shelters that are ticked."""
    chosen = [value for value in form.getlist("shelter") if isinstance(value, str)]
    if not chosen or state not in (*ShelterState, FORGET):
        return _page(visit, session, world, 422, "避難所と、今の状態を選んでください。", chosen, state)
    new = None if state == FORGET else ShelterState(state)
    try:
        shelters.record_state(session, world, chosen, new, visit.member, visit.now)
    except NoSuchShelterError as error:
        return _page(visit, session, world, 422, str(error), chosen, state)
    return visit.to(home_of(world).replace("/disaster", "/disaster/shelters"), Message.SHELTERS_RECORDED)


@router.post("/notices/testers/{tester}/on-call")
def set_on_call(visit: Visited, session: Transaction, tester: Id, on: Annotated[str, Form()] = "") -> Response:
    """Let a tester be told in an emergency, or no more."""
    testers.set_on_call(session, tester, visit.member, visit.now, on=on == "yes")
    return visit.to(f"{PATH}/notices/testers", Message.ON_CALL_CHANGED)


def _page(
    visit: Visit,
    session: Session,
    world: World,
    status: int = 200,
    problem: str = "",
    chosen: list[str] | None = None,
    state: str = "",
) -> Response:
    every = library.records(session, Shelter)
    return visit.page(
        "disaster/shelters.html",
        status,
        world=world.value,
        centers=[each for each in every if each.kind is ShelterKind.CENTER],
        known=shelters.states(session, world),
        names=names_of(session),
        problem=problem,
        chosen=chosen or [],
        state=state,
    )
