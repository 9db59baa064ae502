"""Signing in: the password, then the second factor; each try is counted before it is looked at, and written down."""

from dataclasses import dataclass
from datetime import datetime, timedelta
from enum import StrEnum

from sqlalchemy.orm import Session

from knowledge import audit, second_factor, staff, tries
from knowledge.audit import VISITOR, AuditAction
from knowledge.database import Sessions
from knowledge.models import SessionStage, StaffRow, StaffStatus
from knowledge.passwords import Passwords, must_be_fit, temporary
from knowledge.tries import Counted

TEMPORARY_LASTS = timedelta(days=3)


class Refusal(StrEnum):
    """Why somebody does not come in; nothing here tells whether there is such an account."""

    WRONG = "wrong"
    LOCKED = "locked"


@dataclass(frozen=True)
class Attempt:
    """What somebody typed, from where and when."""

    login: str
    password: str
    address: str
    now: datetime


def by_password(database: Sessions, passwords: Passwords, attempt: Attempt) -> int | Refusal:
    """The id of the account whose password was given.

    The hash is computed between two transactions: it takes long, and writers of SQLite would wait for it.
    """
    login = staff.plain_login(attempt.login)[:200]
    with database.begin() as session:
        row = staff.by_login(session, login)
        number = _take(session, (tries.by_login(login), tries.by_address(attempt.address)), attempt.now)
        kept = row.password if row and _may_try(row, attempt.now) else None
    if number is None:
        return Refusal.LOCKED
    if not passwords.fits(kept, attempt.password):
        with database.begin() as session:
            _write_down(session, row, tries.by_login(login).most == number, attempt)
        return Refusal.WRONG
    assert row
    assert kept
    renewed = passwords.hash(attempt.password) if passwords.outdated(kept) else None
    with database.begin() as session:
        tries.forget(session, tries.by_login(login))
        if renewed:
            staff.get(session, row.id).password = renewed
    return row.id


def _take(session: Session, counted: tuple[Counted, ...], now: datetime) -> int | None:
    """The number of the first count; None when any of them wants a wait."""
    numbers = [tries.take(session, each, now) for each in counted]
    return None if None in numbers else numbers[0]


def _may_try(row: StaffRow, now: datetime) -> bool:
    in_time = row.temporary_until is None or now < row.temporary_until
    return row.status == StaffStatus.ACTIVE and in_time


def _write_down(session: Session, row: StaffRow | None, last: bool, attempt: Attempt) -> None:  # noqa: FBT001 - of two
    subject = f"staff:{row.id}" if row else "staff:unknown"
    detail = {"address": attempt.address}
    audit.record(session, VISITOR, AuditAction.SIGN_IN_FAILED, subject, detail, attempt.now)
    if last:
        audit.record(session, VISITOR, AuditAction.SIGN_IN_LOCKED, subject, detail, attempt.now)


def by_code(session: Session, row: StaffRow, typed: str, now: datetime) -> Refusal | None:
    """Take a code of the app or a recovery code as the second factor; None when it was right."""
    counted = tries.by_code(row.id)
    number = tries.take(session, counted, now)
    if number is None:
        return Refusal.LOCKED
    recovered = second_factor.accept_recovery_code(session, row.id, typed, now)
    if recovered or second_factor.accept(session, row, typed, now):
        tries.forget(session, counted)
        return None
    action = AuditAction.SIGN_IN_LOCKED if number == counted.most else AuditAction.SIGN_IN_FAILED
    audit.record(session, VISITOR, action, f"staff:{row.id}", {"step": "code"}, now)
    return Refusal.WRONG


def stage_after_code(row: StaffRow) -> SessionStage:
    """How far somebody has come whose second factor was right: a password that was handed out must be replaced."""
    return SessionStage.VERIFIED if row.temporary_until else SessionStage.FULL


def set_password(row: StaffRow, passwords: Passwords, password: str, now: datetime) -> None:
    """Give an account a password of the person's own choice, or raise PasswordUnfitError."""
    must_be_fit(password, row.login, row.name)
    row.password, row.temporary_until, row.changed_at = passwords.hash(password), None, now


def hand_out_password(row: StaffRow, passwords: Passwords, now: datetime) -> str:
    """Give an account a password for its first sign-in, within three days; the person then chooses their own."""
    password = temporary()
    row.password, row.temporary_until, row.changed_at = passwords.hash(password), now + TEMPORARY_LASTS, now
    return password
