"""The audit log: who did what to what and when, append-only, each entry chained to the one before by its digest."""

import json
from collections.abc import Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass
from datetime import UTC, datetime
from enum import StrEnum
from hashlib import sha256
from typing import Protocol

from sqlalchemy import select, update
from sqlalchemy.orm import Session

from knowledge.models import AuditEntry, AuditHead

GENESIS = "0" * 64
HEAD = 1
SHORTEST_NOTE = 16
PIECE = 1_000
LONGEST_SUBJECT, LONGEST_ACTOR = 200, 64
Detail = Mapping[str, str | int | bool | list[str] | None]


class AuditAction(StrEnum):
    """What can be done; the words for people stand in `templates/audit/actions.html`."""

    SIGNED_IN = "signed_in"
    SIGN_IN_FAILED = "sign_in_failed"
    SIGN_IN_LOCKED = "sign_in_locked"
    SIGNED_OUT = "signed_out"
    PASSWORD_CHANGED = "password_changed"  # noqa: S105 - the name of an action
    SECOND_FACTOR_SET = "second_factor_set"
    RECOVERY_CODES_MADE = "recovery_codes_made"
    STAFF_ADDED = "staff_added"
    STAFF_CHANGED = "staff_changed"
    STAFF_DISABLED = "staff_disabled"
    STAFF_ENABLED = "staff_enabled"
    SECOND_FACTOR_RESET = "second_factor_reset"
    PASSWORD_RESET = "password_reset"  # noqa: S105 - the name of an action
    AUDIT_VERIFIED = "audit_verified"
    AUDIT_EXPORTED = "audit_exported"
    GUIDE_DRAFTED = "guide_drafted"
    GUIDE_SUBMITTED = "guide_submitted"
    GUIDE_RETURNED = "guide_returned"
    GUIDE_APPROVED = "guide_approved"
    GUIDE_PUBLISHED = "guide_published"
    GUIDE_WITHDRAWN = "guide_withdrawn"
    GUIDE_REVERTED = "guide_reverted"
    GATE_OVERRULED = "gate_overruled"
    DRAFT_DISCARDED = "draft_discarded"
    GOLDEN_KEPT = "golden_kept"
    GOLDEN_RETIRED = "golden_retired"
    QUESTION_ASSIGNED = "question_assigned"
    QUESTION_CLOSED = "question_closed"
    ANSWER_SENT_BACK = "answer_sent_back"
    SOURCE_ADDED = "source_added"
    SOURCE_APPROVED = "source_approved"
    SOURCE_REFUSED = "source_refused"
    SOURCE_REMOVED = "source_removed"
    SOURCE_COMPARED = "source_compared"
    GUIDES_IMPORTED = "guides_imported"
    GUIDES_EXPORTED = "guides_exported"
    NUMBERS_EXPORTED = "numbers_exported"
    OPEN_DATA_EXPORTED = "open_data_exported"
    NOTICE_DRAFTED = "notice_drafted"
    NOTICE_SUBMITTED = "notice_submitted"
    NOTICE_APPROVED = "notice_approved"
    NOTICE_RETURNED = "notice_returned"
    NOTICE_STARTED = "notice_started"
    NOTICE_STOPPED = "notice_stopped"
    NOTICE_CORRECTED = "notice_corrected"
    NOTICE_BROKE_GLASS = "notice_broke_glass"
    NOTICE_SCHEDULED = "notice_scheduled"
    NOTICE_PAUSED = "notice_paused"
    NOTICE_RESUMED = "notice_resumed"
    TESTER_ADDED = "tester_added"
    TESTER_REMOVED = "tester_removed"
    SEGMENT_CHANGED = "segment_changed"
    DISASTER_ASKED = "disaster_asked"
    DISASTER_CONFIRMED = "disaster_confirmed"
    DISASTER_WITHDRAWN = "disaster_withdrawn"
    DISASTER_WARNED = "disaster_warned"
    SHELTER_RECORDED = "shelter_recorded"
    TESTER_ON_CALL = "tester_on_call"
    CLIENT_ADDED = "client_added"
    CLIENT_CHANGED = "client_changed"
    CLIENT_WITHDRAWN = "client_withdrawn"
    TEMPLATE_DRAFTED = "template_drafted"
    TEMPLATE_SUBMITTED = "template_submitted"
    TEMPLATE_RETURNED = "template_returned"
    TEMPLATE_APPROVED = "template_approved"
    TEMPLATE_WITHDRAWN = "template_withdrawn"
    RULE_DRAFTED = "rule_drafted"
    RULE_SUBMITTED = "rule_submitted"
    RULE_RETURNED = "rule_returned"
    RULE_APPROVED = "rule_approved"
    RULE_WITHDRAWN = "rule_withdrawn"
    BUDGET_CHANGED = "budget_changed"
    COLLECTION_DAYS_CHANGED = "collection_days_changed"


