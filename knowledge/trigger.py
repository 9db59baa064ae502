"""When a rule speaks: typed triggers, and the moments they have between two times. Moments are those of Japan."""

from collections.abc import Iterable, Iterator, Mapping
from dataclasses import dataclass, field, replace
from datetime import date, datetime, time, timedelta
from typing import Annotated, Any, Literal, Self

from pydantic import Field, TypeAdapter, ValidationError, model_validator

from knowledge.collection import Collected, collected
from knowledge.days import JST
from knowledge.errors import PocketError
from knowledge.guide import Record
from knowledge.models import CollectionDay
from knowledge.notice import Variant
from knowledge.segment import OLDEST_CHILD_MONTHS

WINDOW = timedelta(hours=2)
"""How long after its moment a reminder is still of use; later it is dropped."""
LEAP = 29
_DAY = timedelta(days=1)
Hour = Annotated[int, Field(ge=8, le=20)]


class TriggerError(PocketError):
    """いつ送るかの決まりが正しくありません。"""

    def __init__(self, fields: tuple[str, ...] = ()) -> None:
        """`fields` are those that are wrong, none where it is the trigger as a whole."""
        super().__init__()
        self.fields = fields


class ChildTrigger(Record):
    """In the calendar month in which a child becomes so many months old, on a day of it, at an hour."""

    kind: Literal["child"] = "child"
    months: Annotated[int, Field(ge=0, le=OLDEST_CHILD_MONTHS)]
    day: Annotated[int, Field(ge=1, le=28)]
    hour: Hour


class YearlyTrigger(Record):
    """On the same day each year, at an hour."""

    kind: Literal["yearly"] = "yearly"
    month: Annotated[int, Field(ge=1, le=12)]
    day: Annotated[int, Field(ge=1, le=31)]
    hour: Hour

    @model_validator(mode="after")
    def _exists(self) -> Self:
        if (self.month, self.day) == (2, LEAP):
            raise ValueError("2月29日は、毎年はありません")
        date(2027, self.month, self.day)
        return self


class GarbageTrigger(Record):
    """The evening before a collection, or its morning; for one's own town."""

    kind: Literal["garbage"] = "garbage"
    evening: bool = True

    @property
    def at(self) -> time:
        """Eight in the evening, or half past six in the morning."""
        return time(20) if self.evening else time(6, 30)


class MatchTrigger(Record):
    """Once for everybody who fits, as soon as they do: looked at every hour of the day."""

    kind: Literal["match"] = "match"


Trigger = ChildTrigger | YearlyTrigger | GarbageTrigger | MatchTrigger
_ADAPTER: TypeAdapter[Trigger] = TypeAdapter(Annotated[Trigger, Field(discriminator="kind")])
MATCH_HOURS = range(10, 18)
ONCE = "once"


@dataclass(frozen=True)
class Occasion:
    """A moment of a rule: its name, from when until when it is of use, and whom and what it narrows the rule to.

    `telling` is what a resident is told at most once of: the occasion itself, or the rule for good. `fill` are the
    words to put into the text, by place and language.
    """

    name: str
    telling: str
    at: datetime
    until: datetime
    child_months: int | None = None
    town: str | None = None
    fill: Mapping[str, Mapping[Variant, str]] = field(default_factory=dict)


def trigger_from(stored: object) -> Trigger:
    """Read a stored or submitted trigger; raises TriggerError with the fields that are wrong."""
    try:
        return _ADAPTER.validate_python(stored)
    except ValidationError as error:
        kind_and_field = 2
        found = [each["loc"] for each in error.errors()]
        raise TriggerError(tuple(str(loc[1]) for loc in found if len(loc) == kind_and_field)) from None


def trigger_json(trigger: Trigger) -> dict[str, Any]:
    """The trigger as JSON: the same value always in the same words."""
    return trigger.model_dump(mode="json")


def occasions(trigger: Trigger, after: datetime, until: datetime, days: Iterable[CollectionDay]) -> Iterator[Occasion]:
    """The moments later than `after` and not later than `until`, in their order."""
    day, last, table = after.astimezone(JST).date(), until.astimezone(JST).date(), list(days)
    while day <= last:
        yield from (each for each in _on(trigger, day, table) if after < each.at <= until)
        day += _DAY


def _on(trigger: Trigger, day: date, table: list[CollectionDay]) -> Iterator[Occasion]:
    match trigger:
        case ChildTrigger(months=months, day=on, hour=hour) if day.day == on:
            yield replace(_moment(f"{day:%Y-%m}", day, time(hour)), child_months=months)
        case YearlyTrigger(month=month, day=on, hour=hour) if (day.month, day.day) == (month, on):
            yield _moment(str(day.year), day, time(hour))
        case GarbageTrigger(evening=evening):
            for each in collected(table, day + _DAY if evening else day):
                yield _garbage(trigger, day, each)
        case MatchTrigger():
            for hour in MATCH_HOURS:
                moment = _moment(f"{day.isoformat()}T{hour}", day, time(hour), timedelta(hours=1))
                yield replace(moment, telling=ONCE)
        case _:
            return


def _garbage(trigger: GarbageTrigger, day: date, each: Collected) -> Occasion:
    on = day + _DAY if trigger.evening else day
    latest = datetime.combine(day, time.fromisoformat(each.put_out_by))
    window = WINDOW if trigger.evening else max(latest - datetime.combine(day, trigger.at), timedelta(0))
    words = {
        "collected": {variant: each.said(variant) for variant in Variant},
        "by": dict.fromkeys(Variant, each.put_out_by.removeprefix("0")),
    }
    return replace(_moment(f"{on.isoformat()} {each.town}", day, trigger.at, window), town=each.town, fill=words)


def _moment(name: str, day: date, clock: time, window: timedelta = WINDOW) -> Occasion:
    at = datetime.combine(day, clock, JST)
    return Occasion(name, name, at, at + window)
