"""Looking something up in the audit log."""

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import date, datetime, time, timedelta

from sqlalchemy import ColumnElement, or_, select
from sqlalchemy.orm import Session

from knowledge.days import JST
from knowledge.models import AuditEntry, StaffRow


@dataclass(frozen=True)
class Wanted:
    """What is looked for: part of a person's login or name, an action, part of a subject, days in Japan (inclusive)."""

    person: str = ""
    action: str = ""
    subject: str = ""
    since: date | None = None
    until: date | None = None


def find(session: Session, wanted: Wanted, before: int | None, most: int) -> Sequence[AuditEntry]:
    """The newest entries that fit, at most so many, older than the entry numbered `before`."""
    conditions = list(_conditions(wanted))
    if before is not None:
        conditions.append(AuditEntry.number < before)
    return session.scalars(select(AuditEntry).where(*conditions).order_by(AuditEntry.number.desc()).limit(most)).all()


def names(session: Session, entries: Sequence[AuditEntry]) -> dict[int, str]:
    """The names of the people in these entries, by id."""
    ids = {entry.actor_id for entry in entries if entry.actor_id is not None}
    rows = session.scalars(select(StaffRow).where(StaffRow.id.in_(ids)))
    return {row.id: row.name for row in rows}


def _conditions(wanted: Wanted) -> list[ColumnElement[bool]]:
    found: list[ColumnElement[bool]] = []
    if wanted.person:
        named = select(StaffRow.id).where(StaffRow.name.contains(wanted.person, autoescape=True))
        typed = AuditEntry.actor.contains(wanted.person, autoescape=True)
        found.append(or_(typed, AuditEntry.actor_id.in_(named)))
    if wanted.action:
        found.append(AuditEntry.action == wanted.action)
    if wanted.subject:
        found.append(AuditEntry.subject.contains(wanted.subject, autoescape=True))
    if wanted.since:
        found.append(AuditEntry.at >= _midnight(wanted.since))
    if wanted.until:
        found.append(AuditEntry.at < _midnight(wanted.until + timedelta(days=1)))
    return found


def _midnight(day: date) -> datetime:
    return datetime.combine(day, time.min, JST)
