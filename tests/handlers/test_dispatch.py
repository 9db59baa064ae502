"""Events and what they do: the resident's status follows the time of events, not of their arrival."""

import itertools
from datetime import UTC, datetime

import pytest

from handlers.dispatch import dispatch
from handlers.events import Followed, Ignored, Incoming, Invited, Reason, Said, Sent, Took, Unfollowed, What
from knowledge.database import Sessions
from knowledge.models import Question, Resident
from tests.bot.line.said import ALICE, Marks

NOW = datetime(2026, 11, 21, 3, 0, tzinfo=UTC)


def _do(sessions: Sessions, what: What, at_ms: int = 1, user: str | None = ALICE) -> str | None:
    with sessions.begin() as session:
        reply = dispatch(Marks(), session, Incoming(f"e{at_ms}", user, at_ms, what), NOW)
    return None if reply is None else str(reply.parts[0])


def _status(sessions: Sessions) -> str:
    with sessions() as session:
        return session.query(Resident).one().status


@pytest.mark.parametrize("order", list(itertools.permutations([(1, Followed()), (2, Unfollowed()), (3, Followed())])))
def test_the_latest_event_decides_whatever_the_order(sessions: Sessions, order: tuple[tuple[int, What], ...]) -> None:
    """Followed, blocked, followed again: a friend, however the three arrive."""
    for at_ms, what in order:
        _do(sessions, what, at_ms)
    assert _status(sessions) == "friend"


def test_a_late_follow_does_not_undo_a_block(sessions: Sessions) -> None:
    """Blocked at five; a follow of three arrives afterwards."""
    _do(sessions, Unfollowed(), 5)
    _do(sessions, Followed(), 3)
    assert _status(sessions) == "blocked"


def test_a_question_makes_its_resident_known_once(sessions: Sessions) -> None:
    """Two questions, one resident."""
    _do(sessions, Said("ごみ", "1"), 1)
    _do(sessions, Said("いつ", "2"), 2)
    with sessions() as session:
        resident = session.query(Resident).one()
        assert {row.resident_id for row in session.query(Question)} == {resident.id}


def test_nobody_is_no_resident(sessions: Sessions) -> None:
    """Without an id the question is answered, and nobody is stored."""
    assert _do(sessions, Said("ごみ", "1"), user=None) is not None
    assert _do(sessions, Followed(), user=None) is not None
    with sessions() as session:
        assert session.query(Resident).count() == 0


def test_what_is_not_text_is_answered(sessions: Sessions) -> None:
    """Politely, by its kind."""
    assert "sticker" in str(_do(sessions, Sent("sticker")))


@pytest.mark.parametrize("what", [Ignored(Reason.UNKNOWN_TYPE), Invited(), Unfollowed(), Took("1")])
def test_nothing_is_said_to_what_asks_nothing(sessions: Sessions, what: What) -> None:
    """Ignored, invited, unfollowed, taken back: silence."""
    assert _do(sessions, what) is None


def test_taking_back_twice_is_taking_back_once(sessions: Sessions) -> None:
    """And the message, should it come only now, is not answered."""
    _do(sessions, Took("7"))
    _do(sessions, Took("7"))
    assert _do(sessions, Said("秘密", "7")) is None
