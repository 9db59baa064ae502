"""Letters as a queue: a last look, the key and the digest of the body kept, one request to LINE, what it said kept."""

import uuid
from dataclasses import dataclass
from datetime import datetime, timedelta

import structlog
from prometheus_client import Counter
from sqlalchemy import Select, select, update
from sqlalchemy.orm import Session

from bot.line.errors import LineError, QuotaError, RetryableError
from bot.notices import gate
from bot.notices.batches import HORIZON, LEASE
from bot.notices.body import body_of, digest_of
from bot.notices.gate import REFUSED_TOKEN, Brake, Pass
from bot.notices.sender import Sending, Step
from bot.notices.settling import quiet_until
from knowledge import standing
from knowledge.database import changed
from knowledge.models import Letter, LetterStatus, Resident, ResidentChoices, ResidentLink, ResidentStatus
from knowledge.responses import unit_of

LATER = timedelta(minutes=10)
"""After a month's limit or a refused token a person has to act; until then nobody is told, and nothing is lost."""
_log = structlog.get_logger(__name__)
_LETTERS = Counter("pocket_letters", "Requests of letters to one person by what LINE said.", ["result"])


@dataclass(frozen=True)
class Held:
    """A letter that is ours until the lease ends, with the very bytes to send; `attempt` fences off older holders."""

    letter: str
    attempt: int
    uncertain: bool
    retry_key: str
    body: bytes
    leave: Pass


def waiting(session: Session, now: datetime) -> bool:
    """Whether a letter could be sent now, brake aside; reads only."""
    return session.scalars(_next(now).with_only_columns(Letter.id)).first() is not None


def claim(session: Session, brake: Brake, now: datetime) -> Held | None:
    """Take the letter that waits longest, in the session's transaction; None where it was closed instead, where none
    waits or the brake is on. With the commit the key, the body's digest and that its first byte may be out are kept.
    """
    after, leave = gate.held(session.connection()).take(brake, now)
    if leave is None:
        return None
    letter = session.scalars(_next(now).with_for_update(skip_locked=True)).one_or_none()
    if letter is None or (body := _ready(session, letter, now)) is None:
        return None
    gate.keep(session.connection(), after)
    held = Held(letter.id, letter.attempts + 1, letter.uncertain, letter.retry_key, body, leave)
    letter.status, letter.claimed_until, letter.attempts = LetterStatus.CLAIMED, now + LEASE, letter.attempts + 1
    letter.uncertain = True
    return held


def _next(now: datetime) -> Select[Letter]:
    due = Letter.status == LetterStatus.ACCEPTED, Letter.not_before <= now
    return select(Letter).where(*due).order_by(Letter.not_before, Letter.id).limit(1)


def _ready(session: Session, letter: Letter, now: datetime) -> bytes | None:
    if letter.uncertain:
        if too_late := _too_late(letter, now):
            _close(letter, LetterStatus.UNKNOWN, now, too_late)
            return None
    elif not _settled(session, letter, now):
        return None
    line = session.get_one(Resident, letter.resident_id).line_user_id
    body = body_of([line], letter.messages or "[]", unit_of((letter.subject or "letters").rpartition(":")[2]))
    if letter.first_sent_at is None:
        letter.body_digest, letter.first_sent_at = digest_of(body), now
    elif digest_of(body) != letter.body_digest:
        _close(letter, LetterStatus.UNKNOWN, now, "body_changed")
        return None
    return body


def _too_late(letter: Letter, now: datetime) -> str:
    """Why a letter that LINE may have taken is not tried again, empty where it may be."""
    if letter.first_sent_at and now - letter.first_sent_at >= HORIZON:
        return "too_old"
    return "too_late" if letter.not_after and now > letter.not_after else ""


def _settled(session: Session, letter: Letter, now: datetime) -> bool:
    """The last look while certainly nothing was sent: whether it may go out now; else it is closed or put off."""
    if letter.first_sent_at and now - letter.first_sent_at >= HORIZON:
        letter.retry_key, letter.first_sent_at = str(uuid.uuid4()), None
    closing = _closing(session, letter, now)
    if closing:
        _close(letter, closing[0], now, closing[1])
        return False
    until = _asleep_until(session, letter, now)
    if until is None:
        return True
    if letter.not_after and until > letter.not_after:
        _close(letter, LetterStatus.EXPIRED, now, "quiet")
    else:
        letter.not_before = until
    return False


