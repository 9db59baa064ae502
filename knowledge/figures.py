"""The counts of a period, added up from the counts of its whole months and of the days around them."""

from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass
from datetime import date, datetime, time, timedelta
from heapq import nsmallest
from statistics import median
from typing import Any

from sqlalchemy import Select, Subquery, func, select, union_all
from sqlalchemy.orm import Session

from knowledge import library
from knowledge.counts import MEASURES, Tally, next_month
from knowledge.days import JST
from knowledge.models import CountOf, GroupStatus, MonthCount, QuestionCount, QuestionGroup

LONGEST = timedelta(days=3 * 366)
_COLUMNS = tuple(getattr(QuestionCount, name) for name in MEASURES)
_DAY = timedelta(days=1)


@dataclass(frozen=True)
class Period:
    """Days in Japan, both ends included."""

    first: date
    last: date

    @property
    def days(self) -> int:
        """How many days."""
        return (self.last - self.first).days + 1


@dataclass(frozen=True)
class Wanted:
    """A guide with online forms, and how often an answer led to them."""

    guide: str
    title: str
    forms: tuple[str, ...]
    times: int


@dataclass(frozen=True)
class Leading:
    """The guides shown most with their sums, and those whose forms were shown most; the most first."""

    shown: dict[str, Tally]
    forms: tuple[Wanted, ...]


@dataclass(frozen=True)
class Mended:
    """How many groups of questions were answered, and the median time from the first question to that."""

    groups: int
    median: timedelta | None


def by_value(session: Session, kind: CountOf, period: Period) -> dict[str, Tally]:
    """The sums of each value of a kind."""
    parts = _parts(session, kind, period)
    found = select(parts.c.value, *(func.sum(parts.c[name]) for name in MEASURES)).group_by(parts.c.value)
    return {row[0]: _tally(row[1:]) for row in session.execute(found)}


def leading(session: Session, period: Period, most: int = 20) -> Leading:
    """The guides shown most, and those whose online forms were shown most."""
    parts = _parts(session, CountOf.GUIDE, period, ("shown", "forms"))
    sums = select(parts.c.value, func.sum(parts.c.shown), func.sum(parts.c.forms)).group_by(parts.c.value)
    found = [(guide, int(shown), int(forms)) for guide, shown, forms in session.execute(sums)]
    shown = nsmallest(most, ((-count, guide) for guide, count, _ in found if count))
    forms = nsmallest(most, ((-count, guide) for guide, _, count in found if count))
    wanted = _wanted(session, {guide: -count for count, guide in forms})
    return Leading(_whole(session, period, [guide for _, guide in shown]), wanted)


def _whole(session: Session, period: Period, guides: Sequence[str]) -> dict[str, Tally]:
    parts = _parts(session, CountOf.GUIDE, period, guides=guides)
    found = select(parts.c.value, *(func.sum(parts.c[name]) for name in MEASURES)).group_by(parts.c.value)
    sums = {row[0]: _tally(row[1:]) for row in session.execute(found)}
    return {guide: sums[guide] for guide in guides}


def _wanted(session: Session, counted: Mapping[str, int]) -> tuple[Wanted, ...]:
    known = {guide.id: guide for guide in library.guides(session, list(counted))}
    return tuple(
        Wanted(id_, known[id_].title, tuple(form.name for form in known[id_].forms), count)
        if id_ in known
        else Wanted(id_, id_, (), count)
        for id_, count in counted.items()
    )


def by_day(session: Session, period: Period) -> dict[date, Tally]:
    """The sums of each day on which anything was asked."""
    days = QuestionCount.day.between(period.first, period.last)
    found = select(QuestionCount.day, *(func.sum(column) for column in _COLUMNS))
    found = found.where(QuestionCount.kind == CountOf.CHANNEL.value, days).group_by(QuestionCount.day)
    return {row[0]: _tally(row[1:]) for row in session.execute(found)}


def _tally(sums: Sequence[Any]) -> Tally:
    return dict(zip(MEASURES, map(int, sums), strict=True))


def _parts(
    session: Session,
    kind: CountOf,
    period: Period,
    measures: Sequence[str] = MEASURES,
    guides: Sequence[str] | None = None,
) -> Subquery:
    """The sums by value that make up a period: of its months where they are added up, and of the days around them."""
    months = _added_up(session, period)
    parts = [
        _counts(QuestionCount, kind, measures, guides).where(QuestionCount.day.between(each.first, each.last))
        for each in _around(period, months)
    ]
    if months:
        parts.append(_counts(MonthCount, kind, measures, guides).where(MonthCount.month.in_(months)))
    return union_all(*parts).subquery()


def _counts(
    table: type[QuestionCount | MonthCount], kind: CountOf, measures: Sequence[str], guides: Sequence[str] | None
) -> Select[Any]:
    sums = (func.sum(getattr(table, name)).label(name) for name in measures)
    found = select(table.value, *sums).where(table.kind == kind.value).group_by(table.value)
    return found if guides is None else found.where(table.value.in_(guides))


def _added_up(session: Session, period: Period) -> list[date]:
    """The months that lie within a period as a whole and have their sums, in order."""
    within = MonthCount.month.between(period.first, period.last)
    found = session.scalars(select(MonthCount.month).where(MonthCount.kind == CountOf.CHANNEL, within).distinct())
    return sorted(month for month in found if next_month(month) <= period.last + _DAY)


def _around(period: Period, months: Sequence[date]) -> Iterator[Period]:
    """The days of a period that are in none of these months; at least one stretch, be it empty."""
    first = period.first
    for month in months:
        if first < month:
            yield Period(first, month - _DAY)
        first = next_month(month)
    yield Period(first, period.last)


def mended(session: Session, period: Period) -> Mended:
    """What staff mended in a period."""
    begin = datetime.combine(period.first, time(), JST)
    end = datetime.combine(period.last + timedelta(days=1), time(), JST)
    closed = select(QuestionGroup.closed_at, QuestionGroup.first_at).where(
        QuestionGroup.status == GroupStatus.ANSWERED, QuestionGroup.closed_at >= begin, QuestionGroup.closed_at < end
    )
    taken = [(done - first).total_seconds() for done, first in session.execute(closed) if done]
    return Mended(len(taken), timedelta(seconds=median(taken)) if taken else None)
