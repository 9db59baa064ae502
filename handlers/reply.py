"""What a handler gives back: a named outcome and channel-neutral parts."""

from dataclasses import dataclass
from enum import StrEnum

from handlers.actions import Action
from knowledge.records import FactKind


class Outcome(StrEnum):
    """How a question ended."""

    ANSWERED = "answered"
    CLARIFY = "clarify"
    NOT_FOUND = "not_found"
    EXPIRED = "expired"
    SMALLTALK = "smalltalk"
    CRISIS = "crisis"
    OTHER_BODY = "other_body"
    MENU = "menu"
    FEEDBACK = "feedback"
    UNSUPPORTED = "unsupported"
    DISASTER = "disaster"
    SETTINGS = "settings"


@dataclass(frozen=True)
class Link:
    """A button that leads to a page or a phone call (``https:`` or ``tel:``)."""

    label: str
    url: str


@dataclass(frozen=True)
class Choice:
    """A button that acts in the conversation; its label has at most 20 graphemes."""

    label: str
    action: Action


@dataclass(frozen=True)
class Row:
    """One labelled fact of a card: a label and its lines."""

    label: str
    lines: tuple[str, ...]


@dataclass(frozen=True)
class Text:
    """A paragraph, with links where there is something to call or open."""

    text: str
    links: tuple[Link, ...] = ()


@dataclass(frozen=True)
class Card:
    """A guide's answer: headline, one-line answer, facts, forms, where it comes from, what else there is."""

    title: str
    answer: str
    rows: tuple[Row, ...]
    forms: tuple[Link, ...]
    caution: str | None
    source: Link
    source_note: str
    phone: Link | None = None
    related: tuple[Choice, ...] = ()
    feedback: tuple[Choice, ...] = ()


@dataclass(frozen=True)
class Citation:
    """A passage of a source, word for word, with where it stands."""

    title: str
    section: str
    text: str
    source_note: str
    feedback: tuple[Choice, ...] = ()


@dataclass(frozen=True)
class Step:
    """One thing to do for a life event: by when (empty where no rule says), what, and the guide that tells how."""

    when: str
    title: str
    choice: Choice


@dataclass(frozen=True)
class Checklist:
    """What to do for a life event, in order of deadline."""

    title: str
    intro: str
    steps: tuple[Step, ...]


Part = Text | Card | Citation | Checklist


@dataclass(frozen=True)
class Reply:
    """What is said back: parts in order, quick choices under the last, and how the question ended.

    `lacking`: the fact asked for is not in the guide's record, and the desk was named instead.
    """

    outcome: Outcome
    parts: tuple[Part, ...]
    choices: tuple[Choice, ...] = ()
    guide: str | None = None
    candidates: tuple[str, ...] = ()
    passage: int | None = None
    question: str | None = None
    notice: str | None = None
    form_urls: tuple[str, ...] = ()
    fact: FactKind | None = None
    lacking: bool = False
    crisis: str | None = None

    @property
    def buttons(self) -> tuple[Choice, ...]:
        """Everything that acts in the conversation: the choices, then what stands on the parts."""
        return (*self.choices, *(choice for part in self.parts for choice in _choices(part)))

    @property
    def topics(self) -> tuple[str, ...]:
        """The guides a short follow-up may speak of: the one shown, or those offered."""
        return (self.guide,) if self.guide else self.candidates


def _choices(part: Part) -> tuple[Choice, ...]:
    match part:
        case Card():
            return (*part.related, *part.feedback)
        case Citation():
            return part.feedback
        case Checklist():
            return tuple(step.choice for step in part.steps)
        case Text():
            return ()
