"""The open drafts as people look for them: of a guide, of a department, and those that wait for somebody."""

from collections.abc import Collection
from datetime import datetime, timedelta

from sqlalchemy import or_, select
from sqlalchemy.orm import Session

from knowledge import draft_state, drafts
from knowledge.clerk import Clerk
from knowledge.models import DraftStatus, GuideDraft

TOLD = timedelta(days=14)
"""So long a draft that somebody else gave up is shown to whoever wrote it."""
_DEPARTMENTS = (GuideDraft.owner, GuideDraft.content["owner"].as_string())


def of_guide(session: Session, guide_id: str, but: str = "") -> list[GuideDraft]:
    """The open drafts of a guide, without the one of the id `but`, the newest first."""
    of_it = (GuideDraft.guide_id == guide_id, GuideDraft.id != but)
    found = select(GuideDraft).where(*of_it, GuideDraft.status.in_(draft_state.OPEN))
    return list(session.scalars(found.order_by(GuideDraft.updated_at.desc(), GuideDraft.id)))


def of_guides(session: Session, guide_ids: Collection[str]) -> dict[str, list[GuideDraft]]:
    """The open drafts of each of these guides that has any, the newest first."""
    found: dict[str, list[GuideDraft]] = {}
    every = select(GuideDraft).where(GuideDraft.status.in_(draft_state.OPEN))
    for draft in session.scalars(every.order_by(GuideDraft.updated_at.desc(), GuideDraft.id)):
        if draft.guide_id in guide_ids:
            found.setdefault(draft.guide_id, []).append(draft)
    return found


def any_open(session: Session) -> bool:
    """Whether somebody is writing, or waiting for somebody else to agree."""
    return session.scalar(select(GuideDraft.id).where(GuideDraft.status.in_(draft_state.OPEN)).limit(1)) is not None


def work_of(session: Session, clerk: Clerk, *statuses: DraftStatus) -> list[GuideDraft]:
    """Open drafts (of the given statuses) of guides that the clerk's department has or is to get, the newest first.

    For whom everything is open, all of them.
    """
    found = select(GuideDraft).where(GuideDraft.status.in_(statuses or draft_state.OPEN))
    if not clerk.everywhere:
        found = found.where(or_(*(each == clerk.department for each in _DEPARTMENTS)))
    return list(session.scalars(found.order_by(GuideDraft.updated_at.desc(), GuideDraft.id)))


def to_review(session: Session, clerk: Clerk) -> list[GuideDraft]:
    """The drafts that wait for this very clerk: submitted or approved, and not their own."""
    waiting = work_of(session, clerk, *draft_state.READ)
    return [each for each in waiting if clerk.may_review(drafts.departments(each)) and not _wrote(clerk, each)]


def come_back(session: Session, clerk: Clerk, now: datetime) -> list[GuideDraft]:
    """The clerk's own drafts that somebody sent back, or gave up within the last two weeks, the latest first."""
    returned = GuideDraft.status == DraftStatus.SENT_BACK
    given_up = (GuideDraft.status == DraftStatus.DISCARDED) & (GuideDraft.reviewed_at > now - TOLD)
    found = session.scalars(select(GuideDraft).where(or_(returned, given_up)).order_by(GuideDraft.reviewed_at.desc()))
    return [each for each in found if _wrote(clerk, each) and each.reviewer != clerk.id]


def _wrote(clerk: Clerk, draft: GuideDraft) -> bool:
    return clerk.id in drafts.writers(draft)
