"""Testers at the console, and the test send to them."""

import uuid
from typing import Annotated

from fastapi import APIRouter, Form
from sqlalchemy import select
from sqlalchemy.orm import Session
from starlette.responses import Response

from bot.console.frame import PATH
from bot.console.messages import Message
from bot.console.notices.pages import NoticeId, found_or_gone, notice_page
from bot.console.visit import Id, Transaction, Visit, Visited
from bot.line.errors import LineError
from bot.notices.messages import TEST, render
from bot.wiring import line_client
from knowledge import testers
from knowledge.campaign import content_of
from knowledge.models import Resident, ResidentStatus, Tester, World
from knowledge.notice import Variant
from knowledge.testers import NameNeededError

router = APIRouter()
_KEYS = uuid.UUID("0d0f7d3c-7d8e-5c55-8d5f-0c6a1c0f2f6b")


@router.get("/notices/testers")
def show_testers(visit: Visited, session: Transaction) -> Response:
    """Who gets drills and test sends."""
    return _page(visit, session)


@router.post("/notices/testers")
def invite_tester(visit: Visited, session: Transaction, name: Annotated[str, Form()] = "") -> Response:
    """Register a tester; the next page shows once what they are to send."""
    try:
        code = testers.invite(session, name, visit.member, visit.now)
    except NameNeededError as error:
        return _page(visit, session, 422, problem=str(error))
    said = f"{testers.WORD} {code}"
    return visit.to(f"{PATH}/notices/testers", Message.TESTER_INVITED, name=name.strip()[: testers.LONGEST], said=said)


@router.post("/notices/testers/{tester}/remove")
def remove_tester(visit: Visited, session: Transaction, tester: Id) -> Response:
    """Take a tester out."""
    testers.remove(session, tester, visit.member, visit.now)
    return visit.to(f"{PATH}/notices/testers", Message.TESTER_REMOVED)


@router.post("/notices/{notice}/test")
def send_test(
    visit: Visited,
    notice: NoticeId,
    tester: Annotated[int, Form()] = 0,
    variant: Annotated[Variant, Form()] = Variant.JA,
) -> Response:
    """Send it to one tester, marked as a test; the same text pressed twice arrives once."""
    sessions = visit.console.pocket.sessions
    with sessions() as session:
        campaign = found_or_gone(session, notice)
        to = _line_of(session, tester)
        calendar = f"{visit.console.pocket.settings.public_url.rstrip('/')}/calendar/{campaign.id}"
        messages = render(content_of(campaign), variant, World(campaign.world), calendar, TEST)
        key = str(uuid.uuid5(_KEYS, f"{campaign.id} {campaign.revision} {tester} {variant}"))
    problem = "試し送りの相手を選んでください。" if to is None else _push(visit, to, messages, key)
    if problem:
        with sessions() as session:
            return notice_page(visit, session, found_or_gone(session, notice), 422, {"tester": problem})
    return visit.to(f"{PATH}/notices/{notice}", Message.NOTICE_TESTED)


def _push(visit: Visit, to: str, messages: list[dict[str, object]], key: str) -> str:
    try:
        with line_client(visit.console.pocket.settings) as client:
            client.push(to, messages, key)
    except LineError as error:
        return str(error)
    return ""


def _line_of(session: Session, tester: int) -> str | None:
    friend = (
        select(Resident.line_user_id)
        .join(Tester, Tester.resident_id == Resident.id)
        .where(Tester.id == tester, Resident.status == ResidentStatus.FRIEND)
    )
    return session.scalars(friend).one_or_none()


def _page(visit: Visit, session: Session, status: int = 200, problem: str = "") -> Response:
    return visit.page(
        "notices/testers.html",
        status,
        testers=testers.everybody(session),
        problem=problem,
        now=visit.now,
    )
