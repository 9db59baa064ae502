"""What a guide is: one procedure or topic of the ward, with typed facts."""

import re
from datetime import date
from enum import StrEnum
from typing import Annotated, Self

from pydantic import (
    AfterValidator,
    BaseModel,
    ConfigDict,
    Field,
    HttpUrl,
    StringConstraints,
    ValidationInfo,
    field_validator,
    model_validator,
)
from pydantic_core import PydanticCustomError

Text = Annotated[str, StringConstraints(strip_whitespace=True, min_length=1)]
Slug = Annotated[str, StringConstraints(pattern=r"^[a-z0-9]+(-[a-z0-9]+)*$", max_length=40)]
_SPAN = re.compile(r"^([1-9][0-9]*)([dmy])$")
_DAYS = {"d": 1, "m": 30, "y": 365}


Clock = Annotated[str, StringConstraints(pattern=r"^(([01]?[0-9]|2[0-3]):[0-5][0-9]|24:00)$")]
"""A time of day from 0:00 to 24:00."""


def _minutes(clock: Clock) -> int:
    hours, _, minutes = clock.partition(":")
    return int(hours) * 60 + int(minutes)


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
    """When a desk or service is open, for which days or case; a night is two of them, until 24:00 and from 0:00."""

    days: Text
    opens: Clock
    closes: Clock
    note: Text | None = None

    @field_validator("closes")
    @classmethod
    def _after_opening(cls, closes: Clock, told: ValidationInfo) -> Clock:
        if "opens" in told.data and _minutes(closes) <= _minutes(told.data["opens"]):
            raise PydanticCustomError("closes_first", "閉まる時刻は、開く時刻より後にします")
        return closes


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
