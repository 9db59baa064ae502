"""Counting tries before they are looked at, so that nobody guesses on, not even with many at once."""

from dataclasses import dataclass
from datetime import datetime, timedelta
from hashlib import sha256

from sqlalchemy import case, delete, or_, update
from sqlalchemy.dialects import postgresql, sqlite
from sqlalchemy.orm import Session

from knowledge.models import SignInCount

WAIT = timedelta(minutes=15)
FORGOTTEN = timedelta(days=1)


@dataclass(frozen=True)
class Counted:
    """What is counted: the kind of try, whose, and how many may follow each other without a wait."""

    kind: str
    whose: str
    most: int

    @property
    def id(self) -> str:
        """The key of its row, from which no login or address can be read."""
        return sha256(f"{self.kind}\n{self.whose}".encode()).hexdigest()


def by_login(login: str) -> Counted:
    """Passwords tried for a login, whether or not there is such an account."""
    return Counted("login", login, 10)


def by_address(address: str) -> Counted:
    """Whatever is tried from an address; many, because a ward office may share one."""
    return Counted("address", address, 50)


def by_code(staff_id: int) -> Counted:
    """Codes tried for an account."""
    return Counted("code", str(staff_id), 5)


def take(session: Session, counted: Counted, now: datetime) -> int | None:
    """Count a try and say which one it is (from 1); None when the last was too recent for one more after so many."""
    insert = postgresql.insert if session.get_bind().dialect.name == "postgresql" else sqlite.insert
    session.execute(delete(SignInCount).where(SignInCount.last_at < now - FORGOTTEN))
    fresh = insert(SignInCount).values(id=counted.id, tries=0, last_at=now)
    session.execute(fresh.on_conflict_do_nothing(index_elements=["id"]))
    rested = SignInCount.last_at <= now - WAIT
    advance = (
        update(SignInCount)
        .where(SignInCount.id == counted.id, or_(rested, SignInCount.tries < counted.most))
        .values(tries=case((rested, 1), else_=SignInCount.tries + 1), last_at=now)
        .returning(SignInCount.tries)
    )
    return session.execute(advance.execution_options(synchronize_session=False)).scalar_one_or_none()


def forget(session: Session, counted: Counted) -> None:
    """Start counting anew after a try that was right."""
    session.execute(delete(SignInCount).where(SignInCount.id == counted.id))
