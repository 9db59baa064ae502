"""The freshness contract: who is reminded, when, and once each."""

from datetime import date, datetime, timedelta

import pytest

from knowledge import drafts, freshness
from knowledge.clerk import NotYourGuideError
from knowledge.database import Sessions
from knowledge.days import day_in_japan
from tests.knowledge.staff_work import ADMIN, EDITOR, GUIDE, NOW, STRANGER, changed, loaded, public


def _before(days: int) -> datetime:
    """Noon in Japan so many days before the guide's review date."""
    return NOW + timedelta(days=(GUIDE.review_by - day_in_japan(NOW)).days - days)


def _sent(sessions: Sessions, now: datetime) -> int:
    return freshness.remind_due(sessions, now)


def test_a_department_is_reminded_30_and_7_days_before_once_each(sessions: Sessions) -> None:
    """However often anybody looks."""
    with sessions.begin() as session:
        loaded(session)
    assert [_sent(sessions, _before(days)) for days in (31, 30, 29, 8, 7, 6, 0, -1)] == [0, 1, 0, 0, 1, 0, 0, 0]
    with sessions() as session:
        found = freshness.reminders(session, EDITOR)
        assert [(each.guide_id, each.days_before, each.due_on) for each in found] == [
            (GUIDE.id, 7, GUIDE.review_by - timedelta(days=7)),
            (GUIDE.id, 30, GUIDE.review_by - timedelta(days=30)),
        ]
        assert (len(freshness.reminders(session, ADMIN)), freshness.reminders(session, STRANGER)) == (2, [])


def test_a_guide_that_is_late_already_is_reminded_of_once(sessions: Sessions) -> None:
    """Only the nearer reminder is written when both are due."""
    with sessions.begin() as session:
        loaded(session)
    assert [_sent(sessions, _before(3)), _sent(sessions, _before(2))] == [1, 0]


def test_a_reminder_ends_when_it_is_ticked_off_or_the_guide_was_checked(sessions: Sessions) -> None:
    """By the department only; a new review date brings reminders of its own."""
    with sessions.begin() as session:
        loaded(session)
    _sent(sessions, _before(30))
    with sessions.begin() as session:
        with pytest.raises(NotYourGuideError):
            freshness.tick_off(session, GUIDE.id, GUIDE.review_by, 30, STRANGER, NOW)
        freshness.tick_off(session, GUIDE.id, GUIDE.review_by, 30, EDITOR, NOW)
        assert freshness.reminders(session, EDITOR) == []
    _sent(sessions, _before(7))
    with sessions.begin() as session:
        assert len(freshness.reminders(session, EDITOR)) == 1
        public(session, changed(review_by=date(2028, 3, 31)))
        assert freshness.reminders(session, EDITOR) == []


def test_what_is_near_or_past_is_listed_most_urgent_first(sessions: Sessions) -> None:
    """With the days left; a withdrawn guide needs no review."""
    near, past = changed(id="chikai", review_by=date(2026, 12, 1)), changed(id="sugita", review_by=date(2026, 11, 20))
    with sessions.begin() as session:
        loaded(session, GUIDE, near, past)
        found = [(each.guide, each.days, each.expired) for each in freshness.due(session, NOW, near.owner)]
        assert found == [("sugita", -1, True), ("chikai", 10, False)]
        drafts.withdraw(session, "sugita", 1, "終わった", EDITOR, NOW)
        assert [each.guide for each in freshness.due(session, NOW)] == ["chikai"]
