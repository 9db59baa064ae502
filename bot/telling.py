"""The loop back: whether what staff mended is answered now, and telling it to those who asked and wished to hear."""

import json
from collections.abc import Callable
from dataclasses import dataclass
from datetime import datetime, time, timedelta

import structlog
from sqlalchemy import update

from bot.line.client import LineClient, Message
from bot.line.errors import LineError, QuotaError, RetryableError
from bot.notices.settling import quiet_until
from bot.retry import RetryPolicy
from handlers.asking import Asking
from handlers.conversation import Responder
from handlers.reply import Outcome, Reply
from handlers.telling import told
from knowledge import audit, choices, library, wishes, work
from knowledge.audit import CLOCK, AuditAction
from knowledge.database import Sessions
from knowledge.days import JST
from knowledge.models import Question, Resident, ResidentStatus, Wish
from knowledge.text import Language

LAST_HOUR, FIRST_HOUR = 21, 8
"""Nobody is written to from nine in the evening to eight in the morning (Japan)."""
UNKNOWN_AFTER = timedelta(hours=23)
"""LINE keeps a retry key for 24 hours: after that, sending again could be sending twice."""
NOT_YET = timedelta(hours=1)
NO_QUOTA = timedelta(days=1)
PATIENCE = RetryPolicy(attempts=12, first=timedelta(seconds=30), longest=timedelta(hours=2))
_log = structlog.get_logger(__name__)


@dataclass(frozen=True)
class Telling:
    """What telling takes."""

    sessions: Sessions
    responder: Responder
    client: LineClient
    lay_out: Callable[[Reply], list[Message]]


@dataclass(frozen=True)
class Letter:
    """What is sent for a wish: to whom, the messages as they were first prepared, and their key."""

    question: str
    to: str
    messages: list[Message]
    retry_key: str
    attempt: int


def try_answers(sessions: Sessions, responder: Responder, now: datetime, only: int | None = None) -> int:
    """Ask the questions of groups whose guide was published since; how many groups are answered by it now."""
    snapshot = responder.searcher.shelf.snapshot().name
    with sessions() as session:
        trials = work.trials(session, snapshot, only)
    done = [trial for trial in trials if _try(sessions, responder, trial, now)]
    with sessions.begin() as session:
        wishes.make_ready(session, now)
    return len(done)


def _try(sessions: Sessions, responder: Responder, trial: work.Trial, now: datetime) -> bool:
    with sessions() as session:
        replies = [responder.consider(session, text, now).reply for text in trial.texts]
    answered = sum(reply.outcome == Outcome.ANSWERED and reply.guide == trial.guide for reply in replies)
    with sessions.begin() as session:
        if not work.tried(session, trial, answered, now):
            return False
        detail: audit.Detail = {"guide": trial.guide, "asked": len(trial.texts), "answered": answered}
        audit.record(session, CLOCK, AuditAction.QUESTION_CLOSED, f"group:{trial.group}", detail, now)
    return True


def tell_due(telling: Telling, now: datetime) -> int:
    """Tell those whose answers are there; how many letters were tried. By night nobody is written to."""
    with telling.sessions.begin() as session:
        wishes.tidy(session, now)
    if not _awake(now):
        return 0
    tried = 0
    while (wish := _claim(telling.sessions, now)) is not None:
        letter = _letter(telling, wish, now)
        if letter:
            _conclude(telling.sessions, letter, _send(telling.client, letter), now)
        tried += letter is not None
    return tried


def _awake(now: datetime) -> bool:
    return time(FIRST_HOUR) <= now.astimezone(JST).time() < time(LAST_HOUR)


def _claim(sessions: Sessions, now: datetime) -> Wish | None:
    with sessions.begin() as session:
        return wishes.claim(session, now)


def _letter(telling: Telling, wish: Wish, now: datetime) -> Letter | None:
    """The letter for a wish, kept with its key before it is sent; None where there is none to send (any more)."""
    with telling.sessions() as session:
        row = session.get(Question, wish.question_id)
        resident = session.get(Resident, wish.resident_id)
        guide = library.guide(session, wish.guide_id or "")
    unknown = wish.sent_at is not None and now - wish.sent_at > UNKNOWN_AFTER
    if unknown or not (row and guide and resident and resident.status == ResidentStatus.FRIEND):
        _log.info("wish_given_up", unknown=unknown, attempts=wish.attempts)
        with telling.sessions.begin() as session:
            wishes.end(session, wish.question_id)
        return None
    if until := _asleep(telling.sessions, resident.id, now):
        with telling.sessions.begin() as session:
            wishes.postpone(session, wish.question_id, until)
        return None
    messages = json.loads(wish.payload) if wish.payload else _messages(telling, row, guide.id, now)
    if not messages:
        with telling.sessions.begin() as session:
            wishes.postpone(session, wish.question_id, now + NOT_YET)
        return None
    letter = Letter(wish.question_id, resident.line_user_id, messages, wish.retry_key, wish.attempts + 1)
    return letter if _keep(telling.sessions, wish, letter, now) else None


def _asleep(sessions: Sessions, resident: int, now: datetime) -> datetime | None:
    """When the resident's own quiet hours end, where they hold now."""
    with sessions() as session:
        quiet = choices.read(session, resident).quiet
    return quiet_until((quiet.first, quiet.last), now) if quiet else None


def _keep(sessions: Sessions, wish: Wish, letter: Letter, now: datetime) -> bool:
    """Store the letter before its first byte leaves; false where the wish is gone or somebody else went on with it."""
    kept = {"payload": json.dumps(letter.messages), "sent_at": wish.sent_at or now, "attempts": letter.attempt}
    with sessions.begin() as session:
        ours = update(Wish).where(Wish.question_id == wish.question_id, Wish.attempts == wish.attempts)
        return session.scalar(ours.values(kept).returning(Wish.question_id)) is not None


def _messages(telling: Telling, row: Question, guide: str, now: datetime) -> list[Message]:
    """The answer to the very question, if the guide that staff mended gives it."""
    if row.text is None:
        return []
    with telling.sessions() as session:
        language = Language(row.lang)
        reply = telling.responder.consider(session, row.text, now, language).reply
        if reply.outcome != Outcome.ANSWERED or reply.guide != guide:
            return []
        return telling.lay_out(told(Asking(session, row.text, language, (), row.id, now), row, reply))


def _send(client: LineClient, letter: Letter) -> LineError | None:
    try:
        client.push(letter.to, letter.messages, letter.retry_key)
    except LineError as error:
        _log.warning("wish_refused", kind=type(error).__name__, status=error.status, attempt=letter.attempt)
        return error
    return None


def _conclude(sessions: Sessions, letter: Letter, error: LineError | None, now: datetime) -> None:
    """Told, or never to be: the wish is deleted. A month's limit or a failure of LINE's: again later."""
    pause = PATIENCE.pause_after(letter.attempt) if isinstance(error, RetryableError) else None
    with sessions.begin() as session:
        if isinstance(error, QuotaError):
            wishes.put_off(session, letter.question, now + NO_QUOTA)
        elif pause:
            wishes.postpone(session, letter.question, now + pause)
        else:
            wishes.end(session, letter.question)
        if error is None:
            audit.record(session, CLOCK, AuditAction.ANSWER_SENT_BACK, f"question:{letter.question}", {}, now)
