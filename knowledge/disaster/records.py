"""The records of a content pack for disasters: what is said in six wordings, shelters, towns, and the menus."""

from enum import StrEnum
from typing import Annotated

from pydantic import Field, HttpUrl, StringConstraints

from knowledge.guide import Record, Slug, Text
from knowledge.notice import Variant
from knowledge.records import MenuEntry, Pattern

Number = Annotated[str, StringConstraints(pattern=r"^[0-9#][0-9-]*$")]
Latitude = Annotated[float, Field(ge=20, le=46)]
Longitude = Annotated[float, Field(ge=122, le=154)]


class Wordings(Record):
    """The same in Japanese, やさしい日本語 and four languages; none can be forgotten."""

    ja: Text
    easy: Text
    en: Text
    zh: Text
    ko: Text
    vi: Text

    def of(self, variant: Variant) -> str:
        """In these words."""
        return str(getattr(self, variant.value))


class TopicKind(StrEnum):
    """What answers a topic: its own text, or the shelters near a town."""

    TEXT = "text"
    SHELTERS = "shelters"


class Phone(Record):
    """A number to call."""

    name: Wordings
    phone: Number
    source: Text


class Page(Record):
    """A page to open."""

    name: Wordings
    url: HttpUrl


class DisasterTopic(Record):
    """One canned answer: its name on buttons, the words that ask for it, what is said, whom to call, what to open.

    `signs` are regular expressions over the normalised text; the topic whose sign stands first in the file wins.
    """

    id: Slug
    kind: TopicKind = TopicKind.TEXT
    name: Wordings
    text: Wordings
    phones: tuple[Phone, ...] = ()
    pages: tuple[Page, ...] = ()
    signs: Annotated[tuple[Pattern, ...], Field(min_length=1)]
    source: Text


class ShelterKind(StrEnum):
    """救援センター to stay in, or 避難場所 to flee a great fire to."""

    CENTER = "center"
    OPEN_SPACE = "open_space"


class Shelter(Record):
    """A place to go to; `address` is absent where the material has none that can be trusted."""

    id: Slug
    kind: ShelterKind
    name: Text
    address: Text | None = None
    lat: Latitude
    lng: Longitude
    note: Text | None = None
    source: Text
    as_of: Text


class Block(Record):
    """A 丁目 and a point in it."""

    number: Annotated[int, Field(ge=1, le=20)]
    lat: Latitude
    lng: Longitude


class Town(Record):
    """A town (町名 without 丁目): how it is read, its Latin name, how people write it, and a point for each block."""

    id: Slug
    name: Annotated[Text, Field(max_length=32)]
    kana: Text
    latin: Text
    signs: Annotated[tuple[Pattern, ...], Field(min_length=1)]
    blocks: Annotated[tuple[Block, ...], Field(min_length=1)]
    source: Text

    def point(self, block: int | None = None) -> tuple[float, float]:
        """Latitude and longitude of a block, or the middle of the town where there is no such block."""
        named = [each for each in self.blocks if each.number == block] or list(self.blocks)
        return sum(each.lat for each in named) / len(named), sum(each.lng for each in named) / len(named)


class Disaster(Record):
    """What the account shows in disaster mode and after: two rich menus, and the desk of the ward that leads."""

    id: Slug
    desk: Slug
    menu: Annotated[tuple[MenuEntry, ...], Field(min_length=1, max_length=6)]
    recovery: Annotated[tuple[MenuEntry, ...], Field(min_length=1, max_length=6)]
