"""The one match: an event in, a reply out, or None where nothing is said."""

from datetime import datetime
from typing import Protocol

from sqlalchemy.orm import Session

from handlers.actions import Action
from handlers.conversation import Asker, Channel
from handlers.events import Followed, Ignored, Incoming, Invited, Pressed, Said, Sent, Took, Unfollowed
from handlers.reply import Reply
from knowledge.models import ResidentStatus
from knowledge.residents import change_status, resident_of, take_back, was_taken_back


class Answers(Protocol):
    """What answers: `handlers.conversation.Responder`, as far as events need it."""

    def ask(self, session: Session, text: str, asker: Asker, now: datetime) -> Reply:
        """The answer to a question."""

    def act(self, session: Session, action: Action, asker: Asker, now: datetime) -> Reply:
        """The answer to a button."""

    def welcome(self, session: Session) -> Reply:
        """What a new friend reads first."""

    def unsupported(self, session: Session, kind: str, asker: Asker | None = None) -> Reply:
        """The answer to what is no text."""

    def forget(self, session: Session, message_id: str) -> None:
        """Purge the stored text of a message everywhere."""


def dispatch(answers: Answers, session: Session, event: Incoming, now: datetime) -> Reply | None:
    """Do what the event asks within the session's transaction, and give what is to be said."""
    match event.what:
        case Said():
            return _answer(answers, session, event, event.what, now)
        case Pressed(action):
            return answers.act(session, action, _asker(session, event, now), now)
        case Sent(kind):
            return answers.unsupported(session, kind, _asker(session, event, now))
        case Took(message):
            answers.forget(session, message)
            take_back(session, message, now)
        case Followed():
            _note(session, event, ResidentStatus.FRIEND, now)
            return answers.welcome(session)
        case Unfollowed():
            _note(session, event, ResidentStatus.BLOCKED, now)
        case Invited() | Ignored():
            pass
    return None


def _answer(answers: Answers, session: Session, event: Incoming, said: Said, now: datetime) -> Reply | None:
    if was_taken_back(session, said.message):
        return None
    return answers.ask(session, said.text, _asker(session, event, now, said.message), now)


def _asker(session: Session, event: Incoming, now: datetime, message: str | None = None) -> Asker:
    resident = resident_of(session, event.user, event.at_ms, now).id if event.user else None
    return Asker(Channel.LINE, resident=resident, event=event.id, message=message, at_ms=event.at_ms)


def _note(session: Session, event: Incoming, status: ResidentStatus, now: datetime) -> None:
    if event.user:
        change_status(session, event.user, status, event.at_ms, now)