class Actor(Protocol):
    """Who did it: a signed-in person, or the machine itself."""

    @property
    def id(self) -> int | None:
        """The id of the person's row; None for the machine."""

    @property
    def login(self) -> str:
        """The name they sign in with."""


@dataclass(frozen=True)
class Machine:
    """The product itself, or the operator at its command line."""

    login: str
    id: None = None


CLOCK = Machine("(自動)")
COMMAND_LINE = Machine("(コマンド)")
VISITOR = Machine("(サインイン前)")


@dataclass(frozen=True)
class Verified:
    """How many entries follow each other unbroken, the digest of the last, and the first number that does not fit."""

    entries: int
    digest: str
    broken: int | None = None


def record(session: Session, actor: Actor, action: AuditAction, subject: str, detail: Detail, now: datetime) -> None:
    """Append one entry in the session's transaction; call it last, because writers of the log queue until the commit.

    `subject` is a kind and an id, such as `guide:tennyu-todoke`; `detail` holds no text of residents and no secret.
    """
    advance = update(AuditHead).where(AuditHead.id == HEAD).values(number=AuditHead.number + 1)
    number, previous = session.execute(advance.returning(AuditHead.number, AuditHead.digest)).one()
    entry = AuditEntry(
        number=number,
        at=now.astimezone(UTC),
        actor_id=actor.id,
        actor=_line(actor.login, LONGEST_ACTOR),
        action=action.value,
        subject=_line(subject, LONGEST_SUBJECT),
        detail=dict(detail),
        previous=previous,
        digest="",
    )
    entry.digest = digest_of(entry)
    session.add(entry)
    session.flush()
    session.execute(update(AuditHead).where(AuditHead.id == HEAD).values(digest=entry.digest))


def verify(session: Session) -> Verified:
    """Read the whole log and find the first entry that was changed, moved, added or taken out."""
    head = session.execute(select(AuditHead.number, AuditHead.digest).where(AuditHead.id == HEAD)).one_or_none()
    found = check(_all(session))
    if found.broken is None and (head is None or tuple(head) != (found.entries, found.digest)):
        return Verified(found.entries, found.digest, found.entries + 1)
    return found


def _all(session: Session) -> Iterator[AuditEntry]:
    """Every entry by its number, read in pieces: a log of years is not held in memory."""
    piece: Sequence[AuditEntry] = session.scalars(select(AuditEntry).order_by(AuditEntry.number).limit(PIECE)).all()
    while piece:
        yield from piece
        after = select(AuditEntry).where(AuditEntry.number > piece[-1].number)
        piece = session.scalars(after.order_by(AuditEntry.number).limit(PIECE)).all()


def head(session: Session) -> Verified:
    """How long the log is and how it ends, unverified; noted down elsewhere, it is the anchor of `noted`."""
    number, digest = session.execute(select(AuditHead.number, AuditHead.digest).where(AuditHead.id == HEAD)).one()
    return Verified(number, digest)


def noted(session: Session, number: int, digest: str) -> bool:
    """Whether the entry of a number still has the digest that somebody noted down, or at least its first letters."""
    said = "".join(digest.split()).lower()
    kept = session.scalar(select(AuditEntry.digest).where(AuditEntry.number == number))
    return len(said) >= SHORTEST_NOTE and kept is not None and kept.startswith(said)


def check(entries: Iterable[AuditEntry]) -> Verified:
    """Whether entries follow each other from the first one on, in the given order."""
    number, digest = 0, GENESIS
    for entry in entries:
        fits = entry.number == number + 1 and entry.previous == digest
        if not fits or entry.digest != digest_of(entry):
            return Verified(number, digest, number + 1)
        number, digest = entry.number, entry.digest
    return Verified(number, digest)


def digest_of(entry: AuditEntry) -> str:
    """The SHA-256 over everything an entry says and the digest before it."""
    said = [
        entry.number,
        entry.at.astimezone(UTC).isoformat(timespec="microseconds"),
        entry.actor_id,
        entry.actor,
        entry.action,
        entry.subject,
        entry.detail,
        entry.previous,
    ]
    return sha256(json.dumps(said, sort_keys=True, separators=(",", ":")).encode("ascii")).hexdigest()


def _line(text: str, longest: int) -> str:
    """One line of what can be seen, so that no entry can pass for two."""
    return "".join(letter if letter.isprintable() else " " for letter in text)[:longest]
