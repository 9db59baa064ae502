"""A conversation as a test has it: somebody says and presses things at a time; nothing is kept afterwards."""

from dataclasses import dataclass
from datetime import UTC, datetime

from sqlalchemy.orm import Session

from bot.text_layout import as_text
from handlers.actions import Action
from handlers.asking import Asking
from handlers.conversation import Asker, Channel, Responder
from handlers.reply import Reply
from knowledge import library
from knowledge.guide import Guide
from knowledge.residents import resident_of
from knowledge.text import detect_language, normalise

NOW = datetime(2026, 11, 21, 3, 0, tzinfo=UTC)


@dataclass(frozen=True)
class Talk:
    """One asker before one responder."""

    responder: Responder
    session: Session
    asker: Asker

    def say(self, text: str, now: datetime = NOW) -> Reply:
        """What is answered to a text."""
        reply = self.responder.ask(self.session, text, self.asker, now)
        self.session.flush()
        return reply

    def press(self, action: Action, now: datetime = NOW) -> Reply:
        """What is answered to a button."""
        reply = self.responder.act(self.session, action, self.asker, now)
        self.session.flush()
        return reply


def asking(session: Session, text: str, topics: tuple[str, ...] = ()) -> Asking:
    """A text that somebody asks after some guides."""
    return Asking(session, normalise(text), detect_language(text), topics, "q1", NOW)


def resident(session: Session, message: str | None = None) -> Asker:
    """A friend on LINE."""
    who = resident_of(session, "U" + "c" * 32, 1, NOW)
    session.flush()
    return Asker(Channel.LINE, resident=who.id, message=message)


def told(reply: Reply) -> str:
    """Everything a reply says."""
    return as_text(reply)


def guide_of(session: Session, id_: str = "juminhyo") -> Guide:
    """A guide that is public."""
    found = library.guide(session, id_)
    assert found
    return found


def change(session: Session, **changed: object) -> None:
    """Publish that guide with something changed."""
    library.publish(session, guide_of(session).model_copy(update=changed), NOW)
    session.flush()


def phone_of(session: Session, guide: Guide) -> str:
    """The phone of a guide's desk."""
    return next(desk.phone for desk in library.desks(session, guide) if desk.phone)
