"""The freshness contract: every guide has a review date; its department is reminded 30 and 7 days before, once each.

Past that date a guide is not answered any more (`handlers.answers.tell`); nothing here is needed for that.
"""

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import date, datetime, timedelta

from sqlalchemy import Select, select
from sqlalchemy.orm import Session

from knowledge.clerk import Clerk, NotYourGuideError
from knowledge.database import Sessions
from knowledge.days import day_in_japan
from knowledge.models import GuideRow, GuideStatus, Reminder

DISTANCES = (7, 30)
"""Days before the review date, the nearest first."""


@dataclass(frozen=True)
class Due:
    """A published guide whose review date is near or past; `days` are left until it, below 0 past it."""

    guide: str
    owner: str
    review_by: date
    days: int

    @property
    def expired(self) -> bool:
        """Whether residents are led to the desk instead of being answered."""
        return self.days < 0


def due(session: Session, now: datetime, owner: str | None = None, within: int = DISTANCES[-1]) -> list[Due]:
    """Published guides (of a department) whose review date is within so many days or past, the most urgent first."""
    today = day_in_japan(now)
    found = select(GuideRow.id, GuideRow.owner, GuideRow.review_by).where(
        GuideRow.status == GuideStatus.PUBLISHED, GuideRow.review_by <= today + timedelta(days=within)
    )
    if owner is not None:
        found = found.where(GuideRow.owner == owner)
    rows = session.execute(found.order_by(GuideRow.review_by, GuideRow.id))
    return [Due(row.id, row.owner, row.review_by, (row.review_by - today).days) for row in rows]


def remind(session: Session, now: datetime) -> int:
    """Write the reminders that are due and give their number; doing so again, or by two processes, writes none twice.

    A guide that is first seen within 7 days gets that reminder only; one that has expired is on the list of `due`.
    """
    near = [each for each in due(session, now) if not each.expired]
    wanted = {(each.guide, each.review_by, _distance(each.days)): each for each in near}
    rows = session.execute(select(Reminder.guide_id, Reminder.review_by, Reminder.days_before))
    present = {(row.guide_id, row.review_by, row.days_before) for row in rows}
    fresh = [(key, each) for key, each in wanted.items() if key not in present]
    for (guide, review_by, days), each in fresh:
        due_on = review_by - timedelta(days=days)
        row = Reminder(guide_id=guide, review_by=review_by, days_before=days, owner=each.owner, due_on=due_on)
        row.created_at = now
        session.merge(row)
    session.flush()
    return len(fresh)


def remind_due(sessions: Sessions, now: datetime) -> int:
    """`remind` in a transaction of its own."""
    with sessions.begin() as session:
        return remind(session, now)


def _distance(days: int) -> int:
    return next(distance for distance in DISTANCES if days <= distance)


def _open() -> Select[Reminder]:
    """Reminders nobody has ticked off, of guides that still have that review date."""
    joined = select(Reminder).join(GuideRow, GuideRow.id == Reminder.guide_id)
    return joined.where(
        Reminder.seen_at.is_(None),
        GuideRow.review_by == Reminder.review_by,
        GuideRow.status == GuideStatus.PUBLISHED,
    )


def reminders(session: Session, clerk: Clerk) -> Sequence[Reminder]:
    """The open reminders of the clerk's department, or of all, the most urgent first."""
    found = _open() if clerk.everywhere else _open().where(GuideRow.owner == clerk.department)
    return session.scalars(found.order_by(Reminder.review_by, Reminder.guide_id, Reminder.days_before)).all()


def tick_off(session: Session, guide: str, review_by: date, days_before: int, clerk: Clerk, now: datetime) -> None:
    """Note that the department knows; the next, nearer reminder still comes."""
    row = session.get(Reminder, (guide, review_by, days_before))
    if row is None or not clerk.may_edit(row.owner):
        raise NotYourGuideError
    row.seen_by, row.seen_at = clerk.id, now
