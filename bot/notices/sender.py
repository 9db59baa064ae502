"""The threads that send notices: a batch each, one request at a time, what LINE says written down before the next."""

import random
import threading
import time
from collections import deque
from collections.abc import Callable
from dataclasses import dataclass, field
from datetime import datetime, timedelta
from enum import Enum

import structlog
from prometheus_client import Counter
from sqlalchemy.exc import SQLAlchemyError
from sqlalchemy.orm import Session

from bot.background import Background
from bot.line.client import LineClient
from bot.line.errors import LineError, QuotaError, RetryableError
from bot.notices import batches, gate, roster
from bot.notices.batches import Claim
from bot.notices.gate import REFUSED_TOKEN, Brake, Pass
from bot.notices.rounds import Rounds
from knowledge.audit import CLOCK
from knowledge.campaign import load
from knowledge.course import pause
from knowledge.database import Sessions
from knowledge.days import utc_now
from knowledge.models import CampaignStatus

THREADS = 4
AT_ONCE = 8
"""So many batches a thread takes in one transaction."""
FRESH = timedelta(seconds=2)
"""A batch not begun this long after its time is given back: a notice that is stopped stops."""
NICENESS = 10
"""Answers in the chat come first: notices take the processor when nobody else wants it."""
ROUND_SECONDS = 1.0
_log = structlog.get_logger(__name__)
_BATCHES = Counter("pocket_notice_batches", "Requests of notices by what LINE said.", ["result"])


@dataclass(frozen=True)
class Sending:
    """What sending takes; `client` has connections of its own, so that notices never hold up an answer in the chat.

    `turn` lets one thread at a time take batches: others would look at the same ones and come away with none.
    """

    sessions: Sessions
    client: LineClient
    calendar_base: str
    brake: Brake = field(default_factory=Brake)
    clock: Callable[[], datetime] = utc_now
    sleep: Callable[[float], object] = time.sleep
    jitter: Callable[[], float] = random.random
    turn: threading.Lock = field(default_factory=threading.Lock)


class Step(Enum):
    """What came of trying to send one batch."""

    SENT = "sent"
    FAILED = "failed"
    WAIT = "wait"
    WRITTEN = "written"
    IDLE = "idle"


def send_one(parts: Sending) -> Step:
    """Send one batch, if one waits and the brake is off. A crash at any point repeats at most the same request."""
    hand = Hand(parts, most=1)
    step = hand.step()
    hand.put_down()
    return step


class Hand:
    """The batches one thread holds: taken a few at a time, sent one after the other, written down with the next taking.

    One transaction for all that costs a fifth of one for each, and most of that is the wait for the disk.
    """

    def __init__(self, parts: Sending, most: int = AT_ONCE) -> None:
        self._parts, self._most = parts, most
        self._held: deque[Claim] = deque()
        self._accepted: list[Claim] = []

    @property
    def empty(self) -> bool:
        """Whether nothing is held, and nothing is left to be written down."""
        return not self._held and not self._accepted

    def step(self) -> Step:
        """Send one batch, after taking new ones if none is held."""
        if not self._held and (idle := self._take()) is not None:
            return idle
        held = self._held.popleft()
        self._parts.sleep(max(0.0, (held.leave.at - self._parts.clock()).total_seconds()))
        if self._parts.clock() - held.leave.at > FRESH:
            self._held.appendleft(held)
            self.put_down()
            return Step.WAIT
        return self._send(held)

    def put_down(self) -> None:
        """Write down what LINE took, and give back what is not begun, as if it had never been taken."""
        if self.empty:
            return
        with self._parts.sessions.begin() as session:
            now = self._parts.clock()
            batches.accept(session, self._accepted, now)
            for each in self._held:
                batches.give_back(session, each, now)
        self._accepted.clear()
        self._held.clear()

    def _take(self) -> Step | None:
        """Take batches, or say why there are none; looking whether any waits needs no lock."""
        if not self._accepted:
            with self._parts.sessions() as session:
                waiting = batches.waiting(session, self._parts.clock())
            if not waiting:
                return self._write_out()
        with self._parts.turn, self._parts.sessions.begin() as session:
            now = self._parts.clock()
            taken = batches.take(session, self._parts.brake, now, self._most, self._accepted)
        self._accepted.clear()
        self._held.extend(taken)
        return None if taken else Step.WAIT

    def _write_out(self) -> Step:
        """What was sent before its people were recipients, a few batches at a time, now that nobody waits for us."""
        with self._parts.turn, self._parts.sessions.begin() as session:
            if found := roster.left(session, self._most):
                roster.write_out(session, found)
        return Step.WRITTEN if found else Step.IDLE

    def _send(self, held: Claim) -> Step:
        try:
            self._parts.client.multicast(held.body, held.retry_key)
        except LineError as error:
            self.put_down()
            _failed(self._parts, held, error)
            return Step.FAILED
        _BATCHES.labels("accepted").inc()
        self._accepted.append(held)
        if held.leave.probe:
            self.put_down()
            _recovered(self._parts, held.leave)
        return Step.SENT


