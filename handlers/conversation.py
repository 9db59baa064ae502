"""The conversation: a text or a pressed button in, a reply out, and a row that says how the question ended."""

import re
import uuid
from dataclasses import dataclass, field, replace
from datetime import UTC, datetime
from enum import StrEnum

from sqlalchemy.orm import Session

from handlers import again, answers, typed
from handlers.actions import (
    Action,
    Asked,
    AskFact,
    Cite,
    EndLink,
    GiveFeedback,
    ShowGuide,
    ShowLifeEvent,
    ShowMenu,
    Shown,
    TellMe,
)
from handlers.asking import Asking
from handlers.deadline import talk as deadline_talk
from handlers.deadline.actions import DeadlineAction
from handlers.decision import Limits
from handlers.disaster import thinking
from handlers.disaster.actions import ShowDisaster
from handlers.linking import linked, unlinked
from handlers.question import Thought, answer
from handlers.remembered import NOTHING_KNOWN, Remembered, recall, remember
from handlers.reply import Outcome, Reply, Text
from handlers.settings import talk
from handlers.settings.actions import Choose, PickMonth, SettingsAction, SettingsPage, ShowSettings
from handlers.settings.asked import settings_asked
from handlers.telling import agree_to_be_told, offer_to_tell
from knowledge import links, missed, testers
from knowledge.choices import variant_of
from knowledge.disaster.mode import standing_for
from knowledge.masking import mask
from knowledge.models import Feedback, Question
from knowledge.notice import Variant
from knowledge.search import Searcher
from knowledge.text import LONGEST_QUESTION, Language, detect_language, normalise

LONGEST_TEXT = 5_000
"""LINE's longest message: what is found is found by the first `LONGEST_QUESTION`, signs of danger in all of it."""
PRESSED = "button"
_LETTER = re.compile(r"[^\W\d_]")


class Channel(StrEnum):
    """Where a question comes from."""

    LINE = "line"
    WEB = "web"
    TERMINAL = "terminal"


@dataclass(frozen=True)
class Asker:
    """Who asks: the channel, the resident and event where known, the guides shown before where the channel
    carries them itself.

    `language` is that of the answer where it was chosen; otherwise that of the resident's settings, or else the
    question's own. `at_ms` is when the event happened, where the channel says so.
    """

    channel: Channel
    resident: int | None = None
    event: str | None = None
    message: str | None = None
    topics: tuple[str, ...] = ()
    language: Language | None = None
    at_ms: int | None = None


@dataclass(frozen=True)
class Responder:
    """Answers questions and buttons; its rows live and die with the session's transaction."""

    searcher: Searcher
    limits: Limits = field(default_factory=Limits)
    door: talk.Door | None = None

    def ask(self, session: Session, text: str, asker: Asker, now: datetime) -> Reply:
        """The reply to what somebody wrote; what looks like personal data is masked before anything sees it."""
        if asker.resident is not None and (code := testers.code_in(text)):
            say = _asking(session, asker, now).say
            joined = testers.join(session, code, asker.resident, now)
            return Reply(Outcome.SMALLTALK, (Text(say.tester_joined if joined else say.tester_unknown),))
        if asker.resident is not None and (said := links.code_in(text)):
            reply = linked(_asking(session, asker, now), said, asker.resident)
            if reply is not None:
                return reply
        masked, known = mask(text), recall(session, asker.resident, now)
        language = known.language if known.language and not _LETTER.search(text) else detect_language(text)
        asking = _asking(session, asker, now, known, normalise(masked)[:LONGEST_TEXT], language)
        if action := typed.pressed(asking.text, known.buttons, asking.today):
            return self.act(session, action, asker, now)
        if page := settings_asked(asking.text):
            return _remembered(asking, talk.show(asking, self.door, page))
        thought = self._thought(asking)
        row = _row(asking, asker, thought)
        session.add(row)
        missed.note(session, row)
        reply = offer_to_tell(asking, row, thought.reply) if row.outcome == Outcome.NOT_FOUND else thought.reply
        _remembered(asking, reply)
        return replace(reply, question=asking.question, notice=_notice(asking, text, masked))

    def _thought(self, asking: Asking) -> Thought:
        standing = standing_for(asking.session, asking.resident)
        if standing is None:
            return answer(asking, self.searcher, self.limits)
        return thinking.think(asking, standing, lambda: answer(asking, self.searcher, self.limits))

    def consider(self, session: Session, text: str, now: datetime, language: Language | None = None) -> Thought:
        """The thought on a text that nobody asks just now; nothing of it is kept."""
        asked = normalise(mask(text))[:LONGEST_TEXT]
        return answer(
            Asking(session, asked, language or detect_language(text), (), uuid.uuid4().hex, now),
            self.searcher,
            self.limits,
        )

    def act(self, session: Session, action: Action, asker: Asker, now: datetime) -> Reply:
        """The reply to a pressed button."""
        asking = _asking(session, asker, now, recall(session, asker.resident, now))
        return _remembered(asking, self._acted(asking, asker, action))

    def _acted(self, asking: Asking, asker: Asker, action: Action) -> Reply:
        if isinstance(action, ShowSettings | Choose | PickMonth):
            return _set(asking, asker, action, self.door)
        if isinstance(action, DeadlineAction):
            return deadline_talk.act(asking, action)
        standing = standing_for(asking.session, asker.resident)
        if isinstance(action, ShowDisaster):
            return thinking.pressed(asking, standing, action)
        if standing is not None and isinstance(action, ShowMenu):
            return thinking.start(asking, standing)
        reply = thinking.marked(_act(asking, asker, action), standing)
        if reply.guide or reply.passage:
            asking.session.add(_row(asking, asker, Thought(reply, PRESSED)))
        return replace(reply, question=asking.question)

    def welcome(self, session: Session) -> Reply:
        """What a new friend reads first."""
        asking = _asking(session, Asker(Channel.LINE), datetime.now(UTC))
        choices = (*answers.menu_choices(asking), answers.settings_choice(asking))
        welcome = Reply(Outcome.MENU, (Text(f"{asking.say.welcome}\n{asking.notice}"),), choices)
        return thinking.in_time(asking, welcome)

    def unsupported(self, session: Session, kind: str, asker: Asker | None = None) -> Reply:
        """A polite answer to a sticker, a picture, a voice message, a file or a place."""
        asker, now = asker or Asker(Channel.LINE), datetime.now(UTC)
        asking = _asking(session, asker, now, recall(session, asker.resident, now))
        sentence = asking.say.unsupported.get(kind, asking.say.unsupported["other"])
        unread = Reply(Outcome.UNSUPPORTED, (Text(sentence),), choices=answers.menu_choices(asking))
        return thinking.in_time(asking, unread)

    def forget(self, session: Session, message_id: str) -> None:
        """Erase the text of a message that was taken back."""
        missed.take_back(session, message_id)


