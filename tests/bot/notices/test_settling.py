"""The last look before the first byte, and what holds or ends a notice."""

from collections import Counter
from datetime import UTC, datetime, timedelta
from hashlib import sha256

import pytest
from sqlalchemy import delete

from bot.notices.batches import claim
from bot.notices.sender import send_one
from bot.notices.settling import quiet_until
from bot.simulator.config import SimulatorConfig, UnknownRecipients
from bot.simulator.endpoints import Endpoint
from bot.simulator.faults import Fault
from knowledge import models
from knowledge.campaign import Drill, Live, correction, load
from knowledge.course import pause, resume, stop
from knowledge.days import JST
from knowledge.models import (
    BatchStatus,
    CampaignStatus,
    DepartmentBudget,
    RecipientStatus,
    Resident,
    ResidentChoices,
    ResidentStatus,
    Subscription,
    Topic,
    Urgency,
)
from knowledge.segment import Conditions, Everyone
from tests.bot.notices.world import Member, Ward, wording
from tests.bot.simulator.stand import SECRET, TOKEN, Clock
from tests.knowledge.notices.town import line_id

NIGHT = datetime(2026, 11, 21, 22, 0, tzinfo=JST).timestamp()


def _quiet(town: Ward, *residents: int) -> None:
    with town.sessions.begin() as session:
        for resident in residents:
            session.add(
                ResidentChoices(resident_id=resident, quiet_from=21 * 60, quiet_until=7 * 60, updated_at=town.now)
            )


def test_who_left_after_freezing_is_left_out(town: Ward) -> None:
    """An unfollow that came in before a batch's first byte is honoured; the others get theirs."""
    town.friends(501)
    campaign = town.started()
    town.round()
    with town.sessions.begin() as session:
        for resident in (2, 501):
            session.get_one(Resident, resident).status = ResidentStatus.BLOCKED
    town.run()
    assert set(town.told()) == {line_id(n) for n in range(1, 502)} - {line_id(2), line_id(501)}
    left_out = {n for n, status in town.outcomes(campaign).items() if status == RecipientStatus.UNFOLLOWED}
    assert left_out == {2, 501}
    assert [batch.status for batch in town.batches(campaign)] == [BatchStatus.ACCEPTED, BatchStatus.EMPTY]


def test_who_no_longer_wants_the_topic_is_left_out(town: Ward) -> None:
    """A topic given up keeps its normal notices away, but not an urgent one."""
    town.friends(2)
    with town.sessions.begin() as session:
        session.add(Subscription(resident_id=1, topic=Topic.EVENTS, since=town.now, ended_at=town.now))
    normal = town.started(Live(wording(topic=Topic.EVENTS), Everyone()))
    town.run()
    assert town.outcomes(normal) == {1: RecipientStatus.OPTED_OUT, 2: RecipientStatus.INCLUDED}
    urgent = town.started(Live(wording(topic=Topic.EVENTS, urgency=Urgency.URGENT), Everyone()))
    town.run()
    assert set(town.outcomes(urgent).values()) == {RecipientStatus.INCLUDED}
    assert Counter(town.told()) == {line_id(1): 1, line_id(2): 2}


def test_nobody_is_woken_by_a_normal_notice(town: Ward) -> None:
    """At ten at night who sleeps until seven gets it at seven, all of them in one request; the rest at once."""
    town.clock.time = NIGHT
    town.friends(600)
    _quiet(town, 1, 300, 600)
    campaign = town.started()
    town.run(seconds=60)
    assert set(town.told()) == {line_id(n) for n in range(1, 601)} - {line_id(n) for n in (1, 300, 600)}
    assert town.campaign(campaign).status == CampaignStatus.SENDING
    town.clock.time = NIGHT + 9 * 3600
    town.run()
    last = town.platform.ledger.accepted(Endpoint.MULTICAST)[-1]
    assert set(last.recipients) == {line_id(n) for n in (1, 300, 600)}
    assert set(Counter(town.told()).values()) == {1}
    assert town.campaign(campaign).status == CampaignStatus.SENT


def test_a_tester_removed_meanwhile_gets_no_drill(town: Ward) -> None:
    """Frozen as a tester, taken off the list before the batch's turn: the others get the drill, they do not."""
    town.friends(3)
    town.testers(1, 2)
    campaign = town.started(Drill(wording()))
    town.round()
    with town.sessions.begin() as session:
        session.execute(delete(models.Tester).where(models.Tester.resident_id == 1))
    town.run()
    assert town.told() == [line_id(2)]
    assert town.outcomes(campaign) == {2: RecipientStatus.INCLUDED}


