"""Who would get what of a rule in the next thirty days: days and counts, never persons."""

from collections import defaultdict
from dataclasses import dataclass
from datetime import date, datetime, timedelta

from sqlalchemy import select
from sqlalchemy.orm import Session

from knowledge import collection, rules
from knowledge.audience import people
from knowledge.days import day_in_japan
from knowledge.models import Resident, Rule, RuleOccasion, RuleTelling
from knowledge.notice import Content
from knowledge.trigger import MatchTrigger, Occasion, occasions

AHEAD = timedelta(days=30)


@dataclass(frozen=True)
class Day:
    """One day of the preview: when, how many moments (towns), and how many people as they are now."""

    at: datetime
    moments: int
    people: int


@dataclass(frozen=True)
class Preview:
    """The next thirty days of a rule; `sample` is what the first moment says."""

    days: tuple[Day, ...]
    people: int
    sample: Content | None


@dataclass(frozen=True)
class Past:
    """A moment that is over or being sent."""

    at: datetime
    occasion: str
    people: int
    missed: bool
    campaign: str | None


def preview(session: Session, row: Rule, now: datetime) -> Preview:
    """What a rule would do if it were approved now; counts are those of people as they are today."""
    trigger, table = rules.trigger_of(row), collection.rows(session)
    moments = list(occasions(trigger, now, now + AHEAD, table))
    if isinstance(trigger, MatchTrigger):
        moments = moments[:1]
    by_day: dict[date, list[Occasion]] = defaultdict(list)
    for each in moments:
        by_day[day_in_japan(each.at)].append(each)
    known: dict[tuple[str | None, date | None], int] = {}
    days = tuple(
        Day(some[0].at, len(some), sum(_count(session, row, each, known) for each in some)) for some in by_day.values()
    )
    sample = rules.content_at(row, moments[0]) if moments else None
    return Preview(days, sum(each.people for each in days), sample)


def _count(session: Session, row: Rule, moment: Occasion, known: dict[tuple[str | None, date | None], int]) -> int:
    """How many people fit now and were not told; towns repeat, so each is asked once."""
    key = moment.town, day_in_japan(moment.at) if moment.child_months is not None else None
    if key not in known:
        told = select(RuleTelling.resident_id).where(RuleTelling.rule_id == row.id)
        told = told.where(RuleTelling.occasion == moment.telling)
        fitting = people(rules.audience_at(row, moment), moment.at).where(Resident.id.not_in(told))
        known[key] = len(session.scalars(fitting).all())
    return known[key]


def past(session: Session, rule: str, most: int = 30) -> list[Past]:
    """The latest moments of a rule, with what became of them."""
    mine = select(RuleOccasion).where(RuleOccasion.rule_id == rule).order_by(RuleOccasion.due_at.desc()).limit(most)
    return [
        Past(each.due_at, each.occasion, each.people, each.missed, each.campaign_id) for each in session.scalars(mine)
    ]
