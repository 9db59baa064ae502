"""One evening of a rule: who sleeps, what LINE refuses, who comes second, who dies, and what can not be said."""

from datetime import datetime
from threading import Thread

import pytest
from sqlalchemy import delete, select
from sqlalchemy.exc import IntegrityError

from bot.notices.following import _take, _tell, follow
from bot.simulator.endpoints import Endpoint
from bot.simulator.faults import Fault
from knowledge import collection
from knowledge.days import JST
from knowledge.models import Campaign, ResidentChoices, Rule, RuleOccasion, RuleTelling, Subscription, Topic
from knowledge.notice import Content, TextBlock, Variant
from knowledge.rules import RulePlan
from knowledge.trigger import occasions
from tests.bot.notices.test_following import BINS, PLANS, TABLE, approved, plan_of, said
from tests.bot.notices.world import CALENDAR, Ward
from tests.knowledge.notices.town import line_id

EVE = datetime(2026, 12, 7, 19, 55, tzinfo=JST)
"""Five minutes before the reminder of a Tuesday's collection in 巣鴨."""


@pytest.fixture
def evening(town: Ward) -> Ward:
    """Four residents of 巣鴨 who want to hear of garbage, and a rule that two people agreed to."""
    town.clock.time = EVE.timestamp()
    town.friends(4)
    with town.sessions.begin() as session:
        collection.replace_all(session, collection.read_table(TABLE))
        for resident in range(1, 5):
            session.add(ResidentChoices(resident_id=resident, area="巣鴨", updated_at=town.now))
            session.add(Subscription(resident_id=resident, topic=Topic.GARBAGE, since=town.now))
    approved(town.sessions, plan_of(2, "あ"), town.now)
    return town


def _hours(town: Ward, hours: float) -> None:
    """Time passes ten minutes at a time, with the rounds of a worker."""
    for _ in range(int(hours * 6)):
        town.clock.pass_(600)
        follow(town.sessions, CALENDAR, town.now)
        town.run(seconds=1)


def test_who_sleeps_hears_in_time_or_not_at_all(evening: Ward) -> None:
    """Quiet hours that end within the window put the reminder off; longer ones drop it; what is late is stopped."""
    with evening.sessions.begin() as session:
        for resident, until in ((1, 21), (2, 23)):
            choices = session.get_one(ResidentChoices, resident)
            choices.quiet_from, choices.quiet_until = 19 * 60, until * 60
    _hours(evening, 0.5)
    assert said(evening) == {("2", line_id(3)): 1, ("2", line_id(4)): 1}
    _hours(evening, 1)
    assert said(evening)[("2", line_id(1))] == 1
    _hours(evening, 12)
    assert ("2", line_id(2)) not in said(evening)
    with evening.sessions() as session:
        assert set(session.scalars(select(Campaign.status))) == {"stopped"}


def test_what_line_did_not_take_in_time_is_not_sent_late(evening: Ward) -> None:
    """LINE refuses everything until past ten: the reminder of the evening does not come in the night."""
    evening.platform.faults.queue(Endpoint.MULTICAST, *[Fault.RATE_LIMITED] * 2_000)
    _hours(evening, 2.5)
    evening.platform.faults.clear()
    _hours(evening, 6)
    assert said(evening) == {}


def test_two_workers_at_once_begin_one_campaign(evening: Ward) -> None:
    """Whoever comes second finds the moment taken, on either database."""
    evening.clock.pass_(600)
    threads = [Thread(target=follow, args=(evening.sessions, CALENDAR, evening.now)) for _ in range(6)]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join()
    evening.run(seconds=30)
    assert said(evening) == {("2", line_id(number)): 1 for number in range(1, 5)}
    with evening.sessions() as session:
        assert (session.query(Campaign).count(), session.query(RuleTelling).count()) == (1, 4)


def test_a_worker_that_dies_before_the_commit_leaves_nothing(evening: Ward) -> None:
    """The next one begins anew; a telling can not be written twice."""
    evening.clock.pass_(600)
    with evening.sessions() as session:
        rule = session.scalars(select(Rule.id)).one()
        moment = next(occasions(PLANS[2][0], EVE, evening.now, collection.rows(session)))
        assert _take(session, rule, moment, CALENDAR, evening.now)
        session.rollback()
    assert follow(evening.sessions, CALENDAR, evening.now) == 1
    with evening.sessions.begin() as session:
        session.execute(delete(RuleOccasion))
    with pytest.raises(IntegrityError), evening.sessions.begin() as session:
        _tell(session, rule, moment, session.scalars(select(Campaign.id)).one(), [1])


def test_a_rule_that_can_not_be_said_holds_up_no_other(evening: Ward) -> None:
    """Text that grows too long is dropped and reported as missed; the other rule speaks."""
    long = RulePlan("長", "課9", Topic.GARBAGE, PLANS[2][0], BINS, _words("規則9" + "長" * 1_480 + "{collected}"))
    rule = approved(evening.sessions, long, evening.now)
    _hours(evening, 0.5)
    assert said(evening) == {("2", line_id(number)): 1 for number in range(1, 5)}
    with evening.sessions() as session:
        mine = select(RuleOccasion.missed).where(RuleOccasion.rule_id == rule)
        assert session.scalars(mine).all() == [True]


def _words(text: str) -> Content:
    return Content(texts={Variant.JA: (TextBlock(text=text),)})
