"""Letters: a message to one resident, kept with its retry key before it is sent; told about without its words."""

import uuid
from dataclasses import dataclass
from datetime import datetime, timedelta

from sqlalchemy import delete, select
from sqlalchemy.dialects import postgresql, sqlite
from sqlalchemy.orm import Session

from knowledge.errors import PocketError
from knowledge.models import IdempotencyKey, Letter, LetterOrigin, LetterStatus, ResidentChoices
from knowledge.notice import Variant

KEPT = timedelta(days=30)
"""How long a ward system's own key stands for the same request; LINE's retry keys, and any sane retry, last a day."""


class NoSuchLetterError(PocketError):
    """そのお知らせは見つかりません。"""


class KeyUsedError(PocketError):
    """この Idempotency-Key は、別の内容の要求に使われています。"""


@dataclass(frozen=True)
class Order:
    """A letter somebody wants sent: to whom, the messages as they will be sent, and by whose approved words.

    `subject` and `standing` name the approved template and its digest; None for what the resident asked for.
    """

    origin: LetterOrigin
    resident: int
    messages: str
    client: str | None = None
    link: str | None = None
    subject: str | None = None
    standing: str | None = None
    keeps_quiet: bool = True
    not_after: datetime | None = None


def put(session: Session, order: Order, now: datetime) -> Letter:
    """Keep a letter for sending, with a retry key of its own."""
    row = Letter(
        id=uuid.uuid4().hex,
        origin=order.origin,
        client_id=order.client,
        link_id=order.link,
        resident_id=order.resident,
        subject=order.subject,
        standing=order.standing,
        status=LetterStatus.ACCEPTED,
        messages=order.messages,
        retry_key=str(uuid.uuid4()),
        body_digest="",
        keeps_quiet=order.keeps_quiet,
        not_before=now,
        not_after=order.not_after,
        uncertain=False,
        attempts=0,
        accepted_at=now,
    )
    session.add(row)
    session.flush()
    return row


def reserve(session: Session, client: str, key: str, digest: str, now: datetime) -> Letter | None:
    """Take a ward system's key for a request, or give the letter that came of the same request before.

    Raises KeyUsedError where it stood for another. Of two requests at once, the second waits for the first.
    """
    insert = postgresql.insert if session.get_bind().dialect.name == "postgresql" else sqlite.insert
    fresh = {"client_id": client, "key": key, "body_digest": digest, "used_at": now}
    session.execute(insert(IdempotencyKey).values(fresh).on_conflict_do_nothing())
    kept = session.get_one(IdempotencyKey, (client, key), populate_existing=True)
    if kept.body_digest != digest:
        raise KeyUsedError
    return session.get_one(Letter, kept.letter_id) if kept.letter_id else None


def settle_key(session: Session, client: str, key: str, letter: Letter) -> None:
    """Note which letter came of a request."""
    session.get_one(IdempotencyKey, (client, key)).letter_id = letter.id


def of_client(session: Session, client: str, letter: str) -> Letter:
    """A ward system's own letter; raises NoSuchLetterError, also for another's."""
    row = session.get(Letter, letter)
    if row is None or row.client_id != client:
        raise NoSuchLetterError
    return row


def variant_for(session: Session, resident: int, written: frozenset[Variant]) -> Variant:
    """In which of the words that were written a resident reads, by their own choice; Japanese otherwise."""
    choices = session.get(ResidentChoices, resident)
    if choices and choices.plain_japanese and Variant.EASY in written:
        return Variant.EASY
    other = choices.language if choices else None
    return Variant(other) if other in written else Variant.JA


def tidy(session: Session, now: datetime) -> int:
    """Forget ward systems' keys and closed letters that are older than anybody asks for; how many keys."""
    old = select(IdempotencyKey.key).where(IdempotencyKey.used_at < now - KEPT)
    found = len(session.scalars(old).all())
    session.execute(delete(IdempotencyKey).where(IdempotencyKey.used_at < now - KEPT))
    closed = Letter.closed_at.is_not(None), Letter.closed_at < now - 3 * KEPT
    session.execute(delete(Letter).where(*closed))
    return found
