"""What the people on call are told: a row each, sent until LINE has taken it; in a drill, every tester is told."""

import uuid
from datetime import datetime, timedelta

from sqlalchemy import select
from sqlalchemy.orm import Session

from knowledge.models import AlertKind, Mode, Resident, ResidentStatus, StaffAlert, Tester, World

GIVEN_UP = timedelta(minutes=30)
"""An alert that could not be sent for so long tells nobody anything any more."""
AGAIN = timedelta(seconds=5)
"""Between two tries."""
AT_ONCE = 50


def raise_alert(session: Session, kind: AlertKind, world: World, mode: Mode, now: datetime) -> int:
    """Have everybody on call told, in a drill every tester; how many people that is."""
    people = (
        select(Tester.id)
        .join(Resident, Resident.id == Tester.resident_id)
        .where(Resident.status == ResidentStatus.FRIEND)
    )
    if world is World.LIVE:
        people = people.where(Tester.on_call)
    found = list(session.scalars(people.order_by(Tester.id)))
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
