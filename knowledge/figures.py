"""The counts of a period, added up from the counts of its days."""

from dataclasses import dataclass
from datetime import date, datetime, time, timedelta
from statistics import median

from sqlalchemy import ColumnElement, func, select
from sqlalchemy.orm import Session

from knowledge import library
from knowledge.counts import MEASURES, Tally
from knowledge.days import JST
from knowledge.models import CountOf, GroupStatus, QuestionCount, QuestionGroup

LONGEST = timedelta(days=3 * 366)
_COLUMNS = tuple(getattr(QuestionCount, name) for name in MEASURES)
_SUMS = tuple(func.sum(column) for column in _COLUMNS)


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
class Mended:
    """How many groups of questions were answered, and the median time from the first question to that."""

    groups: int
    median: timedelta | None


def by_value(session: Session, kind: CountOf, period: Period) -> dict[str, Tally]:
    """The sums of each value of a kind."""
    found = select(QuestionCount.value, *_SUMS).where(*_within(kind, period)).group_by(QuestionCount.value)
    return {row[0]: dict(zip(MEASURES, map(int, row[1:]), strict=True)) for row in session.execute(found)}


def by_day(session: Session, period: Period) -> dict[date, Tally]:
    """The sums of each day on which anything was asked."""
    found = select(QuestionCount.day, *_SUMS).where(*_within(CountOf.CHANNEL, period)).group_by(QuestionCount.day)
    return {row[0]: dict(zip(MEASURES, map(int, row[1:]), strict=True)) for row in session.execute(found)}


def _within(kind: CountOf, period: Period) -> tuple[ColumnElement[bool], ...]:
    return QuestionCount.kind == kind.value, QuestionCount.day.between(period.first, period.last)


def wanted_forms(session: Session, period: Period, most: int = 20) -> list[Wanted]:
    """The guides whose online forms were shown most."""
    times = func.sum(QuestionCount.forms)
    found = (
        select(QuestionCount.value, times)
        .where(*_within(CountOf.GUIDE, period), QuestionCount.forms > 0)
        .group_by(QuestionCount.value)
        .order_by(times.desc(), QuestionCount.value)
        .limit(most)
    )
    counted = {guide: int(count) for guide, count in session.execute(found)}
    known = {guide.id: guide for guide in library.guides(session, list(counted))}
    return [
        Wanted(id_, known[id_].title, tuple(form.name for form in known[id_].forms), count)
        if id_ in known
        else Wanted(id_, id_, (), count)
        for id_, count in counted.items()
    ]


def mended(session: Session, period: Period) -> Mended:
    """What staff mended in a period."""
    begin = datetime.combine(period.first, time(), JST)
    end = datetime.combine(period.last + timedelta(days=1), time(), JST)
    closed = select(QuestionGroup.closed_at, QuestionGroup.first_at).where(
        QuestionGroup.status == GroupStatus.ANSWERED, QuestionGroup.closed_at >= begin, QuestionGroup.closed_at < end
    )
    taken = [(done - first).total_seconds() for done, first in session.execute(closed) if done]
    return Mended(len(taken), timedelta(seconds=median(taken)) if taken else None)
