"""Facts asked for in vain, over rows alone: which are told, in which order, of whose guides."""

from collections import Counter
from collections.abc import Sequence
from datetime import date, timedelta

import pytest
from sqlalchemy import update
from sqlalchemy.orm import Session

from bot.console.guides import asked
from knowledge import library
from knowledge.database import Sessions
from knowledge.models import GuideRow
from knowledge.records import FactKind
from tests.databases import toshima_url as database_url
from tests.knowledge.asked import NOW
from tests.knowledge.asked import asked as question

__all__ = ["database_url"]

Lacks = Sequence[tuple[str, FactKind, int]]
MARRIAGE, MOVING = "kekkon-todoke", "tennyu-todoke"
LACKED: Lacks = (
    (MARRIAGE, FactKind.AGENT, 3),
    (MARRIAGE, FactKind.FEE, 2),
    (MARRIAGE, FactKind.ONLINE, 9),
    (MOVING, FactKind.FEE, 4),
    (MOVING, FactKind.DEADLINE, 8),
    ("gone", FactKind.FEE, 7),
)


@pytest.fixture
def asked_in_vain(sessions: Sessions) -> Sessions:
    """Questions of this month that lacked a fact, and one that lacked none."""
    with sessions.begin() as session:
        for guide, fact, times in LACKED:
            for _ in range(times):
                _ask(session, guide, {"step": "follow_up", "lacks": fact.value})
        _ask(session, MOVING, {"step": "found"})
    return sessions


def _ask(session: Session, guide: str, trace: dict[str, str]) -> None:
    question(session, "いくら？", outcome="answered", guide_id=guide, trace=trace)


def _told(session: Session, department: str | None = None) -> Counter[tuple[str, str]]:
    found = asked.wanted(session, department, NOW)
    assert [each.times for each in found] == sorted((each.times for each in found), reverse=True)
    return Counter({(each.guide.id, each.label): each.times for each in found})


def test_what_a_guide_has_or_cannot_have_is_not_wanted(asked_in_vain: Sessions) -> None:
    """A deadline that it tells by now; that something is not online; a guide that is no more."""
    with asked_in_vain() as session:
        assert _told(session) == {(MOVING, "費用"): 4, (MARRIAGE, "代理の人"): 3, (MARRIAGE, "費用"): 2}
        assert asked.wanted(session, None, NOW + timedelta(days=31)) == []


def test_a_department_is_told_of_its_own_guides(asked_in_vain: Sessions) -> None:
    """And of no others."""
    with asked_in_vain.begin() as session:
        session.execute(update(GuideRow).where(GuideRow.id == MOVING).values(owner="引越し課"))
    with asked_in_vain() as session:
        assert _told(session, "引越し課") == {(MOVING, "費用"): 4}
        assert _told(session, "ひまな課") == {}


def test_a_fact_of_another_day_is_lacking_today(asked_in_vain: Sessions) -> None:
    """What holds from next year on is not told yet, and neither is what ended."""
    with asked_in_vain() as session:
        guide = library.guide(session, MOVING)
        assert guide
        fee = {"case": "届け出", "yen": 0, "kind": "fee"}
        for day, lacking in (
            (None, False),
            ({"valid_from": date(2027, 1, 1)}, True),
            ({"valid_to": NOW.date()}, False),
        ):
            dated = type(guide).model_validate(guide.model_dump() | {"fees": [fee | (day or {})]})
            library.pretend(session, dated)
            assert ((MOVING, "費用") in _told(session)) is lacking
            assert (asked.lacked(session, dated, NOW) != []) is lacking
