"""A town for the loop back: residents who talk to us, staff who mend, and a client whose process can die."""

from collections import Counter
from dataclasses import dataclass, field
from datetime import UTC, datetime

from sqlalchemy import select, update

from bot.line.client import LineClient, Message
from bot.line.layout import lay_out
from bot.simulator.endpoints import Endpoint
from bot.simulator.platform import Platform
from bot.telling import Telling, tell_due, try_answers
from handlers.actions import GiveFeedback, TellMe
from handlers.conversation import Asker, Channel, Responder
from handlers.reply import Reply
from knowledge import work
from knowledge.database import Sessions
from knowledge.grouping import group_due
from knowledge.models import GuideRow, QuestionGroup, ResidentStatus, Wish
from knowledge.residents import change_status, resident_of

NOON = datetime(2026, 11, 20, 3, 0, tzinfo=UTC)


class DeathError(BaseException):
    """The process dies here."""


class Mortal(LineClient):
    """A client whose process dies before or after a push when told to."""

    dies: str = ""

    def push(self, to: str, messages: list[Message], retry_key: str) -> None:
        """Die before the first byte, or after LINE has it."""
        if self.dies == "before":
            raise DeathError
        super().push(to, messages, retry_key)
        if self.dies == "after":
            raise DeathError


@dataclass
class Town:
    """Residents who talk to us, staff who mend, and a clock that both worlds share."""

    sessions: Sessions
    responder: Responder
    client: Mortal
    platform: Platform
    now: datetime = NOON
    friends: set[int] = field(default_factory=set)

    @property
    def telling(self) -> Telling:
        return Telling(self.sessions, self.responder, self.client, lay_out)

    def line_id(self, who: int) -> str:
        return f"U{who:032x}"

    def join(self, who: int) -> Asker:
        """A resident who is our friend."""
        if who not in self.friends:
            self.platform.add_user(f"{who}さん", self.line_id(who))
            self.friends.add(who)
        with self.sessions.begin() as session:
            number = resident_of(session, self.line_id(who), 1, self.now).id
        return Asker(Channel.LINE, resident=number, message=f"m{self.now.timestamp()}-{who}")

    def wrong(self, who: int, text: str) -> tuple[Asker, Reply, Reply]:
        """Ask, and call the answer wrong: the asker, the answer, and what is said to that."""
        asker = self.join(who)
        with self.sessions.begin() as session:
            reply = self.responder.ask(session, text, asker, self.now)
        with self.sessions.begin() as session:
            said = self.responder.act(session, GiveFeedback(reply.question or "", solved=False), asker, self.now)
        return asker, reply, said

    def wish(self, who: int, text: str) -> str:
        """Ask in vain and agree to be told; the question's id."""
        asker, reply, _ = self.wrong(who, text)
        self.press(asker, reply.question or "")
        return reply.question or ""

    def press(self, asker: Asker, question: str) -> Reply:
        """Press the button that agrees."""
        with self.sessions.begin() as session:
            return self.responder.act(session, TellMe(question), asker, self.now)

    def mend(self) -> None:
        """Staff take every open group up with the guide that was given, publish it, and it is tried."""
        group_due(self.sessions, self.responder.searcher, self.now)
        with self.sessions.begin() as session:
            for group in session.scalars(select(QuestionGroup).where(QuestionGroup.status.in_(work.OPEN))):
                if group.nearest:
                    work.take_up(session, group.id, group.nearest[0], 1, self.now)
            session.execute(update(GuideRow).values(updated_at=self.now))
        try_answers(self.sessions, self.responder, self.now)

    def tell(self) -> int:
        return tell_due(self.telling, self.now)

    def unfollow(self, who: int) -> None:
        with self.sessions.begin() as session:
            change_status(session, self.line_id(who), ResidentStatus.BLOCKED, int(self.now.timestamp()), self.now)

    def told(self) -> Counter[str]:
        """How often each user was written to, by the platform's ledger."""
        return Counter(user for entry in self.platform.ledger.accepted(Endpoint.PUSH) for user in entry.shown_to)

    def wishes(self) -> int:
        with self.sessions() as session:
            return len(session.scalars(select(Wish)).all())
