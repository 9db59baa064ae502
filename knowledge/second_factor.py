"""The second factor: codes of an authenticator app, each good once, and recovery codes for when the phone is lost."""

import secrets
import unicodedata
from datetime import datetime
from hashlib import sha256

import pyotp
from sqlalchemy import delete, func, select, update
from sqlalchemy.orm import Session

from knowledge.models import RecoveryCode, StaffRow

STEP_SECONDS = 30
DRIFT_STEPS = 1
"""A code is good for one step before and after its own (RFC 6238, 5.2): phones' clocks are not exact."""
CODES = 10
_ALPHABET = "abcdefghijkmnpqrstuvwxyz23456789"
"""32 letters without l, o, 0 and 1: sixteen of them make 80 bits."""
ISSUER = "Pocket Gyosei"


def new_secret() -> str:
    """A secret of 160 random bits for an authenticator app."""
    return pyotp.random_base32()


def enrolment_uri(secret: str, login: str) -> str:
    """What an authenticator app reads from the picture."""
    return pyotp.TOTP(secret).provisioning_uri(name=login, issuer_name=ISSUER)


def step_of(secret: str, typed: str, now: datetime) -> int | None:
    """The 30-second step a code belongs to, None for a code that is wrong or of another time."""
    code, current = plain_code(typed), int(now.timestamp()) // STEP_SECONDS
    totp = pyotp.TOTP(secret)
    steps = range(current - DRIFT_STEPS, current + DRIFT_STEPS + 1)
    return next((step for step in steps if secrets.compare_digest(totp.generate_otp(step), code)), None)


def accept(session: Session, row: StaffRow, typed: str, now: datetime) -> bool:
    """Take a code: true once for each, also when two browsers send it at the same time."""
    step = step_of(row.totp_secret, typed, now) if row.totp_secret else None
    if step is None:
        return False
    used = update(StaffRow).where(StaffRow.id == row.id, StaffRow.totp_step < step).values(totp_step=step)
    return session.execute(used.returning(StaffRow.id)).scalar_one_or_none() is not None


def enrol(session: Session, row: StaffRow, secret: str, step: int, now: datetime) -> list[str]:
    """Make a secret the account's own; gives the new recovery codes, which are not kept readably."""
    row.totp_secret, row.totp_step, row.changed_at = secret, step, now
    return new_recovery_codes(session, row.id)


def reset(session: Session, row: StaffRow, now: datetime) -> None:
    """Take the second factor off an account: the person sets up a new one at the next sign-in."""
    row.totp_secret, row.changed_at = None, now
    session.execute(delete(RecoveryCode).where(RecoveryCode.staff_id == row.id))


def new_recovery_codes(session: Session, staff_id: int) -> list[str]:
    """Ten new codes; the old ones are good no more."""
    session.execute(delete(RecoveryCode).where(RecoveryCode.staff_id == staff_id))
    codes = ["".join(secrets.choice(_ALPHABET) for _ in range(16)) for _ in range(CODES)]
    session.add_all(RecoveryCode(digest=_digest(staff_id, code), staff_id=staff_id) for code in codes)
    session.flush()
    return ["-".join(code[start : start + 4] for start in range(0, 16, 4)) for code in codes]


def accept_recovery_code(session: Session, staff_id: int, typed: str, now: datetime) -> bool:
    """Take a recovery code: true once for each."""
    unused = RecoveryCode.digest == _digest(staff_id, plain_code(typed)), RecoveryCode.used_at.is_(None)
    taken = update(RecoveryCode).where(*unused).values(used_at=now).returning(RecoveryCode.digest)
    return session.execute(taken.execution_options(synchronize_session=False)).scalar_one_or_none() is not None


def recovery_codes_left(session: Session, staff_id: int) -> int:
    """How many codes an account has not used yet."""
    unused = (RecoveryCode.staff_id == staff_id, RecoveryCode.used_at.is_(None))
    return session.scalar(select(func.count()).select_from(RecoveryCode).where(*unused)) or 0


def plain_code(typed: str) -> str:
    """A code without what people put between its letters, in small half-width letters; only ASCII is left of it."""
    half = unicodedata.normalize("NFKC", typed[:100]).lower()
    return "".join(letter for letter in half if letter.isascii() and letter.isalnum())


def _digest(staff_id: int, code: str) -> str:
    return sha256(f"{staff_id}\n{code}".encode()).hexdigest()