def test_a_disaster_wakes_everybody(town: Ward) -> None:
    """Quiet hours and budgets do not hold back what is urgent."""
    town.clock.time = NIGHT
    town.friends(2)
    _quiet(town, 1)
    with town.sessions.begin() as session:
        session.add(DepartmentBudget(department="広報課", monthly=0))
    town.started(Live(wording(urgency=Urgency.DISASTER), Everyone()))
    town.run(seconds=60)
    assert sorted(town.told()) == [line_id(1), line_id(2)]


def test_a_department_can_not_wear_people_out(town: Ward) -> None:
    """With a budget of two a month, the third normal notice leaves everybody out; next month they get one again."""
    town.friends(2)
    with town.sessions.begin() as session:
        session.add(DepartmentBudget(department="広報課", monthly=2))
    for _ in range(3):
        third = town.started()
        town.run()
    assert set(town.outcomes(third).values()) == {RecipientStatus.OVER_BUDGET}
    assert Counter(town.told()) == {line_id(1): 2, line_id(2): 2}
    town.clock.pass_(timedelta(days=31).total_seconds())
    town.started()
    town.run()
    assert Counter(town.told()) == {line_id(1): 3, line_id(2): 3}


class TestStrictPlatform:
    """A platform that refuses a whole request for one id it does not know."""

    @pytest.fixture
    def config(self) -> SimulatorConfig:
        """Unknown ids are refused."""
        return SimulatorConfig(SECRET, TOKEN, seed=1, now=Clock(), unknown_recipients=UnknownRecipients.REFUSED)

    def test_unknown_ids_are_quarantined(self, town: Ward) -> None:
        """Two ids nobody has are set aside one after the other; the others are told once, under a new key each time."""
        town.friends(6)
        with town.sessions.begin() as session:
            for resident, number in ((2, 900), (5, 901)):
                session.get_one(Resident, resident).line_user_id = line_id(number)
        campaign = town.started()
        town.run()
        assert Counter(town.told()) == Counter(line_id(n) for n in (1, 3, 4, 6))
        outcomes = town.outcomes(campaign)
        assert [n for n in outcomes if outcomes[n] == RecipientStatus.QUARANTINED] == [2, 5]
        assert len({entry.retry_key for entry in town.platform.ledger.refused(Endpoint.MULTICAST)}) == 2


class TestLimitedPlan:
    """A plan of five messages a month."""

    @pytest.fixture
    def config(self) -> SimulatorConfig:
        """Five recipients."""
        return SimulatorConfig(SECRET, TOKEN, seed=1, now=Clock(), monthly_quota=5)

    def test_nothing_is_sent_by_halves(self, town: Ward) -> None:
        """Six recipients do not fit into five: nothing is frozen or sent, and the notice waits with its reason."""
        town.friends(6)
        campaign = town.started()
        town.run()
        row = town.campaign(campaign)
        assert (row.status, row.problem, row.frozen_at) == (CampaignStatus.PAUSED, "quota", None)
        assert town.attempts() == 0

    def test_a_plan_that_ran_out_under_way_holds_the_notice(self, town: Ward) -> None:
        """Where somebody else used the plan up meanwhile, the batch is kept and goes out next month."""
        town.friends(3)
        campaign = town.started()
        town.round()
        town.platform.consumption.used = 4
        town.run()
        assert (town.campaign(campaign).problem, town.told()) == ("quota", [])
        town.clock.pass_(timedelta(days=31).total_seconds())
        with town.sessions.begin() as session:
            resume(session, load(session, campaign), Member(1), town.now)
        town.run()
        assert len(town.told()) == 3


def test_a_dead_token_holds_the_notice(town: Ward) -> None:
    """401 is no fault of the batch: it waits, and goes out once the token is mended."""
    town.friends(3)
    campaign = town.started()
    town.round()
    good = town.parts.client._token
    town.parts.client._token = type(good)("wrong")
    town.run()
    assert town.campaign(campaign).problem == "http_401"
    town.parts.client._token = good
    with town.sessions.begin() as session:
        resume(session, load(session, campaign), Member(1), town.now)
    town.run()
    assert sorted(town.told()) == [line_id(n) for n in (1, 2, 3)]


