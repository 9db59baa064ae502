"""The threads that send notices: a batch each, one request at a time, what LINE says written down before the next."""

import random
import threading
import time
from collections.abc import Callable
from dataclasses import dataclass, field
from datetime import UTC, datetime
from enum import Enum

import structlog
from prometheus_client import Counter
from sqlalchemy.exc import SQLAlchemyError
from sqlalchemy.orm import Session

from bot.background import Background
from bot.line.client import LineClient
from bot.line.errors import LineError, QuotaError, RetryableError
from bot.notices import batches, gate
from bot.notices.batches import Claim
from bot.notices.gate import Brake
from bot.notices.rounds import Rounds
from knowledge.audit import CLOCK
from knowledge.campaign import load
from knowledge.course import pause
from knowledge.database import Sessions
from knowledge.models import CampaignStatus

THREADS = 4
NICENESS = 10
"""Answers in the chat come first: notices take the processor when nobody else wants it."""
ROUND_SECONDS = 1.0
_REFUSED_TOKEN = (401, 403)
_log = structlog.get_logger(__name__)
_BATCHES = Counter("pocket_notice_batches", "Requests of notices by what LINE said.", ["result"])


def _utc_now() -> datetime:
    return datetime.now(UTC)


@dataclass(frozen=True)
class Sending:
    """What sending takes; `client` has connections of its own, so that notices never hold up an answer in the chat."""

    sessions: Sessions
    client: LineClient
    calendar_base: str
    brake: Brake = field(default_factory=Brake)
    clock: Callable[[], datetime] = _utc_now
    sleep: Callable[[float], object] = time.sleep
    jitter: Callable[[], float] = random.random


class Step(Enum):
    """What came of trying to send one batch."""

    SENT = "sent"
    FAILED = "failed"
    WAIT = "wait"
    IDLE = "idle"


def send_one(parts: Sending, *, look_first: bool = True) -> Step:
    """Send one batch, if one waits and the brake is off. A crash at any point repeats at most the same request.

    `look_first` reads whether anything waits before the brake is touched, which takes a lock.
    """
    if look_first:
        with parts.sessions() as session:
            if not batches.waiting(session, parts.clock()):
                return Step.IDLE
    with parts.sessions.begin() as session:
        held = batches.claim(session, parts.brake, parts.clock())
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


def _accepted(parts: Sending, held: Claim) -> None:
    _BATCHES.labels("accepted").inc()
    with parts.sessions.begin() as session:
        now = parts.clock()
        if held.leave.probe:
            state = gate.held(session.connection())
            gate.keep(session.connection(), state.succeeded(parts.brake, now, probe=True))
        batches.accept(session, held, now)


def _failed(parts: Sending, held: Claim, error: LineError) -> None:
    kind = type(error).__name__
    _BATCHES.labels(kind).inc()
    _log.warning(
        "batch_refused",
        campaign=held.campaign,
        batch=held.batch,
        attempt=held.attempt,
        kind=kind,
        status=error.status,
        request_id=error.request_id,
    )
    with parts.sessions.begin() as session:
        now = parts.clock()
        state = gate.held(session.connection())
        if isinstance(error, RetryableError):
            after = state.failed(parts.brake, now, probe=held.leave.probe, jitter=parts.jitter())
            batches.put_back(session, held, now, accepted_perhaps=error.status != 429)
        else:
            after = state.succeeded(parts.brake, now, probe=held.leave.probe)
            _refused(session, held, error, now)
        gate.keep(session.connection(), after)


def _refused(session: Session, held: Claim, error: LineError, now: datetime) -> None:
    """What no repetition helps with: an empty plan and a dead token hold the notice, a bad id leaves the batch."""
    if isinstance(error, QuotaError) or error.status in _REFUSED_TOKEN:
        batches.put_back(session, held, now, accepted_perhaps=False)
        campaign = load(session, held.campaign)
        if campaign.status == CampaignStatus.SENDING:
            pause(session, campaign, CLOCK, now, "quota" if isinstance(error, QuotaError) else f"http_{error.status}")
    elif error.place is not None:
        batches.quarantine(session, held, error.place, now)
    else:
        batches.refuse(session, held, now, f"http_{error.status}")


class Sender(Background):
    """Sends what is to be sent from entering the context to leaving it; any number of processes may."""

    def __init__(self, parts: Sending, threads: int = THREADS) -> None:
        super().__init__("notices", threads, NICENESS)
        self._parts = parts
        self._rounds = Rounds(parts.sessions, parts.client, parts.calendar_base)
        self._turn = threading.Lock()
        self._round_at = 0.0

    def _run(self) -> None:
        step = Step.IDLE
        while not self._closed.is_set():
            try:
                self._make_round()
                step = send_one(self._parts, look_first=step is not Step.SENT)
            except SQLAlchemyError as error:
                _log.error("notices_database", problem=type(error).__name__)
                step = Step.IDLE
            if step is Step.IDLE:
                self._closed.wait(ROUND_SECONDS)
            elif step is Step.WAIT:
                self._closed.wait(self._parts.brake.ahead.total_seconds())

    def _make_round(self) -> None:
        """Once a second, by whichever thread comes first."""
        if time.monotonic() < self._round_at or not self._turn.acquire(blocking=False):
            return
        try:
            self._round_at = time.monotonic() + ROUND_SECONDS
            self._rounds.make(self._parts.clock())
        finally:
            self._turn.release()
