"""Changes as people read them: what a value was and is, with the letters that differ marked."""

from collections.abc import Iterable, Iterator, Mapping
from dataclasses import dataclass
from datetime import datetime
from difflib import SequenceMatcher

from bot.console.frame import moment
from knowledge.days import JST
from knowledge.differences import Change, Value

REFERRING = frozenset({"desks", "related", "life_events"})
"""The fields of a guide that hold ids of something else."""
Piece = tuple[str, bool]
"""A piece of a text, and whether it is in one of the two only."""


@dataclass(frozen=True)
class Told:
    """One change: the field, the column within it, the entry's own name, and both texts in pieces (empty: nothing)."""

    field: str
    column: str
    entry: str
    old: tuple[Piece, ...]
    new: tuple[Piece, ...]


def told(changes: Iterable[Change], called: Mapping[str, str] | None = None) -> list[Told]:
    """The changes of a guide, each with its two texts side by side; `called` names what a guide refers to by its id."""
    return [_told(change, called or {}) for change in changes]


def _told(change: Change, called: Mapping[str, str]) -> Told:
    refers = REFERRING & {str(step) for step in change.path}
    old, new = (named(text_of(value), called if refers else {}) for value in (change.old, change.new))
    names = [str(step) for step in change.path if not isinstance(step, int)]
    entry = named(change.entry, called if refers else {})
    entry = entry if entry not in (old, new) else ""
    return Told(names[0], ".".join(names[1:]), entry, *_pieces(old, new))


def named(text: str, called: Mapping[str, str]) -> str:
    """A text in which each line that is a known id is told by name."""
    return "\n".join(called.get(line, line) for line in text.split("\n")) if called else text


def text_of(value: Value) -> str:
    """A value of any shape in lines; the parts of one entry in one line."""
    match value:
        case None:
            return ""
        case bool():
            return "○" if value else "×"
        case Mapping():
            return "　".join(filter(None, (text_of(each) for each in value.values())))
        case list():
            return "\n".join(text_of(each) for each in value)
        case _:
            return str(value)


def _pieces(old: str, new: str) -> tuple[tuple[Piece, ...], tuple[Piece, ...]]:
    matcher = SequenceMatcher(None, old, new, autojunk=False)
    if not old or not new or matcher.quick_ratio() < 0.4:
        return tuple(_whole(old)), tuple(_whole(new))
    steps = matcher.get_opcodes()
    return (
        tuple((old[i:j], kind != "equal") for kind, i, j, _, _ in steps if j > i),
        tuple((new[i:j], kind != "equal") for kind, _, _, i, j in steps if j > i),
    )


def _whole(text: str) -> Iterator[Piece]:
    if text:
        yield text, True


def to_the_second(value: datetime) -> str:
    """A time as staff read it, with its seconds: what 「soon after」 means can be counted."""
    return f"{moment(value)}:{value.astimezone(JST):%S}"
