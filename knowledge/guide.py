"""What a guide is: one procedure or topic of the ward, with typed facts."""

import re
from datetime import date
from enum import StrEnum
from typing import Annotated, Self

from pydantic import AfterValidator, BaseModel, ConfigDict, Field, HttpUrl, StringConstraints, model_validator

Text = Annotated[str, StringConstraints(strip_whitespace=True, min_length=1)]
Slug = Annotated[str, StringConstraints(pattern=r"^[a-z0-9]+(-[a-z0-9]+)*$", max_length=40)]
_SPAN = re.compile(r"^([1-9][0-9]*)([dmy])$")
_DAYS = {"d": 1, "m": 30, "y": 365}


def _pattern(value: str) -> str:
    try:
        re.compile(value)
    except re.error as error:
        raise ValueError("正規表現として読めません") from error
    return value


Pattern = Annotated[Text, AfterValidator(_pattern)]


class Record(BaseModel):
    """A frozen value read from a content pack; an unknown field is an error."""

    model_config = ConfigDict(frozen=True, extra="forbid")


class Confidence(StrEnum):
    """How well a guide's facts were confirmed when the pack was made."""

    HIGH = "high"
    MEDIUM = "medium"
    LOW = "low"


def _origin(value: str) -> str:
    if value in ("toshima", "national") or re.fullmatch(r"(tokyo-ward|other-municipality):\S+", value):
        return value
    raise ValueError("scope は toshima / national / tokyo-ward:区名 / other-municipality:市名 のどれかです")


Scope = Annotated[str, AfterValidator(_origin)]


def _span(value: str) -> str:
    if _SPAN.match(value):
        return value
    raise ValueError("期間は 14d・3m・2y のように書きます")


Span = Annotated[str, AfterValidator(_span)]


def span_days(span: str) -> int:
    """Days in a span such as ``14d``, ``3m`` or ``2y``; months count 30 and years 365, for ordering only."""
    match = _SPAN.match(span)
    assert match
    return int(match[1]) * _DAYS[match[2]]


class Fact(Record):
    """A typed value; `scope` is where it was found when that is not the guide's own source.

    `valid_from` and `valid_to` are its first and last day in Japan; without them it holds always (see `dated`).
    """

    scope: Scope | None = None
    valid_from: date | None = None
    valid_to: date | None = None

    @model_validator(mode="after")
    def _in_order(self) -> Self:
        if self.valid_from and self.valid_to and self.valid_to < self.valid_from:
            raise ValueError("終わりの日が、始まりの日より前です")
        return self


class DeadlineRule(Record):
    """Exactly one of: within a span after (or from a span before) an event, by one date, or the same day each year."""

    after: Text | None = None
    before: Text | None = None
    within: Span | None = None
    by: date | None = None
    yearly: Annotated[str, StringConstraints(pattern=r"^(0[1-9]|1[0-2])-(0[1-9]|[12][0-9]|3[01])$")] | None = None

    @model_validator(mode="after")
    def _one_rule(self) -> Self:
        event = (self.after is not None) + (self.before is not None)
        if event + (self.by is not None) + (self.yearly is not None) != 1:
            raise ValueError("after / before / by / yearly のどれか一つを書きます")
        if event != (self.within is not None):
            raise ValueError("within は after か before と一緒に書きます")
        return self


class Deadline(Fact):
    """Until when: the sentence shown, for which case, and the rule behind it when it can be computed."""

    text: Text
    case: Text | None = None
    rule: DeadlineRule | None = None


class Money(StrEnum):
    """Whether an amount is paid by the resident or to the resident."""

    FEE = "fee"
    BENEFIT = "benefit"


class Fee(Fact):
    """An amount in yen for one case; `kind` tells a fee from a benefit or its ceiling."""

    case: Text
    yen: Annotated[int, Field(ge=0)]
    kind: Money = Money.FEE
    note: Text | None = None


class Item(Fact):
    """Something to bring; `when` is the condition under which it is needed."""

    name: Text
    when: Text | None = None


class Form(Fact):
    """An online application a guide leads to; `needs` names what the resident must have at hand."""

    name: Text
    url: HttpUrl
    needs: tuple[Text, ...] = ()
    mynumber: bool | None = None


