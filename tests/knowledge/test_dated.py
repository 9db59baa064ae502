"""Facts with a first and a last day: the guide of a day, what will change by itself, and the words that find it."""

from datetime import UTC, date, datetime, timedelta

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st
from pydantic import ValidationError

from knowledge import dated, library
from knowledge.database import Sessions
from knowledge.days import day_in_japan
from knowledge.guide import Fee, Guide
from tests.knowledge.staff_work import GUIDE, changed, loaded

TURN = date(2027, 4, 1)
LAST = date(2027, 3, 31)
DEARER = changed(
    fees=[{"case": "窓口", "yen": 300, "valid_to": LAST}, {"case": "窓口", "yen": 400, "valid_from": TURN}],
    notes=[{"text": "窓口は三階。"}, {"text": "四月から予約制です。", "valid_from": TURN}],
    agent={"allowed": True, "text": "委任状。", "valid_to": LAST},
    later=[{"valid_from": TURN, "answer": "四月からは予約が必要です。", "desks": ["yoyaku"]}],
)


def test_next_years_facts_take_over_on_the_day() -> None:
    """Amount, note, agent, answer and desks, all at once and not a day earlier."""
    before, after = dated.on(DEARER, LAST), dated.on(DEARER, TURN)
    assert [fee.yen for fee in before.fees] == [300]
    assert [fee.yen for fee in after.fees] == [400]
    assert [len(each.notes) for each in (before, after)] == [1, 2]
    assert (before.agent is None, after.agent is None) == (False, True)
    assert (before.answer, after.answer) == (GUIDE.answer, "四月からは予約が必要です。")
    assert (before.desks, after.desks) == (("daihyo",), ("yoyaku",))


def test_a_guide_without_dates_is_itself() -> None:
    """Nothing is copied, and its content and digest are those of before there were dates."""
    assert dated.on(GUIDE, TURN) is GUIDE
    assert (dated.turns(GUIDE), dated.upcoming(GUIDE, LAST)) == ((), ())


def test_what_will_change_is_listed_with_its_day() -> None:
    """For the guide's page: the day, each value before and after; the dates themselves are not values."""
    (turn,) = dated.upcoming(DEARER, date(2026, 11, 21))
    told = {change.path[0]: (change.old, change.new) for change in turn.changes}
    assert turn.day == TURN
    assert told["fees"] == (300, 400)
    assert told["answer"] == (GUIDE.answer, "四月からは予約が必要です。")
    assert dated.upcoming(DEARER, TURN) == ()


def test_the_day_begins_at_midnight_in_japan() -> None:
    """15:00 UTC of the day before."""
    eve = datetime(2027, 3, 31, 14, 59, tzinfo=UTC)
    assert [day_in_japan(eve), day_in_japan(eve + timedelta(minutes=1))] == [LAST, TURN]


def test_an_end_before_the_beginning_is_refused() -> None:
    """So is a later change of nothing."""
    with pytest.raises(ValidationError, match="始まりの日より前"):
        Fee(case="窓口", yen=1, valid_from=TURN, valid_to=LAST)
    with pytest.raises(ValidationError, match="一つ以上"):
        changed(later=[{"valid_from": TURN}])


def test_the_index_knows_the_words_of_days_to_come(sessions: Sessions) -> None:
    """No build at midnight is needed: next year's words are there before, last year's go with the next build."""
    with sessions.begin() as session:
        loaded(session, DEARER)

        def texts(day: date) -> set[str]:
            return {passage.text for passage in library.indexed_passages(session, day)}

        assert {text for text in texts(LAST) if "四月から" in text} == {
            text for text in texts(TURN) if "四月から" in text
        }
        assert len([text for text in texts(LAST) if "四月から" in text]) == 2
        assert f"{GUIDE.title} {GUIDE.answer}" in texts(LAST)
        assert f"{GUIDE.title} {GUIDE.answer}" not in texts(TURN)


DAYS = st.dates(date(2027, 3, 28), date(2027, 4, 4))


@settings(max_examples=200)
@given(st.lists(st.tuples(st.none() | DAYS, st.none() | DAYS), max_size=5), DAYS)
def test_a_day_has_exactly_the_facts_that_hold(spans: list[tuple[date | None, date | None]], day: date) -> None:
    """Against the definition, fact by fact; and every day's guide is among those ahead of the day before."""
    spans = [(first, last) for first, last in spans if not (first and last and last < first)]
    fees = [
        {"case": f"件{number}", "yen": number, "valid_from": first, "valid_to": last}
        for number, (first, last) in enumerate(spans)
    ]
    guide: Guide = changed(fees=fees)
    expected = [
        number
        for number, (first, last) in enumerate(spans)
        if (first is None or first <= day) and (last is None or day <= last)
    ]
    assert [fee.yen for fee in dated.on(guide, day).fees] == expected
    assert dated.on(guide, day).fees in {each.fees for each in dated.ahead(guide, day - timedelta(days=1))}
