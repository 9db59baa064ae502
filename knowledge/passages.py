"""What is searched: a passage is an indexed piece of an owner (a guide, a record of the pack, a source's passage)."""

import hashlib
from collections.abc import Iterator
from dataclasses import dataclass
from enum import StrEnum

from knowledge.guide import Guide

FEW_NAMES = 2
"""Below so many names an owner, what owners are called says so little that more is asked of what is said of them."""


class OwnerKind(StrEnum):
    """What a hit may lead to."""

    GUIDE = "guide"
    SOURCE = "source"
    LIFE_EVENT = "life_event"
    OTHER_BODY = "other_body"
    CRISIS = "crisis"
    SMALLTALK = "smalltalk"
    FOLLOW_UP = "follow_up"
    OFFTOPIC = "offtopic"


class Field(StrEnum):
    """Which part of its owner a passage is: how people call it, or what is said about it."""

    NAME = "name"
    FACT = "fact"


@dataclass(frozen=True, order=True)
class Owner:
    """The row a passage belongs to."""

    kind: OwnerKind
    id: str


@dataclass(frozen=True)
class IndexedPassage:
    """A text to encode, its owner and field."""

    owner: Owner
    field: Field
    text: str

    @property
    def digest(self) -> str:
        """SHA-256 of field and text, by which an unchanged passage is known; the field decides how it is encoded."""
        return hashlib.sha256(f"{self.field}\n{self.text}".encode()).hexdigest()


def guide_passages(guide: Guide) -> Iterator[IndexedPassage]:
    """A guide's passages: title, aliases and names as what it is called; answer and notes as what is said about it."""
    owner = Owner(OwnerKind.GUIDE, guide.id)
    names = guide.names
    for text in (guide.title, *guide.aliases, names.easy, *names.en, *names.zh, *names.ko, *names.vi):
        yield IndexedPassage(owner, Field.NAME, text)
    for text in (f"{guide.title} {guide.answer}", *(f"{guide.title} {note.text}" for note in guide.notes)):
        yield IndexedPassage(owner, Field.FACT, text)
