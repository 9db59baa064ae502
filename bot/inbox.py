"""The inbound events as a queue: claimed by one thread of one process at a time, one chat's events in order."""

from dataclasses import dataclass
from datetime import datetime, timedelta

from sqlalchemy import ColumnElement, CursorResult, Engine, Select, and_, delete, or_, select, text, update
from sqlalchemy.orm import Session, aliased

from knowledge.database import Sessions
from knowledge.errors import PocketError
from knowledge.models import Delivery, DeliveryStatus, EventStatus, InboundEvent

LEASE = timedelta(seconds=30)
"""Longer than handling and the client's timeouts together; a dead process's event is taken up again after it."""

KEPT = timedelta(days=14)
"""How long the ids of closed events are remembered: twice the age at which an event is no longer taken."""

_CLAIMED = ("id", "occurred_ms", "received_at", "body", "attempts")
_CLAIMS_LOCK = 0x706F636B6574


@dataclass(frozen=True)
class Claim:
    """An event that is ours until the lease ends; `attempt` (from 1) fences off whoever held it before."""

    id: str
    occurred_ms: int
    received_at: datetime
    body: str
    attempt: int


class LostClaimError(PocketError):
    """別の処理がこの出来事を引き継ぎました。"""


def claim(engine: Engine, now: datetime) -> Claim | None:
    """Take the event that waits longest among those whose chat has nothing earlier open; None where nothing waits."""
    statement = (
        update(InboundEvent)
        .where(InboundEvent.id.in_(_next_id(now)))
        .values(status=EventStatus.CLAIMED, claimed_until=now + LEASE, attempts=InboundEvent.attempts + 1)
        .returning(*(getattr(InboundEvent, name) for name in _CLAIMED))
    )
    with engine.begin() as connection:
        if engine.dialect.name == "postgresql":
            # Two claims at once would not see each other's chat; a claim takes a millisecond, so they take turns.
            connection.execute(text("SELECT pg_advisory_xact_lock(:key)"), {"key": _CLAIMS_LOCK})
        row = connection.execute(statement).one_or_none()
    return Claim(row.id, row.occurred_ms, row.received_at, row.body or "", row.attempts) if row else None


def _next_id(now: datetime) -> Select[str]:
    other = aliased(InboundEvent)
    in_the_way = (
        select(other.id)
        .where(
            other.chat == InboundEvent.chat,
            or_(other.status == EventStatus.CLAIMED, and_(other.status == EventStatus.STORED, _before(other))),
            other.id != InboundEvent.id,
        )
        .correlate(InboundEvent)
        .exists()
    )
    return (
        select(InboundEvent.id)
        .where(
            InboundEvent.status == EventStatus.STORED,
            or_(InboundEvent.claimed_until.is_(None), InboundEvent.claimed_until <= now),
            ~in_the_way,
        )
        .order_by(InboundEvent.received_at)
        .limit(1)
        .with_for_update(skip_locked=True)
    )


def _before(other: type[InboundEvent]) -> ColumnElement[bool]:
    same_time = and_(other.occurred_ms == InboundEvent.occurred_ms, other.id < InboundEvent.id)
    return or_(other.occurred_ms < InboundEvent.occurred_ms, same_time)


def sweep(engine: Engine, now: datetime) -> int:
    """Put back the events whose lease has ended: their process died or hangs. Returns how many."""
    statement = (
        update(InboundEvent)
        .where(InboundEvent.status == EventStatus.CLAIMED, InboundEvent.claimed_until <= now)
        .values(status=EventStatus.STORED, claimed_until=None)
    )
    with engine.begin() as connection:
        return connection.execute(statement).rowcount


def forget_closed(engine: Engine, now: datetime) -> int:
    """Delete what was closed so long ago that it can not come again, answers included. Returns how many events."""
    closed = InboundEvent.status.in_([EventStatus.DONE, EventStatus.FAILED])
    statement = delete(InboundEvent).where(closed, InboundEvent.received_at < now - KEPT)
    with engine.begin() as connection:
        return connection.execute(statement).rowcount


def renew(session: Session, held: Claim, now: datetime) -> None:
    """Say once more, in the transaction that has the effects, that the event is ours; raises LostClaimError."""
    _set(session, held, claimed_until=now + LEASE)


def finish(session: Session, held: Claim, status: EventStatus = EventStatus.DONE) -> None:
    """Close the event and empty its body; raises LostClaimError."""
    _set(session, held, status=status, body=None, claimed_until=None)


def put_back(session: Session, held: Claim, until: datetime) -> None:
    """Leave the event to be tried again from `until` on; raises LostClaimError."""
    _set(session, held, status=EventStatus.STORED, claimed_until=until)


def close_delivery(session: Session, held: Claim, status: DeliveryStatus) -> None:
    """Note what became of the event's answer, if it has one, and empty it."""
    session.execute(update(Delivery).where(Delivery.event_id == held.id).values(status=status, payload=None))


def give_up(sessions: Sessions, held: Claim) -> None:
    """Close the event as failed, and its answer, if any, as refused; raises LostClaimError."""
    with sessions.begin() as session:
        close_delivery(session, held, DeliveryStatus.REFUSED)
        finish(session, held, EventStatus.FAILED)


def _set(session: Session, held: Claim, **values: object) -> None:
    """Writes last in a transaction: on SQLite the first write takes the only write lock, and handling takes long."""
    session.flush()
    ours = and_(
        InboundEvent.id == held.id,
        InboundEvent.status == EventStatus.CLAIMED,
        InboundEvent.attempts == held.attempt,
    )
    result = session.execute(update(InboundEvent).where(ours).values(**values))
    if not isinstance(result, CursorResult) or result.rowcount != 1:
        raise LostClaimError
