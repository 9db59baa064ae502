"""The platform in trouble: half of it refusing, then all of it failing, then silent; in the test's own time."""

from collections import Counter

import pytest

from bot.notices.sender import Step, send_one
from bot.simulator.endpoints import Endpoint
from bot.simulator.faults import Fault
from knowledge.models import CampaignStatus
from tests.bot.notices.world import Ward
from tests.knowledge.notices.town import line_id

STORM: tuple[tuple[float, dict[Fault, float]], ...] = (
    (120.0, {Fault.RATE_LIMITED: 0.5}),
    (180.0, {Fault.SERVER_ERROR: 1.0}),
    (60.0, {Fault.TIMEOUT: 1.0}),
)
"""How long each trouble lasts, in seconds: half 429, then 500, then hung."""


def _pass(town: Ward, until: float) -> None:
    """Send whatever can be until a time; a request takes a hundredth of a second, a hung one ten."""
    while town.clock.time < until:
        town.round()
        match send_one(town.parts):
            case Step.WAIT:
                town.clock.pass_(2.0)
            case Step.IDLE:
                return
            case Step.SENT | Step.FAILED | Step.WRITTEN:
                town.clock.pass_(0.01)


def _weather(town: Ward, people: int) -> tuple[int, float]:
    """Send to that many people through the whole storm; the attempts, and the seconds from its end to the end."""
    town.friends(people)
    campaign = town.started()
    town.round()
    for seconds, chances in STORM:
        town.platform.faults.chance(Endpoint.MULTICAST, chances)
        _pass(town, town.clock.time + seconds)
    town.platform.faults.clear()
    calm = town.clock.time
    town.run()
    assert town.campaign(campaign).status == CampaignStatus.SENT
    assert Counter(town.told()) == Counter(line_id(n) for n in range(1, people + 1))
    return town.attempts(), town.clock.time - calm


def test_a_storm_is_waited_out(town: Ward) -> None:
    """10,000 people: few attempts are wasted (100 would be half of what 100,000 people need), soon after it is done."""
    attempts, after = _weather(town, 10_000)
    assert attempts - 20 <= 100
    assert after <= 180


@pytest.mark.prove
@pytest.mark.timeout(1800)
def test_a_storm_over_a_hundred_thousand(town: Ward) -> None:
    """At full size: at most half as many attempts again as needed, done within three minutes of recovery."""
    attempts, after = _weather(town, 100_000)
    assert attempts <= 1.5 * 200
    assert after <= 180
