"""A form that came after its session had ended: kept for the same person, until it is sent or given up."""

from dataclasses import dataclass
from datetime import datetime

from sqlalchemy import delete
from sqlalchemy.orm import Session

from knowledge import sessions
from knowledge.models import KeptForm

KEPT = sessions.REMEMBERED
"""As long as it is known whose an ended session was."""
MOST_CHARACTERS = 400_000
Fields = tuple[tuple[str, str], ...]


@dataclass(frozen=True)
class Kept:
    """Where a form was to go, its fields in order, and when it came."""

    path: str
    fields: Fields
    kept_at: datetime


def keep(session: Session, token: str, path: str, fields: Fields, now: datetime) -> bool:
    """Keep a form that came with a token in place of the person's last one; False where it is known nobody's."""
    owner = sessions.whose_ended(session, token, now)
    if owner is None or not fields or sum(len(name) + len(text) for name, text in fields) > MOST_CHARACTERS:
        return False
    session.merge(KeptForm(staff_id=owner, path=path, fields=[list(each) for each in fields], kept_at=now))
    return True


def of(session: Session, staff_id: int, now: datetime) -> Kept | None:
    """What is kept for a person."""
    row = session.get(KeptForm, staff_id)
    if row is None or row.kept_at <= now - KEPT:
        return None
    return Kept(row.path, tuple((str(name), str(text)) for name, text in row.fields), row.kept_at)


def drop(session: Session, staff_id: int) -> None:
    """Forget it."""
    session.execute(delete(KeptForm).where(KeptForm.staff_id == staff_id))


def drop_old(session: Session, now: datetime) -> None:
    """Forget what nobody came back for."""
    session.execute(delete(KeptForm).where(KeptForm.kept_at <= now - KEPT))
