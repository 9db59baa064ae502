"""Links: a ward system's way to one resident, joined by a one-time code and ended by either side for good."""

import re
import secrets
import unicodedata
import uuid
from dataclasses import dataclass
from datetime import datetime, timedelta
from enum import StrEnum
from hashlib import sha256

from sqlalchemy import select, update
from sqlalchemy.orm import Session

from knowledge.masking import mask
from knowledge.models import ApiClient, ResidentLink

VALID = timedelta(days=14)
"""Long enough for a letter by post and a weekend."""
WORD = "連携"
ALPHABET = "23456789ABCDEFGHJKLMNPQRSTUVWXYZ"
"""Without 0, O, 1 and I, which people mistake for each other on paper."""
_RANDOM, _GROUP = 10, 4
_GROUPS = r"([2-9A-HJ-NP-Z]{4})"
_NAMED = re.compile(rf"{WORD}(?:コード|番号)?[\s:]*{_GROUPS}[\sー-]?{_GROUPS}[\sー-]?{_GROUPS}")
_BARE = re.compile(rf"{_GROUPS}[ー-]{_GROUPS}[ー-]{_GROUPS}")
_DASHES = re.compile("[‐‑‒–—―−－]")


class LinkState(StrEnum):
    """How far a link has come, as a ward system is told."""

    WAITING = "waiting"
    LINKED = "linked"
    EXPIRED = "expired"
    ENDED = "ended"


@dataclass(frozen=True)
class Offered:
    """A new link: the token for the ward system, the code for the resident, until when the code is good."""

    token: str
    code: str
    until: datetime


@dataclass(frozen=True)
class Said:
    """A code somebody sent; `named` says that the word before it leaves no doubt that one was meant."""

    code: str
    named: bool


@dataclass(frozen=True)
class Joined:
    """A link that a resident has just joined, and the name of the ward system."""

    link: str
    system: str


def offer(session: Session, client: str, now: datetime) -> Offered:
    """Make a link; only digests of token and code are kept."""
    code, token, until = _new_code(), secrets.token_urlsafe(32), now + VALID
    row = ResidentLink(
        id=uuid.uuid4().hex,
        client_id=client,
        token_digest=_digest("token", token),
        code_digest=_digest("code", code),
        code_until=until,
        made_at=now,
    )
    session.add(row)
    session.flush()
    return Offered(token, _grouped(code), until)


def code_in(said: str) -> Said | None:
    """The code of a message that is nothing else: 「連携 K7M3-Q9XD-2WTB」, or the code alone in exactly that shape.

    The last two letters follow from the others, so that the number of a form or an item is not taken for one.
    """
    plain = _DASHES.sub("-", unicodedata.normalize("NFKC", said)).strip().upper()
    named = _NAMED.fullmatch(plain)
    found = named or _BARE.fullmatch(plain)
    if not found:
        return None
    code = "".join(found.groups())
    if code[_RANDOM:] != _check(code[:_RANDOM]):
        return Said("", named=True) if named else None
    return Said(code, named is not None)


def join(session: Session, code: str, resident: int, now: datetime) -> Joined | None:
    """Let a resident be reached by the link whose code this is; None where it is spent, too old or unknown."""
    free = ResidentLink.resident_id.is_(None), ResidentLink.ended_at.is_(None), ResidentLink.code_until > now
    meant = update(ResidentLink).where(ResidentLink.code_digest == _digest("code", code), *free)
    joined = {"resident_id": resident, "linked_at": now, "code_digest": None}
    found = session.execute(meant.values(joined).returning(ResidentLink.id, ResidentLink.client_id)).one_or_none()
    if found is None:
        return None
    return Joined(found.id, session.get_one(ApiClient, found.client_id).name)


def of_resident(session: Session, resident: int) -> list[Joined]:
    """The ward systems that may write to a resident, the latest first."""
    mine = (
        select(ResidentLink.id, ApiClient.name)
        .join(ApiClient, ApiClient.id == ResidentLink.client_id)
        .where(ResidentLink.resident_id == resident, ResidentLink.ended_at.is_(None))
        .order_by(ResidentLink.linked_at.desc(), ResidentLink.id)
    )
    return [Joined(link, system) for link, system in session.execute(mine)]


def end_by_resident(session: Session, link: str, resident: int, now: datetime) -> str | None:
    """End a resident's own link; the ward system's name, or None where it is not theirs."""
    mine = update(ResidentLink).where(ResidentLink.id == link, ResidentLink.resident_id == resident)
    ended = mine.where(ResidentLink.ended_at.is_(None)).values(ended_at=now)
    session.execute(ended)
    row = session.get(ResidentLink, link, populate_existing=True)
    if row is None or row.resident_id != resident:
        return None
    return session.get_one(ApiClient, row.client_id).name


def end_by_system(row: ResidentLink, now: datetime) -> None:
    """End a link from the ward's side; its code is good no more."""
    row.ended_at, row.code_digest = row.ended_at or now, None


def of_token(session: Session, client: str, token: str) -> ResidentLink | None:
    """The link a ward system holds the token of; another system's token is none."""
    own = ResidentLink.client_id == client, ResidentLink.token_digest == _digest("token", token)
    return session.scalars(select(ResidentLink).where(*own)).one_or_none()


def state(row: ResidentLink, now: datetime) -> LinkState:
    """How far a link has come."""
    if row.ended_at is not None:
        return LinkState.ENDED
    if row.resident_id is not None:
        return LinkState.LINKED
    return LinkState.WAITING if row.code_until > now else LinkState.EXPIRED


def _new_code() -> str:
    """A random code that is not taken for a phone number or a postal code, which are masked before anybody reads."""
    while True:
        body = "".join(secrets.choice(ALPHABET) for _ in range(_RANDOM))
        code = body + _check(body)
        if mask(f"{_grouped(code)} {code}") == f"{_grouped(code)} {code}":
            return code


def _grouped(code: str) -> str:
    return "-".join(code[at : at + _GROUP] for at in range(0, len(code), _GROUP))


def _check(body: str) -> str:
    digest = sha256(f"check {body}".encode()).digest()
    return ALPHABET[digest[0] % 32] + ALPHABET[digest[1] % 32]


def _digest(kind: str, secret: str) -> str:
    return sha256(f"link {kind} {secret}".encode()).hexdigest()
