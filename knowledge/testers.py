"""Testers: accounts of the staff that get drills and test sends, joined by a one-time code sent from LINE itself."""

import re
import secrets
import unicodedata
from datetime import datetime, timedelta
from hashlib import sha256

from sqlalchemy import select
from sqlalchemy.orm import Session

from knowledge.audit import Actor, AuditAction, record
from knowledge.campaign import CampaignError, person
from knowledge.models import Tester

VALID = timedelta(hours=24)
WORD = "訓練登録"
LONGEST = 80
"""A name has at most so many letters."""
_DIGITS = 8
_SAID = re.compile(rf"\s*{WORD}\s*([0-9]{{{_DIGITS}}})\s*")


class NameNeededError(CampaignError):
    """だれの端末かが分かる名前を書いてください。"""


def invite(session: Session, name: str, actor: Actor, now: datetime) -> str:
    """A tester by name, and the code they send from their LINE within a day; only its digest is kept."""
    if not name.strip():
        raise NameNeededError
    code = f"{secrets.randbelow(10**_DIGITS):0{_DIGITS}d}"
    tester = Tester(
        name=name.strip()[:LONGEST], code=_digest(code), code_until=now + VALID, added_by=person(actor), added_at=now
    )
    session.add(tester)
    session.flush()
    record(session, actor, AuditAction.TESTER_ADDED, f"tester:{tester.id}", {"name": tester.name}, now)
    return code


def code_in(said: str) -> str | None:
    """The code of a message that joins, such as 「訓練登録 12345678」; None for every other message."""
    found = _SAID.fullmatch(unicodedata.normalize("NFKC", said))
    return found[1] if found else None


def join(session: Session, code: str, resident: int, now: datetime) -> bool:
    """Let a resident's account be the tester whose code this is; False where the code is spent, too old or unknown."""
    mine = select(Tester).where(Tester.resident_id == resident)
    invited = select(Tester).where(Tester.code == _digest(code), Tester.code_until > now)
    tester = session.scalars(invited).one_or_none()
    if tester is None or session.scalars(mine).first() is not None:
        return False
    tester.resident_id, tester.code, tester.code_until = resident, None, None
    return True


def everybody(session: Session) -> list[Tester]:
    """All testers, also those who have not sent their code yet, by name."""
    return list(session.scalars(select(Tester).order_by(Tester.name, Tester.id)))


def set_on_call(session: Session, tester_id: int, actor: Actor, now: datetime, *, on: bool) -> None:
    """Let a tester be told when disaster mode is asked for or in force, or no more."""
    tester = session.get(Tester, tester_id)
    if tester is None or tester.on_call == on:
        return
    tester.on_call = on
    record(session, actor, AuditAction.TESTER_ON_CALL, f"tester:{tester_id}", {"name": tester.name, "on": on}, now)


def remove(session: Session, tester_id: int, actor: Actor, now: datetime) -> None:
    """Take a tester out; they get no drill from now on."""
    tester = session.get(Tester, tester_id)
    if tester is None:
        return
    session.delete(tester)
    record(session, actor, AuditAction.TESTER_REMOVED, f"tester:{tester_id}", {"name": tester.name}, now)


def _digest(code: str) -> str:
    return sha256(f"tester {code}".encode()).hexdigest()
