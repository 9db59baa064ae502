"""The thread for regular work in the background: grouping, counting, trying answers, telling, erasing."""

from collections.abc import Callable, Sequence
from dataclasses import dataclass
from datetime import datetime, timedelta

import structlog
from sqlalchemy.exc import SQLAlchemyError

from bot.background import Background
from bot.gate import learn_ahead
from bot.line.client import LineClient
from bot.line.layout import lay_out
from bot.log import place_of
from bot.notices.calendar import calendar_base
from bot.notices.following import follow
from bot.notices.reminding import remind
from bot.notices.responses import EVERY, fetch_next
from bot.publishing import INDEXING, sweep
from bot.source_check import check_next
from bot.telling import Telling, tell_due, try_answers
from bot.wiring import Pocket
from knowledge import chores, erasure, grouping, kept_forms, letters, retention, settings_visits
from knowledge.counts import count_due
from knowledge.database import Sessions
from knowledge.days import utc_now
from knowledge.erasure import erase_gone
from knowledge.freshness import remind_due
from knowledge.grouping import group_due
from knowledge.retention import erase_old

TICK_SECONDS = 1.0
AFTER_FAILURE = timedelta(minutes=1)
NICENESS = 10
_SECOND = timedelta(seconds=1)
_log = structlog.get_logger(__name__)


@dataclass(frozen=True)
class Duty:
    """A piece of regular work: what it does at a time, giving how much was done, and how often.

    Where that is `at_once`, there may be more: it is due again immediately.
    """

    chore: str
    every: timedelta
    do: Callable[[datetime], int]
    at_once: int | None = None


def duties(pocket: Pocket, client: LineClient) -> list[Duty]:
    """What an installation does regularly."""
    sessions, responder, checks = pocket.sessions, pocket.responder, pocket.settings.source_check
    telling = Telling(sessions, responder, client, lay_out)
    return [
        Duty(
            "group questions", 5 * _SECOND, lambda now: group_due(sessions, responder.searcher, now), grouping.AT_ONCE
        ),
        Duty("count questions", 60 * _SECOND, lambda now: count_due(sessions, now)),
        Duty("try answers", 2 * _SECOND, lambda now: try_answers(sessions, responder, now)),
        Duty("tell answers", 5 * _SECOND, lambda now: tell_due(telling, now)),
        Duty(INDEXING, 60 * _SECOND, lambda _: sweep(pocket)),
        Duty("learn golden questions", 60 * _SECOND, lambda _: learn_ahead(pocket)),
        Duty("follow rules", 10 * _SECOND, lambda now: follow(sessions, calendar_base(pocket.settings), now)),
        Duty("remind of deadlines", 60 * _SECOND, lambda now: remind(sessions, lay_out, now)),
        Duty("ask for responses", EVERY, lambda now: fetch_next(sessions, client, now)),
        Duty("forget old letters", timedelta(hours=1), lambda now: forget_letters(sessions, now)),
        Duty("remind of reviews", timedelta(hours=1), lambda now: remind_due(sessions, now)),
        Duty("erase old questions", timedelta(hours=1), lambda now: erase(sessions, now), retention.AT_ONCE),
        Duty("erase who left", timedelta(hours=1), lambda now: erase_left(sessions, now), erasure.AT_ONCE),
        *([Duty("look at source pages", 30 * _SECOND, lambda now: check_next(pocket, now))] if checks else []),
    ]


def forget_letters(sessions: Sessions, now: datetime) -> int:
    """Forget ward systems' keys and closed letters that nobody asks for any more; how many keys."""
    with sessions.begin() as session:
        return letters.tidy(session, now)


def erase_left(sessions: Sessions, now: datetime) -> int:
    """Erase some of those who blocked us long ago, and ways to the settings page that ended; how many people."""
    with sessions.begin() as session:
        settings_visits.tidy(session, now)
        return erase_gone(session, now)


def erase(sessions: Sessions, now: datetime) -> int:
    """Erase some of what is too old; how many."""
    with sessions.begin() as session:
        kept_forms.drop_old(session, now)
        return erase_old(session, now)


class Chores(Background):
    """Does the duties of an installation from entering the context to leaving it."""

    def __init__(self, sessions: Sessions, given: Sequence[Duty], clock: Callable[[], datetime] = utc_now) -> None:
        super().__init__("chores", niceness=NICENESS, daemon=True)
        self._sessions = sessions
        self._duties = given
        self._clock = clock

    def _run(self) -> None:
        while not self._closed.wait(TICK_SECONDS):
            for duty in self._duties:
                self.once(duty)

    def once(self, duty: Duty) -> None:
        """Do a duty if it is due and nobody else is at it."""
        try:
            now = self._clock()
            if chores.take(self._sessions, duty.chore, now):
                chores.done(self._sessions, duty.chore, self._do(duty, now))
        except SQLAlchemyError as error:
            _log.error("chore_not_taken", chore=duty.chore, problem=type(error).__name__)

    def _do(self, duty: Duty, now: datetime) -> datetime:
        """When the duty is due again."""
        try:
            return now if duty.do(now) == duty.at_once else self._clock() + duty.every
        except Exception as error:  # noqa: BLE001 - the edge of a piece of regular work: the others must go on
            _log.error("chore_failed", chore=duty.chore, problem=place_of(error))
            return self._clock() + AFTER_FAILURE