class Hours(Fact):
    """When a desk or service is open, for which days or case."""

    days: Text
    opens: Annotated[str, StringConstraints(pattern=r"^[0-2]?[0-9]:[0-5][0-9]$")]
    closes: Annotated[str, StringConstraints(pattern=r"^[0-2]?[0-9]:[0-5][0-9]$")]
    note: Text | None = None


class Agent(Fact):
    """Whether somebody else may apply in the resident's place, and what that takes."""

    allowed: bool
    text: Text


class Note(Fact):
    """One fact in prose, as it is shown and searched."""

    text: Text


class Desk(Record):
    """窓口: a department's desk, kept once and used by reference."""

    id: Slug
    name: Text
    body: Text = "豊島区"
    floor: Text | None = None
    address: Text | None = None
    phone: Annotated[str, StringConstraints(pattern=r"^[0-9#][0-9-]*$")] | None = None
    switchboard: bool = False
    hours: tuple[Hours, ...] = ()
    note: Text | None = None
    source: Text | None = None


class Source(Record):
    """Where facts come from: the page, where it applies, its copy's date if known, and the day it was checked."""

    url: HttpUrl
    title: Text
    scope: Scope
    scope_note: Text | None = None
    copied: Text | None = None
    checked: date


class ExtraSource(Record):
    """A further page behind single facts."""

    url: HttpUrl
    note: Text
    scope: Scope
    copied: Text | None = None


class Names(Record):
    """The guide's name in plain Japanese and in four languages, with everyday wordings people search by."""

    easy: Text
    en: tuple[Text, ...]
    zh: tuple[Text, ...]
    ko: tuple[Text, ...]
    vi: tuple[Text, ...]


class Later(Record):
    """What replaces single values of a guide from a day on: the answer, whom it is for, the desks."""

    valid_from: date
    answer: Text | None = None
    audience: Text | None = None
    desks: tuple[Slug, ...] | None = None

    @model_validator(mode="after")
    def _something(self) -> Self:
        if self.answer is None and self.audience is None and self.desks is None:
            raise ValueError("その日から変わるもの（answer / audience / desks）を一つ以上書きます")
        return self


class Guide(Record):
    """手続案内: one procedure or topic, with typed facts, its owner, source and dates."""

    id: Slug
    title: Text
    category: Text
    answer: Text
    aliases: Annotated[tuple[Text, ...], Field(min_length=3)]
    names: Names
    audience: Text
    deadlines: tuple[Deadline, ...] = ()
    fees: tuple[Fee, ...] = ()
    items: tuple[Item, ...] = ()
    desks: tuple[Slug, ...] = ()
    forms: tuple[Form, ...] = ()
    hours: tuple[Hours, ...] = ()
    agent: Agent | None = None
    notes: Annotated[tuple[Note, ...], Field(min_length=1)]
    life_events: tuple[Slug, ...] = ()
    related: tuple[Slug, ...] = ()
    source: Source
    extra_sources: tuple[ExtraSource, ...] = ()
    owner: Text
    review_by: date
    confidence: Confidence
    later: tuple[Later, ...] = ()


class Translations(Record):
    """A short name in four languages."""

    en: Text
    zh: Text
    ko: Text
    vi: Text


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


class MenuEntry(Record):
    """An entry of the menu everybody sees first: it shows a guide or a life event, or else the whole menu."""

    label: Text
    names: Translations
    sign: MenuSign
    guide: Slug | None = None
    life_event: Slug | None = None

    @model_validator(mode="after")
    def _one_way(self) -> Self:
        if self.guide and self.life_event:
            raise ValueError("guide と life_event はどちらか一つを書きます")
        return self


class Ward(Record):
    """The ward itself: name, the notice shown on every surface, the switchboard used when nothing else fits.

    `hours_guide` and `place_guide` answer 「今日やってる？」 and 「どこ？」 when nothing was spoken of before;
    `menu` is the rich menu and the head of the text menu.
    """

    id: Slug
    name: Text
    notice: Text
    switchboard: Slug
    site: HttpUrl
    hours_guide: Slug | None = None
    place_guide: Slug | None = None
    menu: Annotated[tuple[MenuEntry, ...], Field(min_length=1, max_length=6)]
