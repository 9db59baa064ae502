"""The records of a content pack beside its guides: the ward itself, life events, other bodies, cries for help, talk."""

import re
from enum import StrEnum
from typing import Annotated, Self

from pydantic import AfterValidator, Field, HttpUrl, model_validator

from knowledge.guide import Record, Slug, Text
from knowledge.signs import any_of
from knowledge.text import Language


def _pattern(value: str) -> str:
    try:
        any_of(value)
    except re.error as error:
        raise ValueError("正規表現として読めません") from error
    return value


Pattern = Annotated[Text, AfterValidator(_pattern)]


class Translations(Record):
    """A name or a sentence in four languages."""

    en: Text
    zh: Text
    ko: Text
    vi: Text

    def said(self, language: Language) -> str | None:
        """It in a language; None in Japanese, where it stands beside."""
        return None if language == Language.JA else str(getattr(self, language.value))


class LifeEvent(Record):
    """A moment in life, how people speak of it, and the guides it calls for."""

    id: Slug
    name: Text
    names: Translations
    icon: Text
    intro: Text
    aliases: Annotated[tuple[Text, ...], Field(min_length=3)]
    steps: Annotated[tuple[Slug, ...], Field(min_length=1)]


class OtherBody(Record):
    """Another body's matter: who handles it, how to reach them, and how people ask for it.

    `signs` are patterns that decide at once that a question is theirs.
    """

    id: Slug
    name: Text
    answer: Text
    phone: Text | None = None
    url: HttpUrl | None = None
    examples: Annotated[tuple[Text, ...], Field(min_length=3)]
    signs: tuple[Pattern, ...] = ()
    source: Text


class Helpline(Record):
    """A number for somebody in danger: shown at once, before anything else."""

    name: Text
    phone: Text
    hours: Text
    source: Text


class Crisis(Record):
    """A cry for help: what is said, whom to call, and the wordings that mean it.

    `signs` decide at once wherever they stand, unless they are part of a `harmless` wording (both regular
    expressions); `guide` is the ward's own desk for the time after.
    """

    id: Slug
    message: Text
    lines: Annotated[tuple[Helpline, ...], Field(min_length=1)]
    examples: Annotated[tuple[Text, ...], Field(min_length=5)]
    signs: tuple[Pattern, ...] = ()
    harmless: tuple[Pattern, ...] = ()
    guide: Slug | None = None


class SmallTalk(Record):
    """A greeting, thanks, small talk or abuse, and what is said back."""

    id: Slug
    reply: Text
    replies: Translations | None = None
    examples: Annotated[tuple[Text, ...], Field(min_length=5)]


class FactKind(StrEnum):
    """The facts of a guide that can be asked for alone."""

    DEADLINE = "deadline"
    FEE = "fee"
    ITEMS = "items"
    DESK = "desk"
    ONLINE = "online"
    AGENT = "agent"
    HOURS = "hours"
    AUDIENCE = "audience"
    DETAILS = "details"


class FollowUp(Record):
    """How people ask for a fact of the guide they were just shown, without naming the guide."""

    id: FactKind
    examples: Annotated[tuple[Text, ...], Field(min_length=5)]


class Offtopic(Record):
    """Wordings of questions no ward answers, so that silence has something to be measured against."""

    examples: Annotated[tuple[Text, ...], Field(min_length=20)]


class GoldenRecord(Record):
    """A question as residents ask it and its right answer: the guide, or another outcome."""

    text: Text
    outcome: Text = "answered"
    guide: Slug | None = None
    also: tuple[Slug, ...] = ()


class MenuSign(StrEnum):
    """What is drawn over an entry of the rich menu."""

    PAPER = "paper"
    BIN = "bin"
    TRUCK = "truck"
    CHILD = "child"
    SHIELD = "shield"
    TILES = "tiles"
    HOUSE = "house"
    WAY = "way"
    PHONE = "phone"
    SPEECH = "speech"
    DROP = "drop"
    BELL = "bell"


class MenuEntry(Record):
    """An entry of the menu everybody sees first: it shows a guide, life event or disaster topic, or the menu."""

    label: Text
    names: Translations
    sign: MenuSign
    guide: Slug | None = None
    life_event: Slug | None = None
    topic: Slug | None = None

    @model_validator(mode="after")
    def _one_way(self) -> Self:
        if sum(map(bool, (self.guide, self.life_event, self.topic))) > 1:
            raise ValueError("guide と life_event と topic は、どれか一つを書きます")
        return self


class Ward(Record):
    """The ward itself: name, the notice shown on every surface, the switchboard used when nothing else fits.

    `hours_guide` and `place_guide` answer 「今日やってる？」 and 「どこ？」 when nothing was spoken of before; beside
    `collection_guide` stand the garbage days of the asker's place;
    `menu` is the rich menu and the head of the text menu.
    """

    id: Slug
    name: Text
    notice: Text
    notices: Translations | None = None
    switchboard: Slug
    site: HttpUrl
    hours_guide: Slug | None = None
    place_guide: Slug | None = None
    collection_guide: Slug | None = None
    menu: Annotated[tuple[MenuEntry, ...], Field(min_length=1, max_length=6)]
