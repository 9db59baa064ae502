"""One event: its effects in one transaction, its answer after it, and what became of both in a second one."""

from collections.abc import Callable
from dataclasses import dataclass, replace
from datetime import datetime, timedelta
from enum import StrEnum

import structlog
from prometheus_client import Counter
from sqlalchemy import Engine
from sqlalchemy.exc import SQLAlchemyError

from bot import inbox, outbox
from bot.inbox import Claim, LostClaimError
from bot.line.client import LineClient, Message
from bot.line.errors import LineError, RetryableError
from bot.line.events import Envelope, read
from bot.line.loading import Loading
from bot.log import hashed, place_of
from bot.retry import EVENTS, RetryPolicy
from handlers.dispatch import Answers, dispatch
from handlers.events import Ignored, Pressed, Reason, Said
from handlers.reply import Reply
from knowledge.database import Sessions
from knowledge.days import utc_now
from knowledge.models import Delivery, DeliveryStatus

OLDEST = timedelta(days=7)
_IGNORED = Counter("pocket_events_ignored", "Inbound events without effect, by reason.", ["reason"])
_log = structlog.get_logger(__name__)


@dataclass(frozen=True)
class Parts:
    """What handling takes; `lay_out` gives the platform's messages for a reply, `log_key` hides users in logs."""

    engine: Engine
    sessions: Sessions
    answers: Answers
    client: LineClient
    lay_out: Callable[[Reply], list[Message]]
    log_key: bytes
    policy: RetryPolicy = EVENTS
    clock: Callable[[], datetime] = utc_now


class Result(StrEnum):
    """What became of an attempt to handle an event."""

    ANSWERED = "answered"
    SILENT = "silent"
    LEFT = "left"
    REFUSED = "refused"
    AGAIN = "again"
    FAILED = "failed"
    LOST = "lost"


def handle(parts: Parts, loading: Loading, held: Claim) -> Result:
    """Handle a claimed event; doing so again after a crash at any point gives the same single effect and answer."""
    try:
        return _conclude(parts, held, _attempt(parts, loading, held))
    except (LostClaimError, SQLAlchemyError) as error:
        # The lease ends and the event is taken up again; what was committed stays.
        _log.warning("event_lost", event_id=held.id, problem=place_of(error))
        return Result.LOST


def _attempt(parts: Parts, loading: Loading, held: Claim) -> Result:
    try:
        envelope = _in_time(parts, read(held.id, held.occurred_ms, held.body), held)
        with loading.while_working(_waiting_user(envelope), _age_seconds(parts, envelope, held)):
            delivery = _prepare(parts, envelope, held)
        return _send(parts, envelope, delivery)
    except LostClaimError:
        raise
    except LineError as error:
        return _refusal(error, held)
    except Exception as error:  # noqa: BLE001 - the edge of an event: one that can not be handled must not stop the pool
        _log.error("event_not_handled", event_id=held.id, attempt=held.attempt, problem=place_of(error))
        return Result.AGAIN


def _in_time(parts: Parts, envelope: Envelope, held: Claim) -> Envelope:
    """An event older than the ids we keep could be one whose effect we forgot: it has none any more."""
    if outbox.age(envelope, held.received_at, parts.clock()) < OLDEST:
        return envelope
    event = replace(envelope.event, what=Ignored(Reason.TOO_OLD))
    return replace(envelope, event=event, reply_token=None, group=None)


def _prepare(parts: Parts, envelope: Envelope, held: Claim) -> Delivery | None:
    """The effects and the prepared answer, in one transaction; where that was committed before, only the answer.

    Where nothing is to be sent the event is closed in that same transaction. What is to be written is written at its
    end: from the first write on nobody else can write on SQLite, and thinking takes long.
    """
    with parts.sessions.begin() as session:
        now = parts.clock()
        prepared = session.get(Delivery, held.id) if held.attempt > 1 else None
        if prepared is not None:
            inbox.renew(session, held, now)
            return prepared
        with session.no_autoflush:
            reply = dispatch(parts.answers, session, envelope.event, now)
        _log_event(parts, envelope, reply)
        method = outbox.method_for(envelope, held.received_at, now)
        if reply is None or method is None:
            if envelope.group is None:
                inbox.finish(session, held)
            return None
        delivery = outbox.prepare(envelope, parts.lay_out(reply), method, now)
        session.add(delivery)
        inbox.renew(session, held, now)
        return delivery


def _send(parts: Parts, envelope: Envelope, delivery: Delivery | None) -> Result:
    if delivery is not None:
        outbox.send(parts.client, envelope, delivery)
        return Result.ANSWERED
    if envelope.group is not None:
        parts.client.leave(envelope.group)
        return Result.LEFT
    return Result.SILENT


def _refusal(error: LineError, held: Claim) -> Result:
    _log.warning("line_refused", event_id=held.id, attempt=held.attempt, kind=type(error).__name__, status=error.status,
                 request_id=error.request_id)  # fmt: skip
    return Result.AGAIN if isinstance(error, RetryableError) else Result.REFUSED


def _conclude(parts: Parts, held: Claim, result: Result) -> Result:
    if result is Result.SILENT:
        return result
    pause = parts.policy.pause_after(held.attempt)
    if result is Result.AGAIN and pause is None:
        _log.error("event_failed", event_id=held.id, attempts=held.attempt)
        inbox.give_up(parts.sessions, held)
        return Result.FAILED
    with parts.sessions.begin() as session:
        if result is Result.AGAIN and pause is not None:
            inbox.put_back(session, held, parts.clock() + pause)
            return result
        accepted = DeliveryStatus.ACCEPTED if result is Result.ANSWERED else DeliveryStatus.REFUSED
        inbox.close_delivery(session, held, accepted)
        inbox.finish(session, held)
    return result


def _waiting_user(envelope: Envelope) -> str | None:
    expects = isinstance(envelope.event.what, Said | Pressed) and envelope.reply_token
    return envelope.event.user if expects else None


def _age_seconds(parts: Parts, envelope: Envelope, held: Claim) -> float:
    return outbox.age(envelope, held.received_at, parts.clock()).total_seconds()


def _log_event(parts: Parts, envelope: Envelope, reply: Reply | None) -> None:
    event = envelope.event
    user = hashed(event.user, parts.log_key) if event.user else None
    reason = event.what.reason.value if isinstance(event.what, Ignored) else None
    outcome = reply.outcome.value if reply else None
    if reason:
        _IGNORED.labels(reason).inc()
    _log.info(
        "event_handled", event_id=event.id, kind=type(event.what).__name__, user=user, outcome=outcome, ignored=reason
    )