def test_pause_and_go_on(town: Ward) -> None:
    """While held nothing is sent; afterwards everybody is told once."""
    town.friends(1500)
    campaign = town.started()
    town.round()
    send_one(town.parts)
    with town.sessions.begin() as session:
        pause(session, load(session, campaign), Member(2), town.now)
    town.run(seconds=60)
    assert len(town.told()) == 500
    with town.sessions.begin() as session:
        resume(session, load(session, campaign), Member(1), town.now)
    town.run()
    assert Counter(town.told()) == Counter(line_id(n) for n in range(1, 1501))


def test_stop_ends_it_at_once(town: Ward) -> None:
    """After a stop no request begins; what was under way is known, what may have been taken waits for a person."""
    town.friends(1500)
    town.platform.faults.queue(Endpoint.MULTICAST, Fault.REPLY_LOST)
    campaign = town.started()
    town.round()
    send_one(town.parts)
    town.clock.pass_(5)
    with town.sessions.begin() as session:
        held = claim(session, town.parts.brake, town.now)
        assert held
    with town.sessions.begin() as session:
        stop(session, load(session, campaign), Member(2), town.now)
    town.run(seconds=120)
    town.clock.pass_(60)
    town.round()
    assert len(town.told()) == 500
    statuses = Counter(batch.status for batch in town.batches(campaign))
    assert statuses == {BatchStatus.CANCELLED: 2, BatchStatus.UNKNOWN: 1}
    assert town.campaign(campaign).status == CampaignStatus.STOPPED


def test_the_correction_reaches_exactly_whom_the_notice_reached(town: Ward) -> None:
    """Drafted beside the disaster notice, sent by two persons within minutes, to the same people, newcomers not."""
    town.friends(700)
    disaster = town.started(Live(wording(urgency=Urgency.DISASTER), Everyone()))
    town.run()
    first, begun = town.told(), town.clock.time
    town.newcomer()
    with town.sessions.begin() as session:
        beside = correction(session, load(session, disaster))
        assert beside
        town.send_off(session, beside)
        second = beside.id
    town.run()
    assert Counter(town.told()[len(first) :]) == Counter(first)
    assert town.clock.time - begun < 300
    assert set(town.outcomes(second)) == set(town.outcomes(disaster))


def test_an_unusual_count_stops_before_freezing(town: Ward) -> None:
    """Fifty people at approval, two hundred at sending: the notice waits until somebody confirms that very number."""
    town.friends(200)
    with town.sessions.begin() as session:
        for resident in range(1, 51):
            session.add(ResidentChoices(resident_id=resident, area="巣鴨", updated_at=town.now))
    campaign = town.started(Live(wording(), Conditions(areas=frozenset(["巣鴨"]))))
    with town.sessions.begin() as session:
        for resident in range(51, 201):
            session.add(ResidentChoices(resident_id=resident, area="巣鴨", updated_at=town.now))
    town.run()
    assert (town.campaign(campaign).problem, town.told()) == ("unusual_count", [])
    with town.sessions.begin() as session:
        resume(session, load(session, campaign), Member(1), town.now, confirmed_people=200)
    town.run()
    assert len(town.told()) == 200


@pytest.mark.parametrize(
    ("quiet", "hour", "until"),
    [
        ((21 * 60, 7 * 60), 22, "07:00"),
        ((21 * 60, 7 * 60), 6, "07:00"),
        ((21 * 60, 7 * 60), 7, None),
        ((21 * 60, 7 * 60), 20, None),
        ((12 * 60, 13 * 60 + 30), 13, "13:30"),
        ((0, 0), 3, None),
    ],
)
def test_quiet_hours_cross_midnight(quiet: tuple[int, int], hour: int, until: str | None) -> None:
    """The end is included, the day after it is counted, and an empty span is none; always by the clock in Japan."""
    now = datetime(2026, 11, 21, hour, 0, 30, tzinfo=JST)
    found = quiet_until(quiet, now.astimezone(UTC))
    assert (f"{found.astimezone(JST):%H:%M}" if found else None) == until
    assert found is None or now < found <= now + timedelta(days=1)


def test_every_request_is_the_digest_that_stands_in_its_row(town: Ward) -> None:
    """What the platform got is byte for byte what was written down before."""
    town.friends(3)
    campaign = town.started()
    town.run()
    (entry,) = town.platform.ledger.accepted(Endpoint.MULTICAST)
    assert [batch.body_digest for batch in town.batches(campaign)] == [sha256(entry.body).hexdigest()]
