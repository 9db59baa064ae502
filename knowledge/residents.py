"""Who our friends are: status by event time, so that late and repeated events change nothing."""

from datetime import datetime, timedelta
from hashlib import sha256

from sqlalchemy import bindparam, select
from sqlalchemy.dialects import postgresql, sqlite
from sqlalchemy.orm import Session

from knowledge import choices, wishes
from knowledge.models import EventStatus, InboundEvent, Resident, ResidentStatus

SEEN_STEP = timedelta(hours=1)
"""How exactly it is kept when somebody was last seen; finer would be a write for every message."""
_BY_LINE_ID = select(Resident).where(Resident.line_user_id == bindparam("line_id"))


def resident_of(session: Session, user: str, at_ms: int, now: datetime) -> Resident:
    """The row of a LINE user, made as a friend since `at_ms` where there is none; safe against a second process."""
    if (found := _find(session, user)) is not None:
        if found.seen_at is None or now - found.seen_at >= SEEN_STEP:
            found.seen_at = now
        return found
    insert = postgresql.insert if session.get_bind().dialect.name == "postgresql" else sqlite.insert
    values = {
        "line_user_id": user,
        "status": ResidentStatus.FRIEND.value,
        "changed_ms": at_ms,
        "created_at": now,
        "seen_at": now,
    }
    session.execute(insert(Resident).values(values).on_conflict_do_nothing(index_elements=["line_user_id"]))
    return session.scalars(_BY_LINE_ID, {"line_id": user}).one()


def change_status(session: Session, user: str, status: ResidentStatus, at_ms: int, now: datetime) -> None:
    """Set the status as of `at_ms`; an event older than the one that set it loses."""
    resident = resident_of(session, user, at_ms, now)
    if at_ms >= resident.changed_ms:
        resident.status = status.value
        resident.changed_ms = at_ms
        if status == ResidentStatus.BLOCKED:
            wishes.end_for(session, resident.id)
            choices.end_friendship(session, resident.id)
    elif status == ResidentStatus.BLOCKED:
        choices.end_earlier(session, resident.id, at_ms)


def _find(session: Session, user: str) -> Resident | None:
    return session.scalars(_BY_LINE_ID, {"line_id": user}).one_or_none()


def take_back(session: Session, message: str, now: datetime) -> None:
    """Remember that a message was taken back, so that its own event, should it come later, is not answered or kept."""
    key = _taken_back(message)
    if session.get(InboundEvent, key) is None:
        row = InboundEvent(id=key, status=EventStatus.DONE.value, received_at=now, attempts=0, occurred_ms=0)
        session.add(row)


def was_taken_back(session: Session, message: str) -> bool:
    """Whether a message was taken back before its own event came."""
    return session.get(InboundEvent, _taken_back(message)) is not None


def _taken_back(message: str) -> str:
    return f"taken-back-{sha256(message.encode()).hexdigest()[:40]}"
