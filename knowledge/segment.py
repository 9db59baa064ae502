"""Whom a notice is for: a frozen predicate over residents' choices, as a value, as JSON, and asked of one person."""

import json
from datetime import date, datetime, timedelta
from hashlib import sha256
from typing import Annotated, Any, Literal

from pydantic import (
    ConfigDict,
    Field,
    StringConstraints,
    TypeAdapter,
    ValidationError,
    field_serializer,
    model_validator,
)

from knowledge.days import day_in_japan
from knowledge.errors import PocketError
from knowledge.guide import Record
from knowledge.models import AgeBand, Topic
from knowledge.text import Language

OLDEST_CHILD_MONTHS = 240
LONGEST_SEEN_DAYS = 3_650

Town = Annotated[str, StringConstraints(strip_whitespace=True, min_length=1, max_length=32)]
CampaignId = Annotated[str, StringConstraints(pattern=r"^[0-9a-f]{32}$")]


class AudienceError(PocketError):
    """送る相手の条件が正しくありません。条件を一つ以上選ぶか、「友だち全員」を選んでください。"""


class _Part(Record):
    version: Literal[1] = 1


class Everyone(_Part):
    """All friends, chosen by that name."""

    kind: Literal["everyone"] = "everyone"


class ChildAge(Record):
    """A child from one age in months up to another, both included, counted by calendar months in Japan."""

    from_months: Annotated[int, Field(ge=0, le=OLDEST_CHILD_MONTHS)]
    to_months: Annotated[int, Field(ge=0, le=OLDEST_CHILD_MONTHS)]

    @model_validator(mode="after")
    def _in_order(self) -> "ChildAge":
        if self.from_months > self.to_months:
            raise ValueError("月齢は小さいほうから大きいほうの順に書きます")
        return self

    def births(self, today: date) -> tuple[date, date]:
        """The earliest and the latest birth month (firsts of the month) that are of this age today."""
        return _months_before(today, self.to_months), _months_before(today, self.from_months)


class Conditions(_Part):
    """All of the conditions that are set hold; of the values of one condition any. At least one is set.

    There is no field for a sensitive attribute, and an unknown field is an error: none can become a key.
    """

    model_config = ConfigDict(frozen=True, extra="forbid")

    kind: Literal["conditions"] = "conditions"
    topics: frozenset[Topic] = frozenset()
    areas: frozenset[Town] = frozenset()
    age_bands: frozenset[AgeBand] = frozenset()
    child: ChildAge | None = None
    languages: frozenset[Language] = frozenset()
    seen_within_days: Annotated[int, Field(ge=1, le=LONGEST_SEEN_DAYS)] | None = None
    not_told: frozenset[CampaignId] = frozenset()

    @field_serializer("topics", "areas", "age_bands", "languages", "not_told")
    def _sorted(self, values: frozenset[str]) -> list[str]:
        return sorted(str(value) for value in values)

    @model_validator(mode="after")
    def _not_empty(self) -> "Conditions":
        chosen = (self.topics, self.areas, self.age_bands, self.child, self.languages, self.seen_within_days)
        if not any((*chosen, self.not_told)):
            raise ValueError("条件が一つもありません。全員に送るときは「友だち全員」を選びます")
        return self


class Reached(_Part):
    """Those whom another campaign was sent to: the audience of its correction."""

    kind: Literal["reached"] = "reached"
    campaign: CampaignId


class Testers(_Part):
    """The testers: the only audience a drill can have, and one no live notice can have."""

    kind: Literal["testers"] = "testers"


Audience = Everyone | Conditions | Reached | Testers
_ADAPTER: TypeAdapter[Audience] = TypeAdapter(Annotated[Audience, Field(discriminator="kind")])


def audience_from(stored: object) -> Audience:
    """Read a stored or submitted audience; raises AudienceError."""
    try:
        return _ADAPTER.validate_python(stored)
    except ValidationError:
        raise AudienceError from None


def audience_json(audience: Audience) -> dict[str, Any]:
    """The audience as JSON: the same value always in the same words."""
    return audience.model_dump(mode="json")


def digest(stored: object) -> str:
    """SHA-256 over JSON in its one canonical form; what approvals are given for."""
    return sha256(json.dumps(stored, sort_keys=True, ensure_ascii=True, separators=(",", ":")).encode()).hexdigest()


class Person(Record):
    """What a predicate can ask of a resident, as rows say it at one moment."""

    id: int
    friend: bool = True
    topics: frozenset[Topic] = frozenset()
    area: str | None = None
    age_band: AgeBand | None = None
    language: Language | None = None
    children: frozenset[date] = frozenset()
    seen_at: datetime
    told: frozenset[str] = frozenset()


def matches(audience: Everyone | Conditions, person: Person, now: datetime) -> bool:
    """Whether a notice to this audience is for the person: the reference that the SQL selection must equal."""
    if not person.friend:
        return False
    if isinstance(audience, Everyone):
        return True
    wanted = (
        not audience.topics or bool(audience.topics & person.topics),
        not audience.areas or person.area in audience.areas,
        not audience.age_bands or person.age_band in audience.age_bands,
        audience.child is None or _has_child(audience.child, person, now),
        not audience.languages or (person.language or Language.JA) in audience.languages,
        audience.seen_within_days is None or person.seen_at >= now - timedelta(days=audience.seen_within_days),
        not audience.not_told & person.told,
    )
    return all(wanted)


def _has_child(age: ChildAge, person: Person, now: datetime) -> bool:
    today = day_in_japan(now)
    months = [(today.year - born.year) * 12 + today.month - born.month for born in person.children]
    return any(age.from_months <= each <= age.to_months for each in months)


def _months_before(today: date, months: int) -> date:
    count = today.year * 12 + today.month - 1 - months
    return date(count // 12, count % 12 + 1, 1)
