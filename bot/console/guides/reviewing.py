"""A draft: what it changes, what it looks like, what should be looked at; submitted, sent back, published, given up."""

from typing import Annotated

from fastapi import APIRouter, Form
from sqlalchemy.orm import Session
from starlette.responses import Response

from bot import publishing
from bot.console.frame import PATH
from bot.console.guides import checks
from bot.console.guides.names import names
from bot.console.guides.preview import preview
from bot.console.guides.problems import Problem
from bot.console.guides.readable import told
from bot.console.messages import Message
from bot.console.visit import Transaction, Visit, Visited
from bot.publishing import Held, Order
from knowledge import comparison, draft_state, drafts, library, open_drafts, references, versions
from knowledge.clerk import Clerk
from knowledge.database import changing
from knowledge.days import day_in_japan
from knowledge.drafts import ReasonMissingError
from knowledge.models import DraftStatus, GuideDraft
from knowledge.versions import OutdatedError

router = APIRouter(prefix="/guides/drafts")
Typed = Annotated[str, Form()]
Revision = Annotated[int, Form()]


@router.get("/{draft}")
def draft_page(visit: Visited, session: Transaction, draft: str) -> Response:
    """Everything a second person needs for a yes or a no."""
    return _page(visit, session, drafts.get(session, draft))


@router.post("/{draft}/submit")
def submit(visit: Visited, session: Transaction, draft: str, revision: Revision, reason: Typed = "") -> Response:
    """Hand a draft to a second person, with the reason."""
    row = drafts.get(session, draft)
    if not reason.strip():
        return _page(visit, session, row, 422, {"reason": Problem.MISSING})
    try:
        with changing(session):
            drafts.submit(session, draft, revision, reason, Clerk.of(visit.member), visit.now)
    except OutdatedError:
        return visit.to(f"{_path(row)}/conflict", Message.DRAFT_BESIDE)
    return visit.to(_path(row), Message.DRAFT_SUBMITTED)


@router.post("/{draft}/send-back")
def send_back(visit: Visited, session: Transaction, draft: str, revision: Revision, note: Typed = "") -> Response:
    """Give a draft back to whoever wrote it, saying what to mend."""
    row = drafts.get(session, draft)
    if not note.strip():
        return _page(visit, session, row, 422, {"note": Problem.MISSING})
    drafts.send_back(session, draft, revision, note, Clerk.of(visit.member), visit.now)
    return visit.to(_path(row), Message.DRAFT_SENT_BACK)


@router.post("/{draft}/discard")
def discard(visit: Visited, session: Transaction, draft: str, revision: Revision, reason: Typed = "") -> Response:
    """Give a draft up, that of others with a reason; its text stays to be read."""
    row = drafts.get(session, draft)
    try:
        drafts.discard(session, draft, revision, Clerk.of(visit.member), visit.now, reason)
    except ReasonMissingError:
        return _page(visit, session, row, 422, {"discard": Problem.MISSING})
    return visit.to(_path(row), Message.DRAFT_DISCARDED)


@router.post("/{draft}/publish")
def publish(visit: Visited, draft: str, revision: Revision, overrule: Typed = "", reason: Typed = "") -> Response:
    """Approve and publish what stands there, or show which questions hold it; overruled with a reason."""
    clerk, pocket = Clerk.of(visit.member), visit.console.pocket
    with pocket.sessions.begin() as session:
        row = drafts.get(session, draft)
        if overrule and not reason.strip():
            return _page(visit, session, row, 422, {"overrule": Problem.MISSING})
        if row.status == DraftStatus.SUBMITTED:
            row = drafts.approve(session, draft, revision, clerk, visit.now)
        approved, page, guide = row.revision, _path(row), row.guide_id
    try:
        done = publishing.publish(
            pocket, Order(draft, approved, clerk, reason if overrule else None), visit.console.clock
        )
    except OutdatedError:
        return visit.to(f"{page}/conflict", Message.DRAFT_BESIDE)
    if isinstance(done, Held):
        return visit.to(page, Message.DRAFT_HELD)
    return visit.to(f"{PATH}/guides/{guide}", Message.GUIDE_PUBLISHED)


def _path(draft: GuideDraft) -> str:
    return f"{PATH}/guides/drafts/{draft.id}"


def _page(
    visit: Visit, session: Session, draft: GuideDraft, status: int = 200, problems: dict[str, Problem] | None = None
) -> Response:
    clerk, guide, before = Clerk.of(visit.member), drafts.content(draft), comparison.base(session, draft)
    today = day_in_japan(visit.now)
    others = open_drafts.of_guide(session, draft.guide_id, but=draft.id) if draft.status in draft_state.OPEN else []
    people = [each.updated_by for each in (draft, *others)]
    return visit.page(
        "guides/draft.html",
        status,
        draft=draft,
        guide=guide,
        before=before,
        problems=problems or {},
        changes=told(comparison.difference(session, draft), references.called(session, guide, before)),
        preview=preview(session, guide, visit.now),
        earlier=preview(session, before, visit.now) if before else None,
        checks=checks.checks(guide, library.desks(session, guide), today),
        outdated=_outdated(session, draft),
        others=others,
        names=names(session, [*people, draft.submitted_by, draft.reviewer, *draft.authors]),
        titles=_titles(session, draft),
        may_edit=clerk.may_edit(draft.owner),
        may_review=clerk.may_review(drafts.departments(draft)) and clerk.id not in drafts.writers(draft),
        own=clerk.id in drafts.writers(draft),
        of_others=drafts.of_others(draft, clerk),
    )


def _outdated(session: Session, draft: GuideDraft) -> bool:
    return draft.status in draft_state.OPEN and versions.live_version(session, draft.guide_id) != draft.base_version


def _titles(session: Session, draft: GuideDraft) -> dict[str, str]:
    """The titles of the guides that broken questions were and would be answered with."""
    ids = {each[when]["guide"] for each in draft.held or [] for when in ("before", "after")} - {None}
    return {each.id: each.title for each in library.guides(session, sorted(ids))}
