"""The way from the chat to a resident's settings page: a link that is good once, then a browser, both for a short time.

Who has the link has the settings, so it lives ten minutes, dies when it is followed, and says nothing of whose it is.
"""

from dataclasses import dataclass
from datetime import datetime, timedelta

from sqlalchemy import delete, select, update
from sqlalchemy.orm import Session

from knowledge.changes import Speakable, change_of
from knowledge.models import Resident, ResidentStatus, SettingsVisit
from knowledge.sessions import digest_of, new_token

LINK_LIVES = timedelta(minutes=10)
VISIT_LIVES = timedelta(minutes=30)


@dataclass(frozen=True)
class Visiting:
    """Whose settings a browser may see, and what takes its last change back."""

    resident: int
    undo: Speakable | None


def make_link(session: Session, resident: int, now: datetime) -> str:
    """The token of a new link to a resident's page; an older link of theirs that nobody followed is good no more."""
    session.execute(delete(SettingsVisit).where(SettingsVisit.until <= now))
    unopened = SettingsVisit.resident_id == resident, SettingsVisit.opened.is_(False)
    session.execute(delete(SettingsVisit).where(*unopened))
    return _begin(session, resident, now + LINK_LIVES, opened=False)


def follow_link(session: Session, token: str, now: datetime) -> str | None:
    """The token of the browser that follows a link; None where the link was followed, is too old, or never was."""
    alive = SettingsVisit.digest == digest_of(token), SettingsVisit.opened.is_(False), SettingsVisit.until > now
    resident = session.scalar(delete(SettingsVisit).where(*alive).returning(SettingsVisit.resident_id))
    return None if resident is None else _begin(session, resident, now + VISIT_LIVES, opened=True)


def visit(session: Session, token: str, now: datetime) -> Visiting | None:
    """Whose settings the browser with this token may see now; nobody's once they blocked us."""
    friends = select(Resident.id).where(Resident.status == ResidentStatus.FRIEND)
    mine = SettingsVisit.digest == digest_of(token), SettingsVisit.opened.is_(True), SettingsVisit.until > now
    row = session.scalars(select(SettingsVisit).where(*mine, SettingsVisit.resident_id.in_(friends))).one_or_none()
    return Visiting(row.resident_id, change_of(row.undo or [])) if row else None


def remember(session: Session, token: str, undo: Speakable | None) -> None:
    """Keep what takes a browser's last change back, or that nothing does."""
    words = list(undo.words()) if undo else None
    session.execute(update(SettingsVisit).where(SettingsVisit.digest == digest_of(token)).values(undo=words))


def leave(session: Session, token: str) -> None:
    """Let a browser see nothing more."""
    session.execute(delete(SettingsVisit).where(SettingsVisit.digest == digest_of(token)))


def tidy(session: Session, now: datetime) -> None:
    """Delete what is too old to lead anywhere."""
    session.execute(delete(SettingsVisit).where(SettingsVisit.until <= now))


def _begin(session: Session, resident: int, until: datetime, *, opened: bool) -> str:
    token = new_token()
    session.add(SettingsVisit(digest=digest_of(token), resident_id=resident, opened=opened, until=until))
    session.flush()
    return token
