"""Word to those on call: each once, tried again until LINE took it; drills go to testers, marked, and nobody else."""

from datetime import timedelta

import pytest

from bot.simulator.endpoints import Endpoint
from bot.simulator.faults import Fault
from knowledge.disaster import switch
from knowledge.models import Hazard, Mode, World
from tests.bot.disaster.conftest import Town
from tests.handlers.emergency import Member


def test_those_on_call_hear_of_the_request_and_of_the_switch(town: Town) -> None:
    """With the page where the second person confirms; a tester who is not on call hears nothing."""
    phone, other = town.tester(1, on_call=True), town.tester(2, on_call=False)
    town.turn()
    assert town.calling.once(town.now) == 2
    assert town.calling.once(town.now) == 0
    asked, switched = town.said_to(phone)
    assert "「災害モード」に切り替える求めが出ました" in asked
    assert asked.endswith("https://pocket.example/staff/disaster")
    assert "「災害モード」になりました" in switched
    assert town.said_to(other) == []


def test_a_drill_tells_every_tester_that_it_is_one(town: Town) -> None:
    """【訓練】 stands before it, and the address is the drill's."""
    testers = [town.tester(1, on_call=True), town.tester(2, on_call=False)]
    town.platform.add_user("住民")
    town.turn(world=World.DRILL)
    town.calling.once(town.now)
    for each in testers:
        assert len(town.said_to(each)) == 2
        assert all(text.startswith("【訓練】") and text.endswith("?world=drill") for text in town.said_to(each))
    assert {user for entry in town.platform.ledger.accepted() for user in entry.recipients} == set(testers)


@pytest.mark.parametrize("fault", [Fault.SERVER_ERROR, Fault.REPLY_LOST, Fault.ACCEPTED_ERROR, Fault.RATE_LIMITED])
def test_what_line_did_not_take_is_sent_again_and_arrives_once(town: Town, fault: Fault) -> None:
    """Also where it had been taken without our knowing."""
    phone = town.tester(1, on_call=True)
    with town.sessions.begin() as session:
        switch.ask(session, World.LIVE, Mode.DISASTER, Hazard.FLOOD, "", Member(1), town.now)
    town.platform.faults.queue(Endpoint.PUSH, fault)
    assert town.calling.once(town.now) == 0
    assert town.calling.once(town.now + timedelta(seconds=1)) == 0
    assert town.calling.once(town.now + timedelta(seconds=6)) == 1
    assert len(town.said_to(phone)) == 1


def test_somebody_who_blocked_us_is_not_called(town: Town) -> None:
    """And holds up nobody."""
    phone = town.tester(1, on_call=True)
    with town.sessions.begin() as session:
        switch.ask(session, World.LIVE, Mode.DISASTER, Hazard.FLOOD, "", Member(1), town.now)
    town.platform.faults.queue(Endpoint.PUSH, *[Fault.SERVER_ERROR] * 3)
    for minute in (0, 10, 31, 40):
        town.calling.once(town.now + timedelta(minutes=minute))
    assert town.said_to(phone) == []
