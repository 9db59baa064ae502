"""Figures of a period: the same whether its months were added up or not, whatever changed and was counted meanwhile."""

from collections import Counter
from datetime import UTC, date, datetime, timedelta
from random import Random

import pytest
from sqlalchemy import select
from sqlalchemy.orm import Session

from knowledge import figures, missed
from knowledge.counts import MEASURES, count_due
from knowledge.database import Sessions
from knowledge.figures import Period
from knowledge.models import CountOf, Feedback, MonthCount, Question, QuestionCount
from tests.knowledge.asked import asked

FIRST = date(2026, 3, 20)
NOW = datetime(2026, 7, 3, 3, 0, tzinfo=UTC)
DAYS = 106


def _ask_around(sessions: Sessions, chance: Random, count: int) -> None:
    with sessions.begin() as session:
        for _ in range(count):
            outcome = chance.choice(["answered", "clarify", "not_found"])
            guide = chance.choice(["tennyu", "juminhyo", "kosodate"]) if outcome == "answered" else None
            at = NOW - timedelta(days=chance.randrange(DAYS), hours=chance.randrange(1, 24))
            asked(session, at=at, outcome=outcome, guide_id=guide, forms_shown=chance.randrange(2) if guide else 0)


def _by_hand(session: Session, kind: CountOf, period: Period) -> dict[str, dict[str, int]]:
    found: dict[str, Counter[str]] = {}
    for row in session.scalars(select(QuestionCount).where(QuestionCount.kind == kind.value)):
        if period.first <= row.day <= period.last:
            found.setdefault(row.value, Counter()).update({name: getattr(row, name) for name in MEASURES})
    return {value: dict(tally) for value, tally in found.items()}


def _periods(chance: Random) -> list[Period]:
    whole = [Period(date(2026, 4, 1), date(2026, 4, 30)), Period(date(2026, 4, 1), date(2026, 6, 30))]
    starts = [FIRST + timedelta(days=chance.randrange(DAYS)) for _ in range(12)]
    return [*whole, *(Period(start, start + timedelta(days=chance.randrange(DAYS))) for start in starts)]


@pytest.mark.parametrize("seed", range(3))
def test_months_and_days_tell_the_same(sessions: Sessions, seed: int) -> None:
    """For any period, after counting, and after verdicts on answers of months that had been added up."""
    chance = Random(seed)
    for _ in range(2):
        _ask_around(sessions, chance, 150)
        with sessions.begin() as session:
            rows = session.scalars(select(Question)).all()
            for row in chance.sample(list(rows), 8):
                missed.judge(session, row, chance.choice(list(Feedback)), NOW)
        count_due(sessions, NOW)
        with sessions() as session:
            for period in _periods(chance):
                for kind in CountOf:
                    assert figures.by_value(session, kind, period) == _by_hand(session, kind, period)


def test_only_months_that_are_over_have_sums(sessions: Sessions) -> None:
    """This month's days are still counted; a month whose day is counted anew loses its sums until that is done."""
    _ask_around(sessions, Random(5), 200)
    count_due(sessions, NOW)
    with sessions.begin() as session:
        months = set(session.scalars(select(MonthCount.month)))
        assert months == {date(2026, month, 1) for month in (3, 4, 5, 6)}
        row = session.scalars(select(Question).where(Question.asked_at < datetime(2026, 5, 1, tzinfo=UTC))).first()
        assert row is not None
        missed.judge(session, row, Feedback.WRONG, NOW)
    count_due(sessions, NOW)
    with sessions() as session:
        wrong = select(MonthCount.wrong).where(MonthCount.kind == CountOf.CHANNEL, MonthCount.wrong > 0)
        assert session.scalars(wrong).all() == [1]


def test_the_guides_shown_most_come_first(sessions: Sessions) -> None:
    """As many as are wanted, with their whole sums; and the forms shown most, whatever months they lie in."""
    with sessions.begin() as session:
        for guide, count in {"juminhyo": 1, "tennyu": 3, "kosodate": 2}.items():
            for number in range(count):
                at = NOW - timedelta(days=40 * number)
                asked(session, at=at, outcome="answered", guide_id=guide, forms_shown=1)
    count_due(sessions, NOW)
    period = Period(FIRST, NOW.date())
    with sessions() as session:
        found = figures.leading(session, period, 2)
        assert list(found.shown) == ["tennyu", "kosodate"]
        assert found.shown == {id_: figures.by_value(session, CountOf.GUIDE, period)[id_] for id_ in found.shown}
        assert [(each.guide, each.times) for each in found.forms] == [("tennyu", 3), ("kosodate", 2)]