def _recovered(parts: Sending, leave: Pass) -> None:
    with parts.sessions.begin() as session:
        gate.answered(session.connection(), parts.brake, leave, parts.clock())


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
        if isinstance(error, RetryableError):
            gate.troubled(session.connection(), parts.brake, held.leave, now, parts.jitter())
            batches.put_back(session, held, now, accepted_perhaps=error.status != 429)
        else:
            gate.answered(session.connection(), parts.brake, held.leave, now)
            _refused(session, held, error, now)


def _refused(session: Session, held: Claim, error: LineError, now: datetime) -> None:
    """What no repetition helps with: an empty plan and a dead token hold the notice, a bad id leaves the batch."""
    if isinstance(error, QuotaError) or error.status in REFUSED_TOKEN:
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
        self._changed = threading.Condition()
        self._round_at = 0.0
        self._sending = False

    def _rouse(self) -> None:
        with self._changed:
            self._changed.notify_all()

    def _run(self) -> None:
        hand, waits = Hand(self._parts), 0
        while not self._closed.is_set():
            idle = not self._sending
            step = self._step(hand)
            waits = waits + 1 if step is Step.WAIT else 0
            if step is Step.IDLE:
                self._wait(idle=idle)
            elif step is Step.WAIT:
                longer = self._parts.brake.ahead.total_seconds() * 2 ** min(waits - 1, 5)
                self._closed.wait(min(ROUND_SECONDS, longer))
        self._rest(hand)

    def _wait(self, *, idle: bool) -> None:
        """For the next round; where none sent anything, only until one has found something to send."""
        with self._changed:
            self._changed.wait_for(lambda: self._closed.is_set() or (idle and self._sending), ROUND_SECONDS)

    def _step(self, hand: Hand) -> Step:
        try:
            self._make_round()
            return hand.step() if self._sending or not hand.empty else Step.IDLE
        except SQLAlchemyError as error:
            _log.error("notices_database", problem=type(error).__name__)
            self._rest(hand)
            return Step.IDLE

    def _rest(self, hand: Hand) -> None:
        """What LINE took is written down by itself: a next batch that can not be taken must not hide it."""
        try:
            hand.put_down()
        except SQLAlchemyError as error:
            _log.error("notices_database", problem=type(error).__name__)

    def _make_round(self) -> None:
        """Once a second, by whichever thread comes first; where nothing is being sent the others need not look."""
        if time.monotonic() < self._round_at or not self._turn.acquire(blocking=False):
            return
        try:
            self._round_at = time.monotonic() + ROUND_SECONDS
            self._sending = self._rounds.make(self._parts.clock())
            self._rouse()
        finally:
            self._turn.release()
