"""Signed-in browsers: random tokens kept as digests, that end when idle, when old, and with the account."""

import secrets
from dataclasses import dataclass
from datetime import datetime, timedelta
from hashlib import sha256

from sqlalchemy import ColumnElement, delete, or_, select
from sqlalchemy.orm import Session

from knowledge import second_factor, staff
from knowledge.models import SessionOrigin, SessionStage, StaffRow, StaffSession, StaffStatus
from knowledge.staff import StaffMember

IDLE = timedelta(minutes=30)
LONGEST = timedelta(hours=12)
HALF_WAY = timedelta(minutes=10)
"""How long somebody may take from the password to the second factor."""
REMEMBERED = timedelta(hours=12)
"""How long it is known whose a session was that ended by itself: what is sent with it is kept for that person."""
SEEN_EVERY = timedelta(minutes=1)
"""A visit is written down at most this often; an idle session may end so much early, never late."""
TOKEN_BYTES = 32


@dataclass(frozen=True)
class SignedIn:
    """Whose session it is, how far the sign-in has come, how it began, and the digest of its token."""

    member: StaffMember
    stage: SessionStage
    origin: SessionOrigin
    digest: str


def new_token() -> str:
    """A token of 256 random bits."""
    return secrets.token_urlsafe(TOKEN_BYTES)


def digest_of(token: str) -> str:
    """How a token is kept."""
    return sha256(token.encode()).hexdigest()


def begin(session: Session, staff_id: int, stage: SessionStage, origin: SessionOrigin, now: datetime) -> str:
    """A new session and the token of it, which is not kept; sessions that ended long ago are cleared away."""
    token = new_token()
    session.execute(delete(StaffSession).where(_ended(now - REMEMBERED)))
    row = StaffSession(
        digest=digest_of(token),
        staff_id=staff_id,
        stage=stage.value,
        origin=origin.value,
        created_at=now,
        seen_at=now,
    )
    session.add(row)
    session.flush()
    return token


def visit(session: Session, token: str, now: datetime) -> SignedIn | None:
    """Whose a token is, while the session and the account live; the visit counts against idleness."""
    found = session.execute(
        select(StaffSession, StaffRow)
        .join(StaffRow, StaffRow.id == StaffSession.staff_id)
        .where(StaffSession.digest == digest_of(token), StaffRow.status == StaffStatus.ACTIVE.value, ~_ended(now))
    ).one_or_none()
    if found is None:
        return None
    row, account = found
    stage = SessionStage(row.stage)
    if now - row.seen_at >= SEEN_EVERY:
        row.seen_at = now
    return SignedIn(staff.member(session, account), stage, SessionOrigin(row.origin), row.digest)


def whose_ended(session: Session, token: str, now: datetime) -> int | None:
    """Whose a token was whose session ended by itself a short while ago; None for any other, and half-way ones."""
    return session.scalar(
        select(StaffSession.staff_id)
        .join(StaffRow, StaffRow.id == StaffSession.staff_id)
        .where(
            StaffSession.digest == digest_of(token),
            StaffSession.stage == SessionStage.FULL.value,
            StaffRow.status == StaffStatus.ACTIVE.value,
            _ended(now),
            ~_ended(now - REMEMBERED),
        )
    )


def renew(session: Session, digest: str) -> str:
    """Another token for a session that goes on; the old one is good no more."""
    token = new_token()
    session.get_one(StaffSession, digest).digest = digest_of(token)
    session.flush()
    return token


def pending_secret(session: Session, digest: str) -> str:
    """The secret that a half-way session is enrolling; the same one until the session ends."""
    row = session.get_one(StaffSession, digest)
    row.totp_secret = row.totp_secret or second_factor.new_secret()
    return row.totp_secret


def end(session: Session, token: str) -> None:
    """Sign a browser out."""
    session.execute(delete(StaffSession).where(StaffSession.digest == digest_of(token)))


def _ended(now: datetime) -> ColumnElement[bool]:
    half = StaffSession.stage != SessionStage.FULL.value
    return or_(
        StaffSession.seen_at <= now - IDLE,
        StaffSession.created_at <= now - LONGEST,
        half & (StaffSession.created_at <= now - HALF_WAY),
    )
