"""From an approved notice to the platform's ledger: once to everybody, whatever LINE answers."""

import math
from collections import Counter
from datetime import timedelta
from typing import Any

import pytest
from sqlalchemy import Engine, event, text

from bot.notices.batches import claim
from bot.notices.sender import Hand, Sender, Step, send_one
from bot.simulator.endpoints import Endpoint
from bot.simulator.faults import Fault
from knowledge.campaign import load
from knowledge.course import stop
from knowledge.models import BatchStatus, CampaignStatus, RecipientStatus, Resident, ResidentStatus
from tests.bot.notices.world import Member, Ward
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


def test_one_transaction_closes_what_was_taken_and_takes_the_next(town: Ward) -> None:
    """A hand of four sends four before it writes; stopping gives the rest back as if it had never been taken."""
    town.friends(3_000)
    campaign = town.started()
    town.round()
    hand = Hand(town.parts, most=4)
    assert [hand.step() for _ in range(3)] == [Step.SENT] * 3
    assert Counter(_statuses(town, campaign)) == {BatchStatus.CLAIMED: 4, BatchStatus.PREPARED: 2}
    hand.put_down()
    assert Counter(_statuses(town, campaign)) == {BatchStatus.ACCEPTED: 3, BatchStatus.PREPARED: 3}
    assert [batch.uncertain for batch in town.batches(campaign)] == [True] * 3 + [False] * 3
    town.run()
    assert Counter(town.told()) == Counter(line_id(n) for n in range(1, 3_001))


def test_what_is_held_too_long_is_given_back(town: Ward) -> None:
    """A batch in hand that is not begun within two seconds is not sent: a notice stopped meanwhile stays stopped."""
    town.friends(1_500)
    campaign = town.started()
    town.round()
    hand = Hand(town.parts)
    assert hand.step() is Step.SENT
    with town.sessions.begin() as session:
        stop(session, load(session, campaign), Member(2), town.now)
    town.clock.pass_(2.5)
    assert hand.step() is Step.WAIT
    assert len(town.told()) == 500
    assert Counter(_statuses(town, campaign)) == {BatchStatus.ACCEPTED: 1, BatchStatus.CANCELLED: 2}


def test_who_leaves_while_a_batch_is_in_hand_is_looked_for_again(town: Ward) -> None:
    """A batch given back unsent gets a new last look: an unfollow since is honoured."""
    town.friends(501)
    campaign = town.started()
    town.round()
    hand = Hand(town.parts)
    assert hand.step() is Step.SENT
    hand.put_down()
    with town.sessions.begin() as session:
        session.get_one(Resident, 501).status = ResidentStatus.BLOCKED
    town.run()
    assert town.outcomes(campaign)[501] == RecipientStatus.UNFOLLOWED
    assert len(town.told()) == 500


def test_a_stop_between_the_look_and_the_claim_is_kept(town: Ward, engine: Engine) -> None:
    """Batches are looked at before anything is locked; what somebody stops in that moment is not claimed.

    PostgreSQL locks the rows it looks at, so there the moment does not exist.
    """
    if engine.dialect.name != "sqlite":
        return
    town.friends(3)
    campaign = town.started()
    town.round()

    @event.listens_for(engine, "before_execute")
    def stop_first(*called: Any) -> None:
        if (
            str(called[1]).startswith("UPDATE sending_gates")
            and town.campaign(campaign).status == CampaignStatus.SENDING
        ):
            with town.sessions.begin() as session:
                stop(session, load(session, campaign), Member(2), town.now)

    with town.sessions.begin() as session:
        assert claim(session, town.parts.brake, town.now) is None
    event.remove(engine, "before_execute", stop_first)
    assert _statuses(town, campaign) == [BatchStatus.CANCELLED]


def test_freezing_writes_a_row_for_each_batch_and_none_for_each_person(town: Ward, engine: Engine) -> None:
    """So that it takes no longer for a town than for a village; nor does claiming a batch write a row for each."""
    town.friends(2_500)
    campaign, rows = town.started(), list[int]()

    @event.listens_for(engine, "after_cursor_execute")
    def count(*called: Any) -> None:
        if called[2].startswith(("INSERT", "UPDATE")):
            rows.append(max(1, called[1].rowcount))

    town.round()
    assert sum(rows) < 20
    for _ in town.batches(campaign):
        assert send_one(town.parts) is Step.SENT
    event.remove(engine, "after_cursor_execute", count)
    assert sum(rows) < 60
    assert town.outcomes(campaign) == {}
    town.run()
    assert len(town.outcomes(campaign)) == 2_500


def test_what_line_took_is_written_down_though_nothing_more_can_be_taken(town: Ward, engine: Engine) -> None:
    """Where taking the next batch fails, the accepted ones are closed by themselves, and sending goes on afterwards."""
    town.friends(1_000)
    campaign = town.started()
    town.round()
    hand, sender = Hand(town.parts, most=1), Sender(town.parts)
    assert hand.step() is Step.SENT
    with engine.begin() as connection:
        connection.execute(text("ALTER TABLE sending_gates RENAME TO elsewhere"))
    assert sender._step(hand) is Step.IDLE
    assert Counter(_statuses(town, campaign)) == {BatchStatus.ACCEPTED: 1, BatchStatus.PREPARED: 1}
    with engine.begin() as connection:
        connection.execute(text("ALTER TABLE elsewhere RENAME TO sending_gates"))
    town.run()
    assert Counter(town.told()) == Counter(line_id(n) for n in range(1, 1_001))


def test_while_nothing_is_sent_the_round_alone_asks(town: Ward, engine: Engine) -> None:
    """Between two rounds a thread at rest asks the database nothing; with a notice the next round sets all to work."""
    town.friends(1_000)
    hand, sender, asked = Hand(town.parts, most=1), Sender(town.parts), list[str]()
    assert sender._step(hand) is Step.IDLE
    sender._round_at = math.inf
    event.listen(engine, "before_cursor_execute", lambda *told: asked.append(told[2]))
    assert sender._step(hand) is Step.IDLE
    assert not asked
    town.started()
    sender._round_at = 0.0
    assert [sender._step(hand), sender._step(hand)] == [Step.SENT, Step.SENT]
    town.run()
    assert Counter(town.told()) == Counter(line_id(n) for n in range(1, 1_001))
