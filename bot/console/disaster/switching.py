"""The switch: what is in force, who asked for what, and the one button of the second person."""

from collections.abc import Callable, Mapping
from typing import Annotated

from fastapi import APIRouter, Form
from sqlalchemy import select
from sqlalchemy.orm import Session
from starlette.responses import Response

from bot.console.disaster.announcing import SAID
from bot.console.frame import PATH
from bot.console.messages import Message
from bot.console.notices.pages import names_of
from bot.console.visit import Id, Transaction, Visit, Visited
from knowledge.disaster import alerts, switch
from knowledge.disaster.mode import current, newest_change
from knowledge.disaster.switch import SwitchError
from knowledge.models import AlertKind, Hazard, MenuDeployment, Mode, SwitchRequest, WarningRow, World

router = APIRouter()
LONGEST_NOTE = 500
LISTED = 5
Typed = Annotated[str, Form()]


@router.get("/disaster")
def show_switch(visit: Visited, session: Transaction, world: World = World.LIVE) -> Response:
    """The mode in force and what can be done."""
    return _page(visit, session, world)


@router.post("/disaster/ask")
def ask_switch(
    visit: Visited, mode: Annotated[Mode, Form()], world: World = World.LIVE, hazard: Typed = "", note: Typed = ""
) -> Response:
    """Ask for a mode; another person has to confirm it. What is happening has to be said: residents are told so."""
    if hazard not in set(Hazard):
        with visit.console.pocket.sessions() as session:
            return _page(visit, session, world, 422, {"hazard": SAID["hazard"]}, note)

    def step(session: Session) -> None:
        switch.ask(session, world, mode, Hazard(hazard), note[:LONGEST_NOTE], visit.member, visit.now)

    return _take(visit, world, step, Message.DISASTER_ASKED)


@router.post("/disaster/{request}/confirm")
def confirm_switch(visit: Visited, request: Id, world: World = World.LIVE) -> Response:
    """Say yes as the second person; it is in force at once."""

    def step(session: Session) -> None:
        switch.confirm(session, request, visit.member, visit.now)

    return _take(visit, world, step, Message.DISASTER_CONFIRMED)


@router.post("/disaster/{request}/withdraw")
def withdraw_switch(visit: Visited, request: Id, world: World = World.LIVE) -> Response:
    """Take a request back."""

    def step(session: Session) -> None:
        switch.withdraw(session, request, visit.member, visit.now)

    return _take(visit, world, step, Message.DISASTER_WITHDRAWN)


def home_of(world: World) -> str:
    """The address of the switch of a world."""
    return f"{PATH}/disaster" + ("?world=drill" if world is World.DRILL else "")


def _take(visit: Visit, world: World, step: Callable[[Session], None], message: Message) -> Response:
    sessions = visit.console.pocket.sessions
    try:
        with sessions.begin() as session:
            step(session)
    except SwitchError as error:
        with sessions() as session:
            return _page(visit, session, world, 409, {"switch": str(error)})
    return visit.to(home_of(world), message)


def _page(
    visit: Visit,
    session: Session,
    world: World,
    status: int = 200,
    problems: Mapping[str, str] | None = None,
    note: str = "",
) -> Response:
    change = newest_change(session, World.LIVE)
    newest = select(WarningRow).where(WarningRow.world == world).order_by(WarningRow.id.desc()).limit(LISTED)
    asked = select(SwitchRequest).where(SwitchRequest.world == world).order_by(SwitchRequest.id.desc()).limit(LISTED)
    waiting = switch.waiting(session, world, visit.now)
    return visit.page(
        "disaster/switch.html",
        status,
        world=world.value,
        mode_now=current(session, world),
        live=current(session),
        waiting=waiting,
        minutes=_minutes_left(visit, waiting) if waiting else 0,
        called=alerts.called(session, AlertKind.ASKED, world, waiting.asked_at) if waiting else None,
        requests=list(session.scalars(asked)),
        warnings=list(session.scalars(newest)),
        changed=change is not None,
        menu=session.get(MenuDeployment, change.id) if change else None,
        on_call=alerts.reachable(session, World.LIVE),
        reachable=alerts.reachable(session, world),
        names=names_of(session),
        problems=problems or {},
        note=note,
    )


def _minutes_left(visit: Visit, waiting: SwitchRequest) -> int:
    return max(0, -int((visit.now - waiting.asked_at - switch.VALID).total_seconds() // 60))
