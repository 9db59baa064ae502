"""The thread that sends letters to one person, beside those that send notices to many."""

import time

import structlog
from sqlalchemy import select
from sqlalchemy.exc import SQLAlchemyError

from bot.background import Background
from bot.notices.letters import send_letter, sweep
from bot.notices.sender import NICENESS, ROUND_SECONDS, Sending, Step
from knowledge.models import Letter, LetterStatus

_log = structlog.get_logger(__name__)


class Postman(Background):
    """Sends letters from entering the context to leaving it; any number of processes may."""

    def __init__(self, parts: Sending) -> None:
        super().__init__("letters", 1, NICENESS)
        self._parts = parts
        self._round_at = 0.0

    def _run(self) -> None:
        while not self._closed.is_set():
            try:
                self._take_up_again()
                step = send_letter(self._parts)
            except SQLAlchemyError as error:
                _log.error("letters_database", problem=type(error).__name__)
                step = Step.IDLE
            if step is Step.IDLE:
                self._closed.wait(ROUND_SECONDS)
            elif step is Step.WAIT:
                self._closed.wait(self._parts.brake.ahead.total_seconds())

    def _take_up_again(self) -> None:
        """Once a second, what a sender that died has left."""
        if time.monotonic() < self._round_at:
            return
        self._round_at = time.monotonic() + ROUND_SECONDS
        take_up_again(self._parts)


def take_up_again(parts: Sending) -> int:
    """Put back what was left by senders that died; reads first, because nearly always there is nothing."""
    now = parts.clock()
    with parts.sessions() as session:
        late = select(Letter.id).where(Letter.status == LetterStatus.CLAIMED, Letter.claimed_until <= now)
        if session.scalars(late.limit(1)).first() is None:
            return 0
    with parts.sessions.begin() as session:
        return sweep(session, now)
