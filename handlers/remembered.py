"""What is remembered of a conversation for half an hour: the guides shown, what could be pressed, the language."""

from dataclasses import dataclass
from datetime import datetime, timedelta

from sqlalchemy.orm import Session

from handlers import typed
from handlers.reply import Reply
from knowledge.models import ConversationRow
from knowledge.text import Language

LASTS = timedelta(minutes=30)


@dataclass(frozen=True)
class Remembered:
    """The guides last shown or offered, the buttons of the last reply that had some, and the language it was in."""

    topics: tuple[str, ...] = ()
    buttons: typed.Buttons = ()
    language: Language | None = None


NOTHING_KNOWN = Remembered()


def recall(session: Session, resident: int | None, now: datetime) -> Remembered:
    """What is remembered of a resident; nothing of whoever is not known."""
    row = session.get(ConversationRow, resident) if resident else None
    if row is None:
        return NOTHING_KNOWN
    topics = ((row.topic,) if row.topic else tuple(row.candidates)) if now - row.updated_at <= LASTS else ()
    if row.shown_at is None or now - row.shown_at > LASTS:
        return Remembered(topics)
    return Remembered(topics, row.buttons or (), Language(row.language) if row.language else None)


def remember(session: Session, resident: int | None, reply: Reply, language: Language, now: datetime) -> None:
    """Remember a reply; what it has none of stays as it was."""
    if resident is None:
        return
    row = session.get(ConversationRow, resident)
    if row is None:
        row = ConversationRow(resident_id=resident, topic=None, candidates=[], updated_at=now)
        session.add(row)
    if reply.topics:
        row.topic, row.candidates, row.updated_at = reply.guide, list(reply.candidates), now
    if reply.buttons:
        row.buttons, row.language, row.shown_at = typed.kept(reply.buttons), language.value, now
