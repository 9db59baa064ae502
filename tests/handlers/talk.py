"""A conversation as a test has it: somebody says and presses things at a time; nothing is kept afterwards."""

from dataclasses import dataclass
from datetime import UTC, datetime

from sqlalchemy.orm import Session

from bot.text_layout import as_text
from handlers.actions import Action
from handlers.conversation import Asker, Channel, Responder
from handlers.reply import Reply
from knowledge.residents import resident_of

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


def resident(session: Session, message: str | None = None) -> Asker:
    """A friend on LINE."""
    who = resident_of(session, "U" + "c" * 32, 1, NOW)
    session.flush()
    return Asker(Channel.LINE, resident=who.id, message=message)


def told(reply: Reply) -> str:
    """Everything a reply says."""
    return as_text(reply)
