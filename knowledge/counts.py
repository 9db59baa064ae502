"""Counts of questions by day: made from the questions' rows, again and again, so that they can never drift.

The sums of months that are over are made from the counts of their days, and go whenever one of those is made anew.
"""

from collections import defaultdict
from collections.abc import Iterator
from dataclasses import dataclass, field
from datetime import date, datetime, time, timedelta
from typing import Any, NamedTuple

from sqlalchemy import delete, func, insert, literal, select
from sqlalchemy.orm import Session

from knowledge import library
from knowledge.database import Sessions
from knowledge.days import JST, day_in_japan
from knowledge.models import CountedDay, CountOf, Feedback, MonthCount, Question, QuestionCount

SETTLED = timedelta(hours=1)
"""A question's row may come this much after its time; a day counted later than that is done."""
MEASURES = ("asked", "answered", "clarified", "not_found", "expired", "other", "solved", "wrong", "shown", "forms")
_ENDINGS = {"answered": "answered", "clarify": "clarified", "not_found": "not_found", "expired": "expired"}
_DAY = timedelta(days=1)
Tally = dict[str, int]


class Asked(NamedTuple):
    """What of a question is counted."""

    asked_at: datetime
    channel: str
    lang: str
    outcome: str
    guide_id: str | None
    feedback: str | None
    pressed: bool
    forms_shown: int


@dataclass
class Tallies:
    """The counts of some questions, by kind and value."""

    topics: dict[str, str]
    found: dict[tuple[CountOf, str], Tally] = field(
        default_factory=lambda: defaultdict(lambda: dict.fromkeys(MEASURES, 0))
    )

    def add(self, asked: Asked) -> None:
        """Count one question under each of its values."""
        for kind, value in self._values(asked):
            tally = self.found[kind, value]
            for measure in _measures(asked):
                tally[measure] += 1

    def _values(self, asked: Asked) -> Iterator[tuple[CountOf, str]]:
        guide = asked.guide_id or ""
        yield CountOf.TOPIC, self.topics.get(guide, "")
        yield CountOf.HOUR, f"{asked.asked_at.astimezone(JST).hour:02}"
        yield CountOf.CHANNEL, asked.channel
        yield CountOf.LANGUAGE, asked.lang
        if guide:
            yield CountOf.GUIDE, guide


def _measures(asked: Asked) -> Iterator[str]:
    """What a question counts as: a text is asked and ends in one way; a card is shown by texts and buttons alike."""
    if not asked.pressed:
        yield "asked"
        yield _ENDINGS.get(asked.outcome, "other")
    if asked.feedback in set(Feedback):
        yield asked.feedback
    if asked.guide_id and asked.outcome == "answered":
        yield "shown"
    if asked.forms_shown:
        yield "forms"


def count_due(sessions: Sessions, now: datetime) -> int:
    """Count every day that is not counted, may still get rows or has changed, each in its transaction; how many."""
    with sessions() as session:
        days = list(_due_days(session, now))
    for day in days:
        with sessions.begin() as session:
            recount(session, day, now)
    _add_up(sessions, day_in_japan(now).replace(day=1))
    return len(days)


def _add_up(sessions: Sessions, current: date) -> None:
    """Let every month before the current one that was counted have its sums, each in its transaction."""
    with sessions() as session:
        counted = {day.replace(day=1) for day in session.scalars(select(CountedDay.day))}
        added = set(session.scalars(select(MonthCount.month).where(MonthCount.kind == CountOf.CHANNEL).distinct()))
    for month in sorted(each for each in counted - added if each < current):
        with sessions.begin() as session:
            _add_month(session, month)


def _add_month(session: Session, month: date) -> None:
    sums = [func.sum(getattr(QuestionCount, name)) for name in MEASURES]
    days = QuestionCount.day.between(month, next_month(month) - _DAY)
    found = select(QuestionCount.kind, literal(month), QuestionCount.value, *sums).where(days)
    columns = ["kind", "month", "value", *MEASURES]
    session.execute(insert(MonthCount).from_select(columns, found.group_by(QuestionCount.kind, QuestionCount.value)))


def next_month(month: date) -> date:
    """The first day of the month after that of a first day."""
    return (month + timedelta(days=31)).replace(day=1)


def _due_days(session: Session, now: datetime) -> Iterator[date]:
    today = day_in_japan(now)
    changed = session.scalars(select(CountedDay.day).where(CountedDay.changed)).all()
    last = session.execute(select(CountedDay).order_by(CountedDay.day.desc()).limit(2)).scalars().all()
    unsettled = [
        each.day for each in last if each.counted_at is None or each.counted_at < _begin(each.day + _DAY) + SETTLED
    ]
    first = min(unsettled, default=last[0].day + _DAY if last else _first_day(session) or today)
    running = (first + _DAY * number for number in range((today - first).days + 1))
    yield from sorted({*changed, *running})


def _first_day(session: Session) -> date | None:
    first = session.scalar(select(func.min(Question.asked_at)))
    return day_in_japan(first) if first else None


def _begin(day: date) -> datetime:
    return datetime.combine(day, time(), JST)


def recount(session: Session, day: date, now: datetime) -> None:
    """Make the counts of a day (Japan) anew; what changes meanwhile marks the day again."""
    session.merge(CountedDay(day=day, counted_at=now, changed=False))
    session.flush()
    tallies = Tallies(_topics(session))
    columns = (getattr(Question, name) for name in Asked._fields)
    of_day = select(*columns).where(Question.asked_at >= _begin(day), Question.asked_at < _begin(day + _DAY))
    for asked in session.execute(of_day):
        tallies.add(Asked(*asked))
    kinds = [kind.value for kind in CountOf]
    session.execute(delete(QuestionCount).where(QuestionCount.kind.in_(kinds), QuestionCount.day == day))
    session.execute(delete(MonthCount).where(MonthCount.kind.in_(kinds), MonthCount.month == day.replace(day=1)))
    rows: list[dict[str, Any]] = [
        {"kind": kind.value, "day": day, "value": value, **tally} for (kind, value), tally in tallies.found.items()
    ]
    if rows:
        session.execute(insert(QuestionCount), rows)


def _topics(session: Session) -> dict[str, str]:
    return {guide.id: guide.category[:64] for guide in library.guides(session)}
