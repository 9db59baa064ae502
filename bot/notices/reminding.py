"""Deadline reminders at work: a due one becomes a letter once; what is too late is deleted unsent."""

import uuid
from collections.abc import Callable
from datetime import datetime

from sqlalchemy.orm import Session

from bot.line.client import Message
from bot.notices.messages import written
from handlers.asking import Asking
from handlers.deadline.talk import letter
from handlers.reply import Reply
from knowledge import deadlines, letters
from knowledge.choices import variant_of
from knowledge.database import Sessions
from knowledge.letters import Order
from knowledge.models import DeadlineReminder, LetterOrigin
from knowledge.notice import Variant
from knowledge.text import Language

LayOut = Callable[[Reply], list[Message]]


def remind(sessions: Sessions, lay_out: LayOut, now: datetime) -> int:
    """Make letters of the reminders that are due; how many. A second worker finds them told already."""
    with sessions.begin() as session:
        deadlines.tidy(session, now)
        waiting = deadlines.due(session, now)
    return sum(_remind(sessions, each, lay_out, now) for each in waiting)


def _remind(sessions: Sessions, reminder: str, lay_out: LayOut, now: datetime) -> bool:
    with sessions.begin() as session:
        row = deadlines.locked(session, reminder)
        if row is None:
            return False
        until = deadlines.last_moment(row.due)
        reply = letter(_asking(session, row, now), row) if now <= until else None
        if reply is None:
            session.delete(row)
            return False
        order = Order(LetterOrigin.DEADLINE, row.resident_id, written(lay_out(reply)), not_after=until)
        row.letter_id = letters.put(session, order, now).id
    return True


def _asking(session: Session, row: DeadlineReminder, now: datetime) -> Asking:
    """In the words the resident reads now, or those in which they asked."""
    chosen = variant_of(session, row.resident_id)
    plain = chosen == Variant.EASY
    language = Language.JA if plain else Language(chosen.value) if chosen else Language(row.language)
    return Asking(session, "", language, (), uuid.uuid4().hex, now, row.resident_id, plain)
