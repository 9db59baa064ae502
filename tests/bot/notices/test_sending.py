"""From an approved notice to the platform's ledger: once to everybody, whatever LINE answers."""

from collections import Counter
from datetime import timedelta

import pytest

from bot.notices.batches import claim
from bot.notices.sender import send_one
from bot.simulator.endpoints import Endpoint
from bot.simulator.faults import Fault
from knowledge.models import BatchStatus, CampaignStatus
from tests.bot.notices.world import Ward
from tests.knowledge.notices.town import line_id


def _statuses(town: Ward, campaign: str) -> list[str]:
    return [batch.status for batch in town.batches(campaign)]


def test_everybody_is_told_once_in_batches_of_500(town: Ward) -> None:
    """1,201 friends are three requests; key and digest stand before the first byte, and the body is the digest's."""
    town.friends(1201)
    campaign = town.started()
    town.round()
    assert [batch.people for batch in town.batches(campaign)] == [500, 500, 201]
    assert town.attempts() == 0
    town.run()
    assert Counter(town.told()) == Counter(line_id(n) for n in range(1, 1202))
    accepted = town.platform.ledger.accepted(Endpoint.MULTICAST)
    assert [entry.retry_key for entry in accepted] == [batch.retry_key for batch in town.batches(campaign)]
    assert town.campaign(campaign).status == CampaignStatus.SENT


@pytest.mark.parametrize("fault", list(Fault))
def test_a_fault_is_tried_again_with_the_same_key_and_body(town: Ward, fault: Fault) -> None:
    """Lost replies, errors after accepting and before, resets and hung requests: everybody gets it exactly once."""
    town.friends(3)
    town.platform.faults.queue(Endpoint.MULTICAST, fault, fault)
    campaign = town.started()
    town.run()
    assert Counter(town.told()) == Counter(line_id(n) for n in range(1, 4))
    keys = {entry.retry_key for entry in town.platform.ledger.refused(Endpoint.MULTICAST)}
    assert keys == {town.batches(campaign)[0].retry_key}
    assert _statuses(town, campaign) == [BatchStatus.ACCEPTED]


def test_a_sender_that_died_is_relieved_within_its_lease(town: Ward) -> None:
    """A claim whose process is gone is sent under the same key by another, half a minute later."""
    town.friends(3)
    campaign = town.started()
    town.round()
    with town.sessions.begin() as session:
        held = claim(session, town.parts.brake, town.now)
    assert held
    town.parts.client.multicast(held.body, held.retry_key)
    begun = town.clock.time
    town.run()
    assert town.clock.time - begun < 60
    assert Counter(town.told()) == Counter(line_id(n) for n in range(1, 4))
    assert [entry.status for entry in town.platform.ledger.refused()] == [409]
    assert _statuses(town, campaign) == [BatchStatus.ACCEPTED]


@pytest.mark.parametrize(
    ("hours", "status"), [(22.99, BatchStatus.ACCEPTED), (23.01, BatchStatus.UNKNOWN), (24.5, BatchStatus.UNKNOWN)]
)
def test_nothing_is_resent_blindly_after_23_hours(town: Ward, hours: float, status: BatchStatus) -> None:
    """An unanswered batch is repeated while LINE remembers its key; later it waits for a person."""
    town.friends(3)
    town.platform.faults.queue(Endpoint.MULTICAST, Fault.REPLY_LOST)
    campaign = town.started()
    town.round()
    send_one(town.parts)
    town.clock.pass_(hours * 3600)
    town.run()
    assert Counter(town.told()) == Counter(line_id(n) for n in range(1, 4))
    assert _statuses(town, campaign) == [status]


def test_what_was_certainly_refused_gets_a_new_key_after_23_hours(town: Ward) -> None:
    """Rate limits refuse before accepting: there is nothing to fear, and everybody is told once."""
    town.friends(3)
    town.platform.faults.queue(Endpoint.MULTICAST, Fault.RATE_LIMITED)
    campaign = town.started()
    town.round()
    send_one(town.parts)
    first = town.batches(campaign)[0].retry_key
    town.clock.pass_(timedelta(hours=25).total_seconds())
    town.run()
    assert Counter(town.told()) == Counter(line_id(n) for n in range(1, 4))
    assert town.batches(campaign)[0].retry_key != first
