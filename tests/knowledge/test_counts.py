"""Counts a day: equal to a plain recount of the rows, for any log, in any order of counting and changing."""

from collections import Counter
from datetime import UTC, date, datetime, timedelta
from random import Random

import pytest
from sqlalchemy import delete, select
from sqlalchemy.orm import Session

from knowledge import missed
from knowledge.counts import MEASURES, count_due
from knowledge.database import Sessions
from knowledge.days import JST
from knowledge.models import CountedDay, CountOf, Feedback, Question, QuestionCount
from tests.knowledge.asked import asked

BEGIN = datetime(2026, 10, 28, 20, 0, tzinfo=UTC)
OUTCOMES = ("answered", "clarify", "not_found", "expired", "smalltalk", "menu")
Key = tuple[str, date, str]


def _random_question(session: Session, chance: Random, now: datetime) -> None:
    outcome = chance.choice(OUTCOMES)
    guide = chance.choice(["tennyu", "juminhyo"]) if outcome in {"answered", "expired"} else None
    at = now - timedelta(minutes=chance.randrange(30))
    pressed, forms = guide is not None and chance.random() < 0.3, chance.randrange(3) if outcome == "answered" else 0
    asked(
        session, at=at, outcome=outcome, guide_id=guide, lang=chance.choice(["ja", "en"]), pressed=pressed,
        channel=chance.choice(["line", "web"]), forms_shown=forms,
    )  # fmt: skip


def _judge_any(session: Session, chance: Random, now: datetime) -> None:
    rows = session.scalars(select(Question)).all()
    if rows:
        missed.judge(session, chance.choice(rows), chance.choice(list(Feedback)), now)


def _recounted(session: Session) -> dict[Key, Counter[str]]:
    """What a reader would count by hand."""
    found: dict[Key, Counter[str]] = {}
    for row in session.scalars(select(Question)):
        local = row.asked_at.astimezone(JST)
        for kind, value in {
            CountOf.TOPIC: "", CountOf.HOUR: f"{local:%H}", CountOf.CHANNEL: row.channel, CountOf.LANGUAGE: row.lang,
            CountOf.GUIDE: row.guide_id,
        }.items():  # fmt: skip
            if value is not None:
                tally = found.setdefault((kind.value, local.date(), value), Counter())
                tally["asked"] += not row.pressed
                names = {"answered": "answered", "clarify": "clarified", "not_found": "not_found", "expired": "expired"}
                tally[names.get(row.outcome, "other")] += not row.pressed
                tally["solved"] += row.feedback == "solved"
                tally["wrong"] += row.feedback == "wrong"
                tally["shown"] += row.outcome == "answered" and row.guide_id is not None
                tally["forms"] += row.forms_shown > 0
    return found


def _kept(session: Session) -> dict[Key, Counter[str]]:
    return {
        (row.kind, row.day, row.value): Counter({name: getattr(row, name) for name in MEASURES})
        for row in session.scalars(select(QuestionCount))
    }


@pytest.mark.parametrize("seed", range(6))
def test_counts_are_a_recount_of_the_rows(sessions: Sessions, seed: int) -> None:
    """Random logs over four days, with late rows, verdicts on old answers, and counting now and then."""
    chance, now = Random(seed), BEGIN
    for _ in range(120):
        now += timedelta(minutes=chance.randrange(100))
        with sessions.begin() as session:
            step = chance.random()
            if step < 0.7:
                _random_question(session, chance, now)
            elif step < 0.85:
                _judge_any(session, chance, now)
        if chance.random() < 0.2:
            count_due(sessions, now)
    count_due(sessions, now + timedelta(minutes=1))
    with sessions() as session:
        assert _kept(session) == _recounted(session)


def test_a_settled_day_is_not_counted_again(sessions: Sessions) -> None:
    """An hour after its end a day is done with; only a verdict brings it back."""
    with sessions.begin() as session:
        row = asked(session, at=BEGIN, outcome="answered", guide_id="tennyu")
    later = BEGIN + timedelta(days=3)
    assert count_due(sessions, later) == 4
    assert count_due(sessions, later + timedelta(minutes=1)) == 1
    with sessions.begin() as session:
        missed.judge(session, session.get_one(Question, row.id), Feedback.WRONG, later)
    assert count_due(sessions, later + timedelta(minutes=2)) == 2
    with sessions() as session:
        assert session.scalar(select(QuestionCount.wrong).where(QuestionCount.kind == CountOf.GUIDE)) == 1


def test_nothing_asked_counts_as_nothing(sessions: Sessions) -> None:
    """A new installation counts its first day as empty and goes on from there."""
    assert count_due(sessions, BEGIN) == 1
    with sessions() as session:
        assert session.scalars(select(QuestionCount)).all() == []


def test_days_missed_are_made_up_for(sessions: Sessions) -> None:
    """Where nobody counted for weeks, every day in between is counted."""
    count_due(sessions, BEGIN)
    with sessions.begin() as session:
        asked(session, at=BEGIN + timedelta(days=5))
    assert count_due(sessions, BEGIN + timedelta(days=20)) == 21
    with sessions.begin() as session:
        assert session.scalar(select(QuestionCount.asked).where(QuestionCount.kind == CountOf.HOUR)) == 1
        assert len(session.scalars(select(CountedDay)).all()) == 21
        session.execute(delete(CountedDay))
