"""What the people on call are told: a row each, sent until LINE has taken it; in a drill, every tester is told."""

import uuid
from dataclasses import dataclass
from datetime import datetime, timedelta

from sqlalchemy import ColumnElement, Select, func, select
from sqlalchemy.orm import Session

from knowledge.models import AlertKind, Mode, Resident, ResidentStatus, StaffAlert, Tester, World

GIVEN_UP = timedelta(minutes=30)
"""An alert that could not be sent for so long tells nobody anything any more."""
AGAIN = timedelta(seconds=5)
"""Between two tries."""
AT_ONCE = 50


@dataclass(frozen=True)
class Called:
    """How far word has come: people who were told, and people whom we still try to tell."""

    told: int
    trying: int


def reachable(session: Session, world: World) -> int:
    """How many people an alert would be sent to now."""
    return session.scalar(select(func.count()).select_from(_hearing(world).subquery())) or 0


def called(session: Session, kind: AlertKind, world: World, since: datetime) -> Called:
    """What became of the alerts of a kind since a moment."""
    mine = StaffAlert.kind == kind, StaffAlert.world == world, StaffAlert.created_at >= since
    told = StaffAlert.closed_at.is_not(None), StaffAlert.problem.is_(None)
    return Called(_count(session, *mine, *told), _count(session, *mine, StaffAlert.closed_at.is_(None)))


def raise_alert(session: Session, kind: AlertKind, world: World, mode: Mode, now: datetime) -> int:
    """Have everybody on call told, in a drill every tester; how many people that is."""
    found = list(session.scalars(_hearing(world).order_by(Tester.id)))
    session.add_all(
        StaffAlert(
            world=world,
            kind=kind,
            mode=mode,
            tester_id=each,
            retry_key=str(uuid.uuid4()),
            created_at=now,
            not_before=now,
            attempts=0,
        )
        for each in found
    )
    session.flush()
    return len(found)


def due(session: Session, now: datetime) -> list[tuple[StaffAlert, str]]:
    """The alerts to be sent now, each with the LINE id of its person; also those nobody should be told any more."""
    waiting = (
        select(StaffAlert, Resident.line_user_id)
        .join(Tester, Tester.id == StaffAlert.tester_id)
        .join(Resident, Resident.id == Tester.resident_id)
        .where(StaffAlert.closed_at.is_(None), StaffAlert.not_before <= now)
        .order_by(StaffAlert.id)
        .limit(AT_ONCE)
    )
    return [(alert, line) for alert, line in session.execute(waiting)]


def close(session: Session, alert: int, now: datetime, problem: str | None = None) -> None:
    """LINE has taken it, or will never."""
    row = session.get(StaffAlert, alert)
    if row is not None:
        row.closed_at, row.problem = now, problem


def put_back(session: Session, alert: int, now: datetime, problem: str) -> None:
    """Try again in a while, unless it has been too long."""
    row = session.get(StaffAlert, alert)
    if row is None:
        return
    row.attempts, row.not_before, row.problem = row.attempts + 1, now + AGAIN, problem
    if now - row.created_at > GIVEN_UP:
        row.closed_at = now


def _hearing(world: World) -> Select[int]:
    """Whom an alert is for: everybody on call, in a drill every tester; nobody who blocked us."""
    friends = (
        select(Tester.id)
        .join(Resident, Resident.id == Tester.resident_id)
        .where(Resident.status == ResidentStatus.FRIEND)
    )
    return friends.where(Tester.on_call) if world is World.LIVE else friends


def _count(session: Session, *which: ColumnElement[bool]) -> int:
    return session.scalar(select(func.count()).select_from(StaffAlert).where(*which)) or 0
