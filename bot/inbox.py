"""The inbound events as a queue: claimed by one thread of one process at a time, one chat's events in order."""

from dataclasses import dataclass
from datetime import datetime, timedelta

from sqlalchemy import CursorResult, Engine, Select, Update, and_, bindparam, delete, or_, select, text, update
from sqlalchemy.orm import Session, aliased

from knowledge.database import Sessions
from knowledge.errors import PocketError
from knowledge.models import Base, Delivery, DeliveryStatus, EventStatus, InboundEvent

LEASE = timedelta(seconds=30)
"""Longer than handling and the client's timeouts together; a dead process's event is taken up again after it."""

KEPT = timedelta(days=14)
"""How long the ids of closed events are remembered: twice the age at which an event is no longer taken."""

_CLAIMS_LOCK = 0x706F636B6574
_TAKE_TURNS = text(f"SELECT pg_advisory_xact_lock({_CLAIMS_LOCK})")


# The statements of every event are built once: building one takes longer than the database does to carry it out.
def _next_id() -> Select[str]:
    event, other = InboundEvent, aliased(InboundEvent)
    same_time = and_(other.occurred_ms == event.occurred_ms, other.id < event.id)
    before = or_(other.occurred_ms < event.occurred_ms, same_time)
    in_the_way = (
        select(other.id)
        .where(
            other.chat == event.chat,
            or_(other.status == EventStatus.CLAIMED, and_(other.status == EventStatus.STORED, before)),
            other.id != event.id,
        )
        .correlate(event)
        .exists()
    )
    return (
        select(event.id)
        .where(
            event.status == EventStatus.STORED,
            or_(event.claimed_until.is_(None), event.claimed_until <= bindparam("now")),
            ~in_the_way,
        )
        .order_by(event.received_at)
        .limit(1)
        .with_for_update(skip_locked=True)
    )


_EVENTS, _DELIVERIES = (Base.metadata.tables[each.__tablename__] for each in (InboundEvent, Delivery))
_CLAIM = (
    update(_EVENTS)
    .where(_EVENTS.c.id.in_(_next_id()))
    .values(status=EventStatus.CLAIMED, claimed_until=bindparam("until"), attempts=_EVENTS.c.attempts + 1)
    .returning(*(_EVENTS.c[name] for name in ("id", "occurred_ms", "received_at", "body", "attempts")))
)
_OURS = update(_EVENTS).where(
    _EVENTS.c.id == bindparam("event"),
    _EVENTS.c.status == EventStatus.CLAIMED,
    _EVENTS.c.attempts == bindparam("attempt"),
)
_RENEW = _OURS.values(claimed_until=bindparam("until"))
_FINISH = _OURS.values(status=bindparam("outcome"), body=None, claimed_until=None)
_PUT_BACK = _OURS.values(status=EventStatus.STORED, claimed_until=bindparam("until"))
_CLOSE_DELIVERY = (
    update(_DELIVERIES)
    .where(_DELIVERIES.c.event_id == bindparam("event"))
    .values(status=bindparam("outcome"), payload=None)
)


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
    with engine.begin() as connection:
        if engine.dialect.name == "postgresql":
            # Two claims at once would not see each other's chat; a claim takes a millisecond, so they take turns.
            connection.execute(_TAKE_TURNS)
        row = connection.execute(_CLAIM, {"now": now, "until": now + LEASE}).one_or_none()
    return Claim(row.id, row.occurred_ms, row.received_at, row.body or "", row.attempts) if row else None


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
    _change(session, held, _RENEW, until=now + LEASE)


def finish(session: Session, held: Claim, status: EventStatus = EventStatus.DONE) -> None:
    """Close the event and empty its body; raises LostClaimError."""
    _change(session, held, _FINISH, outcome=status)


def put_back(session: Session, held: Claim, until: datetime) -> None:
    """Leave the event to be tried again from `until` on; raises LostClaimError."""
    _change(session, held, _PUT_BACK, until=until)


def close_delivery(session: Session, held: Claim, status: DeliveryStatus) -> None:
    """Note what became of the event's answer, if it has one, and empty it."""
    session.execute(_CLOSE_DELIVERY, {"event": held.id, "outcome": status})


def give_up(sessions: Sessions, held: Claim) -> None:
    """Close the event as failed, and its answer, if any, as refused; raises LostClaimError."""
    with sessions.begin() as session:
        close_delivery(session, held, DeliveryStatus.REFUSED)
        finish(session, held, EventStatus.FAILED)


def _change(session: Session, held: Claim, statement: Update, **values: object) -> None:
    """Writes last in a transaction: on SQLite the first write takes the only write lock, and handling takes long."""
    session.flush()
    result = session.execute(statement, {"event": held.id, "attempt": held.attempt, **values})
    if not isinstance(result, CursorResult) or result.rowcount != 1:
        raise LostClaimError