def _closing(session: Session, letter: Letter, now: datetime) -> tuple[LetterStatus, str] | None:
    """The status that ends a letter unsent, with the reason; None where nothing speaks against it."""
    if session.get_one(Resident, letter.resident_id, populate_existing=True).status != ResidentStatus.FRIEND:
        return LetterStatus.BLOCKED, "blocked"
    link = session.get(ResidentLink, letter.link_id, populate_existing=True) if letter.link_id else None
    if link is not None and link.ended_at is not None:
        return LetterStatus.BLOCKED, "link_ended"
    if letter.not_after and now > letter.not_after:
        return LetterStatus.EXPIRED, "too_late"
    if letter.subject and standing.approval(session, letter.subject, letter.standing or "") is None:
        return LetterStatus.REFUSED, "not_approved"
    return None


def _asleep_until(session: Session, letter: Letter, now: datetime) -> datetime | None:
    choices = session.get(ResidentChoices, letter.resident_id, populate_existing=True) if letter.keeps_quiet else None
    if choices is None or choices.quiet_from is None or choices.quiet_until is None:
        return None
    return quiet_until((choices.quiet_from, choices.quiet_until), now)


def _close(letter: Letter, status: LetterStatus, now: datetime, problem: str | None) -> None:
    """End a letter; its text is erased, because nobody needs it any more."""
    letter.status, letter.closed_at, letter.claimed_until, letter.problem = status, now, None, problem
    letter.messages = None


def send_letter(parts: Sending) -> Step:
    """Send one letter, if one waits and the brake is off; a crash at any point repeats at most the same request."""
    with parts.sessions() as session:
        if not waiting(session, parts.clock()):
            return Step.IDLE
    with parts.sessions.begin() as session:
        held = claim(session, parts.brake, parts.clock())
    if held is None:
        return Step.WAIT
    parts.sleep(max(0.0, (held.leave.at - parts.clock()).total_seconds()))
    try:
        parts.client.multicast(held.body, held.retry_key)
    except LineError as error:
        _failed(parts, held, error)
        return Step.FAILED
    _accepted(parts, held)
    return Step.SENT


def _accepted(parts: Sending, held: Held) -> None:
    _LETTERS.labels("accepted").inc()
    with parts.sessions.begin() as session:
        now = parts.clock()
        if held.leave.probe:
            gate.answered(session.connection(), parts.brake, held.leave, now)
        ours = Letter.id == held.letter, Letter.retry_key == held.retry_key
        done = {"status": LetterStatus.DELIVERED, "closed_at": now, "claimed_until": None, "problem": None}
        session.execute(update(Letter).where(*ours).values(done | {"messages": None}))


def _failed(parts: Sending, held: Held, error: LineError) -> None:
    kind = type(error).__name__
    _LETTERS.labels(kind).inc()
    _log.warning("letter_refused", letter=held.letter, attempt=held.attempt, kind=kind, status=error.status)
    with parts.sessions.begin() as session:
        now = parts.clock()
        if isinstance(error, RetryableError):
            gate.troubled(session.connection(), parts.brake, held.leave, now, parts.jitter())
            _put_back(session, held, now, accepted_perhaps=error.status != 429)
        else:
            gate.answered(session.connection(), parts.brake, held.leave, now)
            _refused(session, held, error, now)


def _refused(session: Session, held: Held, error: LineError, now: datetime) -> None:
    if isinstance(error, QuotaError) or error.status in REFUSED_TOKEN:
        _put_back(session, held, now + LATER, accepted_perhaps=False)
    elif letter := _ours(session, held):
        problem = "unknown_recipient" if error.place is not None else f"http_{error.status}"
        _close(letter, LetterStatus.UNKNOWN if held.uncertain else LetterStatus.REFUSED, now, problem)


def _put_back(session: Session, held: Held, not_before: datetime, *, accepted_perhaps: bool) -> None:
    if letter := _ours(session, held):
        letter.uncertain = held.uncertain or accepted_perhaps
        letter.status, letter.claimed_until, letter.not_before = LetterStatus.ACCEPTED, None, not_before


def _ours(session: Session, held: Held) -> Letter | None:
    ours = Letter.id == held.letter, Letter.status == LetterStatus.CLAIMED, Letter.attempts == held.attempt
    return session.scalars(select(Letter).where(*ours).with_for_update()).one_or_none()


def sweep(session: Session, now: datetime) -> int:
    """Put back the letters whose lease has ended: their sender died or hangs. Returns how many."""
    late = Letter.status == LetterStatus.CLAIMED, Letter.claimed_until <= now
    return changed(session, update(Letter).where(*late).values(status=LetterStatus.ACCEPTED, claimed_until=None))
