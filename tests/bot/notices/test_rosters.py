"""People of a batch that goes to everybody on its roster become recipients afterwards, and count as told before."""

from collections import Counter

import pytest
from sqlalchemy import select

from bot.notices import roster
from bot.notices.sender import Hand, Step
from bot.simulator.endpoints import Endpoint
from bot.simulator.faults import Fault
from knowledge.audience import count
from knowledge.batch_report import report
from knowledge.campaign import Drill, Live, correction, load
from knowledge.models import (
    Batch,
    BatchStatus,
    Campaign,
    CampaignStatus,
    DepartmentBudget,
    RecipientStatus,
    Resident,
    ResidentStatus,
    Urgency,
)
from knowledge.segment import Conditions, Everyone, Reached
from tests.bot.notices.world import Ward, wording
from tests.knowledge.notices.town import line_id

DISASTER = Live(wording(urgency=Urgency.DISASTER), Everyone())


def _sent(town: Ward, plan: Live | None = None) -> str:
    """A notice whose batches are all sent and none of them written out; its id."""
    campaign = town.started(plan)
    town.round()
    hand = Hand(town.parts)
    while any(batch.status != BatchStatus.ACCEPTED for batch in town.batches(campaign)):
        if hand.step() is not Step.SENT:
            town.clock.pass_(60.0)
    town.round()
    assert (town.campaign(campaign).status, town.outcomes(campaign)) == (CampaignStatus.SENT, {})
    return campaign


def test_idle_senders_write_people_out(town: Ward) -> None:
    """Once nobody waits to be told; until then the report counts them from the rosters, and afterwards the same."""
    town.friends(1_201)
    campaign = _sent(town)
    with town.sessions() as session:
        before = report(session, load(session, campaign))
    hand = Hand(town.parts, most=2)
    assert [hand.step() for _ in range(3)] == [Step.WRITTEN, Step.WRITTEN, Step.IDLE]
    assert town.outcomes(campaign) == dict.fromkeys(range(1, 1_202), RecipientStatus.INCLUDED)
    with town.sessions() as session:
        assert report(session, load(session, campaign)) == before
    assert (before.people, before.sent) == (1_201, 1_201)


def test_the_next_notice_comes_first(town: Ward) -> None:
    """Who waits for a notice does not wait until those of another are written out."""
    town.friends(600)
    first = _sent(town)
    second = town.started()
    town.round()
    hand = Hand(town.parts)
    steps = [step for step in (hand.step() for _ in range(5)) if step is not Step.WAIT]
    assert steps[:3] == [Step.SENT, Step.SENT, Step.WRITTEN]
    assert steps[-1] == Step.IDLE
    assert town.outcomes(first) == town.outcomes(second) == dict.fromkeys(range(1, 601), RecipientStatus.INCLUDED)


def test_a_round_says_that_rosters_are_left(town: Ward) -> None:
    """Also of a sender that died after the last request: the notice is closed, and still somebody writes them out."""
    town.friends(2)
    campaign = _sent(town)
    town.run()
    assert town.outcomes(campaign) == dict.fromkeys((1, 2), RecipientStatus.INCLUDED)


def test_a_correction_reaches_them_at_once(town: Ward) -> None:
    """Whom a notice reached is known before its people are written out."""
    town.friends(700)
    disaster = _sent(town, DISASTER)
    with town.sessions.begin() as session:
        beside = correction(session, load(session, disaster))
        assert beside
        town.send_off(session, beside)
    town.newcomer()
    first = town.told()
    town.run()
    assert Counter(town.told()[len(first) :]) == Counter(first)


@pytest.mark.parametrize("written", [False, True])
def test_who_is_told_already_is_not_told_again(town: Ward, *, written: bool) -> None:
    """The predicates on what was sent say the same before and after."""
    town.friends(3)
    campaign = _sent(town)
    town.newcomer()
    if written:
        town.run()
    with town.sessions() as session:
        assert count(session, Reached(campaign=campaign), town.now) == 3
        assert count(session, Conditions(not_told=frozenset([campaign])), town.now) == 1


def test_a_budget_counts_them(town: Ward) -> None:
    """A notice that was sent a moment ago counts against its department's budget."""
    town.friends(2)
    with town.sessions.begin() as session:
        session.add(DepartmentBudget(department="広報課", monthly=1))
    _sent(town)
    second = town.started()
    town.run()
    assert town.outcomes(second) == dict.fromkeys((1, 2), RecipientStatus.OVER_BUDGET)
    assert Counter(town.told()) == {line_id(1): 1, line_id(2): 1}


def test_a_repeated_batch_keeps_its_people(town: Ward) -> None:
    """Whoever left after the first attempt stays in the request: its bytes are fixed, and the key makes it one."""
    town.friends(3)
    town.platform.faults.queue(Endpoint.MULTICAST, Fault.REPLY_LOST)
    campaign = town.started()
    town.round()
    hand = Hand(town.parts)
    assert hand.step() is Step.FAILED
    with town.sessions.begin() as session:
        session.get_one(Resident, 2).status = ResidentStatus.BLOCKED
    town.run()
    assert Counter(town.told()) == Counter(line_id(n) for n in (1, 2, 3))
    assert town.outcomes(campaign) == dict.fromkeys((1, 2, 3), RecipientStatus.INCLUDED)


def test_testers_are_recipients_before_they_are_told(town: Ward) -> None:
    """The keys of a drill's rows keep it from residents, so they stand before the first byte."""
    town.friends(3)
    town.testers(1, 2)
    campaign = town.started(Drill(wording()))
    town.round()
    hand = Hand(town.parts)
    assert hand.step() is Step.SENT
    assert town.outcomes(campaign) == dict.fromkeys((1, 2), RecipientStatus.INCLUDED)


def test_two_senders_write_nobody_out_twice(town: Ward) -> None:
    """Both look before either writes: on PostgreSQL the second sees none, on SQLite it finds the roster empty."""
    town.friends(5)
    campaign = _sent(town)
    with town.sessions() as one, town.sessions() as other:
        found, again = roster.left(one, 8), roster.left(other, 8)
        assert len(found) == 1
        roster.write_out(one, found)
        one.commit()
        roster.write_out(other, again)
        other.commit()
    assert town.outcomes(campaign) == dict.fromkeys(range(1, 6), RecipientStatus.INCLUDED)
    with town.sessions() as session:
        assert session.scalars(select(Batch.roster)).all() == [None]
        assert session.get_one(Campaign, campaign).people == 5
