"""Regular work: each piece is due at a time and taken by one process at a time, whichever comes first."""

from datetime import datetime, timedelta

from sqlalchemy import select, update
from sqlalchemy.dialects import postgresql, sqlite
from sqlalchemy.orm import Session

from knowledge.database import Sessions
from knowledge.models import Chore

LEASE = timedelta(minutes=10)
"""Longer than any piece takes; what a dead process held is taken up again after it."""


def take(sessions: Sessions, name: str, now: datetime) -> bool:
    """Whether the work is due and now ours, until `done` or the lease's end."""
    with sessions() as session:
        due = session.scalar(select(Chore.due_at).where(Chore.name == name))
    if due is not None and due > now:
        return False
    with sessions.begin() as session:
        if due is None:
            _add(session, name, now)
        ours = update(Chore).where(Chore.name == name, Chore.due_at <= now).values(due_at=now + LEASE)
        return session.scalar(ours.returning(Chore.name)) is not None


def done(sessions: Sessions, name: str, again_at: datetime) -> None:
    """Give the work back, due again at a time."""
    with sessions.begin() as session:
        session.execute(update(Chore).where(Chore.name == name).values(due_at=again_at))


def hurry(session: Session, name: str, now: datetime) -> None:
    """Let the work be due now; what is under way already sees for itself whether there is more to do."""
    soon = Chore.due_at.between(now, now + LEASE / 2)
    session.execute(update(Chore).where(Chore.name == name, soon).values(due_at=now))


def _add(session: Session, name: str, now: datetime) -> None:
    insert = postgresql.insert if session.get_bind().dialect.name == "postgresql" else sqlite.insert
    session.execute(insert(Chore).values(name=name, due_at=now).on_conflict_do_nothing(index_elements=["name"]))