def _asking(
    session: Session,
    asker: Asker,
    now: datetime,
    known: Remembered = NOTHING_KNOWN,
    text: str = "",
    language: Language | None = None,
) -> Asking:
    chosen = variant_of(session, asker.resident) if asker.resident else None
    spoken = language or known.language or Language.JA
    own = Language.JA if chosen == Variant.EASY else Language(chosen.value) if chosen else spoken
    topics, plain = asker.topics or known.topics, chosen == Variant.EASY
    return Asking(session, text, asker.language or own, topics, uuid.uuid4().hex, now, asker.resident, plain)


def _remembered(asking: Asking, reply: Reply) -> Reply:
    remember(asking.session, asking.resident, reply, asking.language, asking.now)
    return reply


def _notice(asking: Asking, text: str, masked: str) -> str | None:
    if masked != text:
        return asking.say.masked
    return asking.say.too_long.format(limit=LONGEST_QUESTION) if len(text) > LONGEST_QUESTION else None


def _set(asking: Asking, asker: Asker, action: SettingsAction, door: talk.Door | None) -> Reply:
    match action:
        case ShowSettings(page, piece):
            return talk.show(asking, door, page, piece)
        case Choose(change):
            return talk.choose(asking, door, change, asker.at_ms)
        case PickMonth():
            return talk.show(asking, door, SettingsPage.CHILDREN)


def _act(asking: Asking, asker: Asker, action: Asked) -> Reply:
    match action:
        case GiveFeedback(question, solved):
            return _feedback(asking, question, solved=solved)
        case TellMe() | EndLink():
            return _own(asking, asker.resident, action)
        case _:
            return _shown(asking, action)


def _shown(asking: Asking, action: Shown) -> Reply:
    """What a button opens."""
    match action:
        case ShowGuide(guide):
            return answers.show_guide(asking, guide)
        case AskFact(guide, fact):
            return again.show_fact(asking, guide, fact)
        case ShowLifeEvent(event):
            return answers.show_life_event(asking, event)
        case ShowMenu():
            return answers.menu(asking)
        case Cite(passages):
            quotation = answers.citation(asking, passages)
            return quotation if quotation.passage else answers.gone(asking)


def _own(asking: Asking, resident: int | None, action: TellMe | EndLink) -> Reply:
    """What a resident agrees to or ends for themselves."""
    match action:
        case TellMe(question):
            return agree_to_be_told(asking, resident, question)
        case EndLink(link):
            return unlinked(asking, resident, link)


def _feedback(asking: Asking, question: str, *, solved: bool) -> Reply:
    row = asking.session.get(Question, question)
    thanks = answers.feedback_thanks(asking, row.guide_id if row else None, solved=solved)
    if row is None:
        return thanks
    missed.judge(asking.session, row, Feedback.SOLVED if solved else Feedback.WRONG, asking.now)
    return thanks if solved else offer_to_tell(asking, row, thanks)


def _row(asking: Asking, asker: Asker, thought: Thought) -> Question:
    reply = thought.reply
    return Question(
        id=asking.question,
        event_id=asker.event,
        message_id=asker.message,
        resident_id=asker.resident,
        channel=asker.channel,
        lang=asking.language,
        text=asking.text or None,
        outcome=reply.outcome,
        guide_id=reply.guide,
        passage_id=reply.passage,
        candidates=list(reply.candidates),
        trace=thought.trace(),
        snapshot=thought.hits.snapshot if thought.hits else "",
        asked_at=asking.now,
        feedback=None,
        pressed=thought.step == PRESSED,
        forms_shown=len(reply.form_urls),
    )
