"""The steps of a notice: review, approval, sending, holding, ending, and what a person decides of unknown batches."""

from collections.abc import Callable
from datetime import datetime
from typing import Annotated

from fastapi import APIRouter, Form
from sqlalchemy.orm import Session
from starlette.responses import Response

from bot.console.frame import PATH
from bot.console.messages import Message
from bot.console.notices.pages import NoticeId, found_or_gone, notice_page
from bot.console.visit import Id, Visit, Visited
from knowledge import approval, course
from knowledge.batch_report import decide
from knowledge.campaign import CampaignError
from knowledge.days import JST
from knowledge.models import Campaign

router = APIRouter()
Typed = Annotated[str, Form()]
Step = Callable[[Session, Campaign], None]


@router.post("/notices/{notice}/submit")
def submit(visit: Visited, notice: NoticeId, few_reason: Typed = "", people: Typed = "") -> Response:
    """Ask a second person to approve."""

    def step(session: Session, row: Campaign) -> None:
        approval.submit(session, row, visit.member, visit.now, few_reason, _number(people))

    return _take(visit, notice, step, Message.NOTICE_SUBMITTED, "submit")


@router.post("/notices/{notice}/return")
def give_back(visit: Visited, notice: NoticeId) -> Response:
    """Send a notice back to its author."""

    def step(session: Session, row: Campaign) -> None:
        approval.give_back(session, row, visit.member, visit.now)

    return _take(visit, notice, step, Message.NOTICE_RETURNED, "approve")


@router.post("/notices/{notice}/approve")
def approve(visit: Visited, notice: NoticeId, seen: Typed = "") -> Response:
    """Say yes to what the page showed."""
    said, _, whom = seen.partition(".")

    def step(session: Session, row: Campaign) -> None:
        approval.approve(session, row, visit.member, (said, whom), visit.now)

    return _take(visit, notice, step, Message.NOTICE_APPROVED, "approve")


@router.post("/notices/{notice}/break-glass")
def break_glass(visit: Visited, notice: NoticeId, reason: Typed = "") -> Response:
    """Approve and start alone, in an emergency."""

    def step(session: Session, row: Campaign) -> None:
        approval.break_glass(session, row, visit.member, reason, visit.now)
        course.start(session, row, visit.member, visit.now)

    return _take(visit, notice, step, Message.NOTICE_BROKE_GLASS, "reason")


@router.post("/notices/{notice}/schedule")
def schedule(visit: Visited, notice: NoticeId, at: Typed = "") -> Response:
    """Send at a time of Japan."""

    def step(session: Session, row: Campaign) -> None:
        try:
            when = datetime.fromisoformat(at).replace(tzinfo=JST)
        except ValueError:
            raise course.NoTimeError from None
        course.schedule(session, row, when, visit.member, visit.now)

    return _take(visit, notice, step, Message.NOTICE_SCHEDULED, "at")


@router.post("/notices/{notice}/start")
def start(visit: Visited, notice: NoticeId) -> Response:
    """Send now."""

    def step(session: Session, row: Campaign) -> None:
        course.start(session, row, visit.member, visit.now)

    return _take(visit, notice, step, Message.NOTICE_STARTED, "step")


@router.post("/notices/{notice}/pause")
def pause(visit: Visited, notice: NoticeId) -> Response:
    """Hold it."""

    def step(session: Session, row: Campaign) -> None:
        course.pause(session, row, visit.member, visit.now)

    return _take(visit, notice, step, Message.NOTICE_PAUSED, "step")


@router.post("/notices/{notice}/resume")
def resume(visit: Visited, notice: NoticeId, people: Typed = "") -> Response:
    """Go on."""

    def step(session: Session, row: Campaign) -> None:
        course.resume(session, row, visit.member, visit.now, _number(people))

    return _take(visit, notice, step, Message.NOTICE_RESUMED, "step")


@router.post("/notices/{notice}/stop")
def stop(visit: Visited, notice: NoticeId) -> Response:
    """End it for good."""

    def step(session: Session, row: Campaign) -> None:
        course.stop(session, row, visit.member, visit.now)

    return _take(visit, notice, step, Message.NOTICE_STOPPED, "step")


@router.post("/notices/{notice}/batches/{batch}")
def settle_batch(visit: Visited, notice: NoticeId, batch: Id, found: Typed = "") -> Response:
    """Say of an unknown batch whether it arrived."""

    def step(session: Session, row: Campaign) -> None:
        decide(session, row, batch, visit.member, visit.now, again=found == "again")

    return _take(visit, notice, step, Message.NOTICE_DECIDED, "step")


def _take(visit: Visit, notice: str, step: Step, message: Message, place: str) -> Response:
    """Take a step in a transaction of its own; what keeps it from being taken is said at its place on the page."""

    def refused(session: Session, error: CampaignError) -> Response:
        problems = {place: str(error)}
        if isinstance(error, approval.UnusualCountError):
            problems |= {"people": str(error.people)}
        return notice_page(visit, session, found_or_gone(session, notice), 422, problems)

    done = visit.to(f"{PATH}/notices/{notice}", message)
    return visit.take(lambda session: step(session, found_or_gone(session, notice)), done, CampaignError, refused)


def _number(typed: str) -> int | None:
    return int(typed) if typed.isascii() and typed.isdigit() and len(typed) < 10 else None
