"""What a button does: typed payloads that pack into LINE's 300 characters and unpack again."""

import re
from dataclasses import astuple, dataclass

from handlers.deadline.actions import DeadlineAction, deadline_action
from handlers.disaster.actions import ShowDisaster, disaster_action
from handlers.settings.actions import SettingsAction, settings_action
from knowledge.records import FactKind

PAYLOAD_LIMIT = 300
MOST_CITED = 2
_WORD = re.compile(r"^[A-Za-z0-9_-]{1,64}\Z")
_NUMBER = re.compile(r"[1-9][0-9]{0,8}")


@dataclass(frozen=True)
class ShowGuide:
    """Show a guide's answer card."""

    guide: str


@dataclass(frozen=True)
class AskFact:
    """Show one fact of a guide."""

    guide: str
    fact: FactKind


@dataclass(frozen=True)
class ShowLifeEvent:
    """List what to do for a life event."""

    event: str


@dataclass(frozen=True)
class ShowMenu:
    """List the life events and what can be asked."""


@dataclass(frozen=True)
class GiveFeedback:
    """Say whether an answer solved the question."""

    question: str
    solved: bool


@dataclass(frozen=True)
class Cite:
    """Quote passages of sources, by their numbers, as they stand there."""

    passages: tuple[int, ...]


@dataclass(frozen=True)
class EndLink:
    """Hear no more from a ward system that a code has joined."""

    link: str


@dataclass(frozen=True)
class TellMe:
    """Agree to be told when a question has an answer."""

    question: str


Shown = ShowGuide | AskFact | ShowLifeEvent | ShowMenu | Cite
Asked = Shown | GiveFeedback | TellMe | EndLink
Action = Asked | SettingsAction | ShowDisaster | DeadlineAction


_ONE_WORD: dict[str, type[ShowGuide | ShowLifeEvent | TellMe | EndLink]] = {
    "guide": ShowGuide,
    "event": ShowLifeEvent,
    "tell": TellMe,
    "unlink": EndLink,
}
"""The actions that carry one word, by the name of their payloads."""
_NAMES = {kind: name for name, kind in _ONE_WORD.items()}


def pack(action: Action) -> str:
    """The action as a payload; raises ValueError where a part is not a plain word."""
    match action:
        case AskFact(guide, fact):
            parts = ["fact", guide, fact.value]
        case ShowMenu():
            parts = ["menu"]
        case Cite(passages):
            parts = ["cite", *map(str, passages)]
        case GiveFeedback(question, solved):
            parts = ["feedback", question, "solved" if solved else "wrong"]
        case ShowGuide() | ShowLifeEvent() | TellMe() | EndLink():
            parts = [_NAMES[type(action)], *astuple(action)]
        case _:
            parts = list(action.words())
    if not all(_WORD.match(part) for part in parts):
        raise ValueError(f"not packable: {action}")
    return ":".join(parts)


def unpack(payload: str) -> Action | None:
    """The action a payload stands for, or None where it is none of ours."""
    parts = payload.split(":")
    if len(payload) > PAYLOAD_LIMIT or not all(_WORD.match(part) for part in parts):
        return None
    match parts:
        case ["fact", guide, fact] if fact in set(FactKind):
            return AskFact(guide, FactKind(fact))
        case ["menu"]:
            return ShowMenu()
        case ["feedback", question, ("solved" | "wrong") as verdict]:
            return GiveFeedback(question, verdict == "solved")
        case [name, word] if name in _ONE_WORD:
            return _ONE_WORD[name](word)
        case _:
            return _cite(parts) or disaster_action(parts) or settings_action(parts) or deadline_action(parts)


def _cite(parts: list[str]) -> Cite | None:
    name, *numbers = parts
    ours = name == "cite" and 0 < len(numbers) <= MOST_CITED and all(map(_NUMBER.fullmatch, numbers))
    return Cite(tuple(map(int, numbers))) if ours else None
