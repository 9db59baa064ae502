"""A guide as it is on a day: facts hold from their first to their last day, single values until what replaces them.

Next year's fee is entered in March and shown from 1 April on, because every reader asks for the guide on a day.
"""

from collections.abc import Iterator
from dataclasses import dataclass
from datetime import date, timedelta

from knowledge.differences import Change, changes
from knowledge.guide import Fact, Guide, Later

DATED = ("deadlines", "fees", "items", "forms", "hours", "notes")
"""The fields that list facts; `agent` is a single one."""
REPLACED = ("answer", "audience", "desks")
_DAY = timedelta(days=1)


@dataclass(frozen=True)
class Upcoming:
    """What will change in a guide by itself at the beginning of a day."""

    day: date
    changes: tuple[Change, ...]


def holds(fact: Fact, day: date) -> bool:
    """Whether a fact is valid on a day; its first and last day belong to it."""
    return (fact.valid_from or day) <= day <= (fact.valid_to or day)


def on(guide: Guide, day: date) -> Guide:
    """The guide as it is on a day, without any other day's facts; the same object where nothing is dated."""
    if not turns(guide):
        return guide
    fields: dict[str, object] = {
        name: tuple(fact for fact in getattr(guide, name) if holds(fact, day)) for name in DATED
    }
    fields["agent"] = guide.agent if guide.agent and holds(guide.agent, day) else None
    for later in sorted(guide.later, key=_start):
        if later.valid_from <= day:
            fields |= {name: value for name in REPLACED if (value := getattr(later, name)) is not None}
    return guide.model_copy(update={**fields, "later": ()})


def _start(later: Later) -> date:
    return later.valid_from


def turns(guide: Guide) -> tuple[date, ...]:
    """The days at whose beginning the guide becomes another, in order."""
    return tuple(sorted(set(_turns(guide))))


def _turns(guide: Guide) -> Iterator[date]:
    facts = (fact for name in DATED for fact in getattr(guide, name))
    for fact in (*facts, *filter(None, [guide.agent])):
        if fact.valid_from:
            yield fact.valid_from
        if fact.valid_to:
            yield fact.valid_to + _DAY
    yield from (later.valid_from for later in guide.later)


def ahead(guide: Guide, day: date) -> tuple[Guide, ...]:
    """The guide as it is on a day, and as it will be after each of its later turns."""
    return (on(guide, day), *(on(guide, turn) for turn in turns(guide) if turn > day))


def upcoming(guide: Guide, day: date) -> tuple[Upcoming, ...]:
    """What will change by itself after a day, turn by turn; the validity of facts itself is not listed."""
    later = [turn for turn in turns(guide) if turn > day]
    found = (Upcoming(turn, _changed(on(guide, turn - _DAY), on(guide, turn))) for turn in later)
    return tuple(each for each in found if each.changes)


def _changed(before: Guide, after: Guide) -> tuple[Change, ...]:
    told = changes(before, after)
    return tuple(change for change in told if change.path[-1] not in ("valid_from", "valid_to"))
