"""Reminders of deadlines that count from a day in a resident's life: kept until told, theirs to delete."""

import calendar
import re
import uuid
from datetime import date, datetime, time, timedelta

from sqlalchemy import delete, select
from sqlalchemy.orm import Session

from knowledge.database import changed
from knowledge.days import JST
from knowledge.guide import Deadline, Guide, span_days
from knowledge.models import DeadlineReminder

HOUR = time(10)
LAST = time(20)
"""On the last day itself nothing is sent after this hour: no desk is open, and it would only frighten."""
MOST = 20
"""How many reminders one resident can have at once."""
_SPAN = re.compile(r"([0-9]+)([dmy])")


def counts(deadline: Deadline) -> bool:
    """Whether a deadline counts from an event in somebody's life."""
    return deadline.rule is not None and deadline.rule.after is not None and deadline.rule.within is not None


def countable(guide: Guide) -> int | None:
    """The place of a guide's nearest deadline that counts from an event; None where it has none."""
    found = [(span_days(each.rule.within), place) for place, each in enumerate(guide.deadlines)
             if each.rule and each.rule.after and each.rule.within]  # fmt: skip
    return min(found)[1] if found else None


def due_day(deadline: Deadline, happened: date) -> date:
    """The last day that is certainly within a deadline, the day of the event counted as the first.

    Most deadlines are counted from the next day, some from the day itself (戸籍法43条): the earlier of both is safe.
    It is never told, only reminded by.
    """
    assert deadline.rule
    found = _SPAN.fullmatch(deadline.rule.within or "")
    assert found
    number = int(found[1])
    if found[2] == "d":
        return happened + timedelta(days=number - 1)
    return _months_after(happened, number * (12 if found[2] == "y" else 1)) - timedelta(days=1)


def remind_at(happened: date, due: date) -> datetime:
    """When somebody is reminded: a week before, three days before, or the day before, as there is time."""
    days = (due - happened).days
    before = 7 if days >= 28 else 3 if days >= 9 else 1
    return datetime.combine(due - timedelta(days=before), HOUR, JST)


def last_moment(due: date) -> datetime:
    """Until when a reminder is of use."""
    return datetime.combine(due, LAST, JST)


def day_of(moment: datetime) -> date:
    """The day in Japan."""
    return moment.astimezone(JST).date()


def keep(
    session: Session, resident: int, guide: str, language: str, happened: date, due: date, now: datetime
) -> DeadlineReminder:
    """Keep a reminder; the same one again is the one there is. Of too many the oldest goes."""
    mine = select(DeadlineReminder).where(DeadlineReminder.resident_id == resident)
    same = mine.where(DeadlineReminder.guide_id == guide, DeadlineReminder.due == due)
    if (found := session.scalars(same).one_or_none()) is not None:
        return found
    others = session.scalars(mine.order_by(DeadlineReminder.made_at, DeadlineReminder.id)).all()
    for old in others[: max(0, len(others) - MOST + 1)]:
        session.delete(old)
    row = DeadlineReminder(
        id=uuid.uuid4().hex,
        resident_id=resident,
        guide_id=guide,
        language=language,
        happened=happened,
        due=due,
        remind_at=remind_at(happened, due),
        made_at=now,
    )
    session.add(row)
    session.flush()
    return row


def drop(session: Session, reminder: str, resident: int) -> bool:
    """Delete a resident's own reminder; whether it was theirs and still there."""
    mine = DeadlineReminder.id == reminder, DeadlineReminder.resident_id == resident
    return changed(session, delete(DeadlineReminder).where(*mine)) > 0


def of_resident(session: Session, resident: int) -> list[DeadlineReminder]:
    """A resident's reminders that are still to come, the next one first."""
    mine = DeadlineReminder.resident_id == resident, DeadlineReminder.letter_id.is_(None)
    return list(session.scalars(select(DeadlineReminder).where(*mine).order_by(DeadlineReminder.remind_at)))


def due(session: Session, now: datetime) -> list[str]:
    """The ids of the reminders whose time has come."""
    waiting = DeadlineReminder.letter_id.is_(None), DeadlineReminder.remind_at <= now
    return list(session.scalars(select(DeadlineReminder.id).where(*waiting).order_by(DeadlineReminder.remind_at)))


def locked(session: Session, reminder: str) -> DeadlineReminder | None:
    """A reminder nobody has told yet, ours until the transaction ends; None where somebody has, or it was deleted."""
    waiting = DeadlineReminder.id == reminder, DeadlineReminder.letter_id.is_(None)
    return session.scalars(select(DeadlineReminder).where(*waiting).with_for_update()).one_or_none()


def tidy(session: Session, now: datetime) -> int:
    """Delete the reminders whose deadline is over, told or not; how many."""
    return changed(session, delete(DeadlineReminder).where(DeadlineReminder.due < day_of(now)))


def _months_after(day: date, months: int) -> date:
    count = day.year * 12 + day.month - 1 + months
    year, month = count // 12, count % 12 + 1
    return date(year, month, min(day.day, calendar.monthrange(year, month)[1]))
