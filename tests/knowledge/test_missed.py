"""Which questions become staff work, and what is left of them when they are erased."""

from datetime import timedelta
from typing import Any

import pytest
from sqlalchemy import select

from knowledge import missed, wishes
from knowledge.database import Sessions
from knowledge.models import Feedback, Miss, MissedQuestion, Question, Wish
from knowledge.retention import KEPT, erase_old
from tests.knowledge.asked import NOW, asked, resident


@pytest.mark.parametrize(
    ("outcome", "fields", "miss"),
    [
        ("not_found", {}, Miss.NOT_FOUND),
        ("expired", {"guide_id": "tennyu"}, Miss.EXPIRED),
        ("expired", {"guide_id": "tennyu", "pressed": True}, None),
        ("clarify", {"candidates": ["tennyu"]}, None),
        ("answered", {"guide_id": "tennyu"}, None),
        ("smalltalk", {}, None),
    ],
)
def test_what_ended_in_vain_is_work(
    sessions: Sessions, outcome: str, fields: dict[str, Any], miss: Miss | None
) -> None:
    """Not found and expired texts are; answers, talk and buttons are not; nor offers to somebody we do not know."""
    with sessions.begin() as session:
        asked(session, outcome=outcome, **fields)
        assert session.scalar(select(MissedQuestion.miss)) == miss


def test_an_offer_waits_for_a_choice(sessions: Sessions) -> None:
    """A resident on LINE has half an hour to choose before the offer counts as missed."""
    with sessions.begin() as session:
        asked(session, outcome="clarify", candidates=["tennyu"], resident_id=resident(session).id)
        assert session.scalars(select(MissedQuestion.due_at)).one() == NOW + timedelta(minutes=30)


def test_a_wrong_answer_is_work_until_it_is_solved(sessions: Sessions) -> None:
    """Pressing 「違う」 twice is one miss; 「解決した」 afterwards takes it back."""
    with sessions.begin() as session:
        row = asked(session, outcome="answered", guide_id="tennyu")
        for _ in range(2):
            missed.judge(session, row, Feedback.WRONG, NOW)
        assert session.scalar(select(MissedQuestion.miss)) == Miss.WRONG
        missed.judge(session, row, Feedback.SOLVED, NOW)
        assert session.scalars(select(MissedQuestion)).all() == []


def test_a_message_taken_back_leaves_only_its_count(sessions: Sessions) -> None:
    """Text, person, meaning and wish are gone at once; the rows stay."""
    with sessions.begin() as session:
        row = asked(session, resident_id=resident(session).id, message_id="m1")
        wishes.agree(session, row, NOW)
        session.flush()
        missed.take_back(session, "m1")
    with sessions() as session:
        left = session.scalars(select(Question)).one()
        assert (left.text, left.resident_id, left.message_id, left.outcome) == (None, None, None, "not_found")
        work = session.scalars(select(MissedQuestion)).one()
        assert (work.meaning, work.neighbours, work.due_at) == (None, None, None)
        assert session.scalars(select(Wish)).all() == []


def test_old_questions_are_erased_in_time(sessions: Sessions) -> None:
    """After ninety days nothing of a person is left of a question; younger ones keep their text, and all rows count."""
    with sessions.begin() as session:
        who = resident(session).id
        for days in (0, 88, 89, 90, 400):
            asked(session, f"{days}日前", at=NOW - timedelta(days=days, hours=1), resident_id=who)
    with sessions.begin() as session:
        assert erase_old(session, NOW) == 3
        assert erase_old(session, NOW) == 0
    with sessions() as session:
        kept = session.execute(select(Question.text, Question.resident_id).order_by(Question.asked_at)).all()
        assert kept == [(None, None)] * 3 + [("88日前", who), ("0日前", who)]
        assert timedelta(days=90) > KEPT
