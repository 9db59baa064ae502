"""How many opened a notice: asked for in the background, kept with its time, never in the way of sending."""

import json
from datetime import datetime, timedelta
from typing import Any

import pytest
from sqlalchemy import update
from structlog.testing import capture_logs

from bot.line.errors import LineError
from bot.notices.following import follow
from bot.notices.responses import EVERY, fetch_next, read
from bot.simulator.endpoints import Endpoint
from bot.simulator.faults import Fault
from bot.simulator.phone import Phone
from bot.simulator.webhooks import WebhookSender, deliver_to
from knowledge.campaign import Drill, Live, Wording
from knowledge.days import JST
from knowledge.models import Campaign, LinkResponse, Subscription, Topic, Urgency
from knowledge.notice import Button, CardBlock, Content, Variant
from knowledge.responses import AFTER, AGAIN, NAMES, Known, Responses, Tapped, known
from knowledge.segment import Everyone
from tests.bot.notices.test_following import approved, plan_of
from tests.bot.notices.world import CALENDAR, Ward, wording
from tests.knowledge.notices.town import line_id

FORM = "https://example.jp/form"
HOUR, DAY = timedelta(hours=1), timedelta(days=1)


def _card() -> Wording:
    card = CardBlock(text="健診です", buttons=(Button(label="申し込む", url=FORM),))
    return Wording("健診", "広報課", None, Urgency.NORMAL, Content(texts={Variant.JA: (card,)}))


def _sent(town: Ward, friends: int = 30) -> str:
    """A notice with a link that everybody got."""
    town.friends(friends)
    notice = town.started(Live(_card(), Everyone()))
    town.run()
    return notice


def _phones(town: Ward, count: int) -> list[Phone]:
    sender = WebhookSender(town.platform, deliver_to("http://127.0.0.1:9"))
    users = [town.platform.people.find(line_id(number)) for number in range(1, count + 1)]
    return [Phone(town.platform, user, sender) for user in users if user]


def _open(town: Ward, count: int, taps: int = 0) -> None:
    for number, phone in enumerate(_phones(town, count)):
        phone.look()
        if number < taps:
            phone.press({"type": "uri", "uri": FORM})


def _fetch(town: Ward) -> int:
    return fetch_next(town.parts.sessions, town.parts.client, town.now)


def _known(town: Ward, notice: str) -> Known:
    with town.sessions() as session:
        return known(session, session.get_one(Campaign, notice))


def test_figures_come_an_hour_after_a_notice_began(town: Ward) -> None:
    """Not before; then with the time they were asked for, people and taps of each link."""
    notice = _sent(town)
    _open(town, 25, taps=21)
    assert (_fetch(town), _known(town, notice)) == (0, Known(Responses(None, None), None, None))
    town.clock.pass_(3_600)
    assert _fetch(town) == 1
    told = Responses(25, 21, (Tapped(FORM, 21, 21),))
    assert _known(town, notice) == Known(told, town.now, None)


def test_figures_are_asked_for_daily_for_fourteen_days(town: Ward) -> None:
    """The newest stand in place of the older ones; after two weeks LINE is left alone."""
    notice = _sent(town)
    _open(town, 20)
    asked: list[datetime] = []
    begun = town.now
    for _ in range(24 * 20):
        town.clock.pass_(3_600)
        if _fetch(town):
            asked.append(town.now)
        if town.now - begun > 3 * DAY:
            _open(town, 30)
    assert len(asked) == len(AFTER) == 15
    assert asked[0] - begun <= 2 * HOUR
    assert 14 * DAY <= asked[-1] - begun <= 14 * DAY + 2 * HOUR
    assert _known(town, notice).responses.opened == 30


def test_what_line_keeps_to_itself_is_kept_as_that(town: Ward) -> None:
    """Nineteen people: asked, answered, and no figure; nothing of it is guessed."""
    notice = _sent(town)
    _open(town, 19, taps=19)
    town.clock.pass_(3_600)
    assert _fetch(town) == 1
    assert _known(town, notice) == Known(Responses(None, None, (Tapped(FORM, None, None),)), town.now, None)


@pytest.mark.parametrize("fault", [Fault.RATE_LIMITED, Fault.SERVER_ERROR, Fault.RESET, Fault.TIMEOUT])
def test_a_failure_keeps_what_is_known_and_is_tried_again(town: Ward, fault: Fault) -> None:
    """It is logged by kind, stands beside the older figures, and goes with the next answer."""
    notice = _sent(town)
    _open(town, 22)
    town.clock.pass_(3_600)
    _fetch(town)
    told = town.now
    town.clock.pass_(86_400)
    town.platform.faults.queue(Endpoint.INSIGHT_UNIT, fault)
    with capture_logs() as logs:
        assert _fetch(town) == 0
    assert [(each["event"], each["campaign"]) for each in logs] == [("responses_not_fetched", notice)]
    assert logs[0]["kind"] in ("RetryableError", "UnansweredError")
    failed = _known(town, notice)
    assert (failed.responses.opened, failed.fetched_at, failed.failed_at) == (22, told, town.now)
    assert _fetch(town) == 0
    town.clock.pass_(AGAIN.total_seconds())
    assert _fetch(town) == 1
    assert (_known(town, notice).fetched_at, _known(town, notice).failed_at) == (town.now, None)


def test_a_dead_endpoint_holds_up_no_notice_and_is_given_up(town: Ward) -> None:
    """Notices go out as ever while LINE tells nothing; after two weeks nobody asks any more."""
    first = _sent(town)
    town.platform.faults.chance(Endpoint.INSIGHT_UNIT, {Fault.RESET: 1.0})
    town.clock.pass_(3_600)
    assert _fetch(town) == 0
    second = town.started()
    town.run()
    assert town.campaign(second).status == "sent"
    for _ in range(4 * 16):
        town.clock.pass_(6 * 3_600)
        _fetch(town)
    town.platform.faults.clear()
    assert [_fetch(town) for _ in range(3)] == [0, 0, 0]
    assert _known(town, first).fetched_at is None


def test_the_questions_stay_far_under_the_limit(town: Ward) -> None:
    """Two dozen notices at once, a question each time the chore is due: a third of what LINE allows, none refused."""
    town.friends(30)
    for _ in range(24):
        town.started()
    town.run()
    town.clock.pass_(3_600)
    for _ in range(20):
        assert _fetch(town) == 1
        town.clock.pass_(EVERY.total_seconds())
    assert town.platform.ledger.refused(Endpoint.INSIGHT_UNIT) == ()
    assert sum(_fetch(town) for _ in range(25)) == 4


def test_who_waits_longest_is_asked_about_first(town: Ward) -> None:
    """A new notice is not kept waiting by old ones for more than its turn, nor they by it."""
    first = _sent(town)
    town.clock.pass_(1_800)
    second = town.started()
    town.run()
    town.clock.pass_(7_200)
    for notice in (first, second):
        assert _fetch(town) == 1
        assert _known(town, notice).fetched_at == town.now
    assert _fetch(town) == 0


def test_drills_and_few_people_are_not_asked_about(town: Ward) -> None:
    """A drill has no name at all; of a notice to nineteen people LINE would say nothing."""
    town.friends(19)
    town.testers(1, 2, 3)
    drill, few = town.started(Drill(wording())), town.started()
    town.run()
    bodies = [json.loads(entry.body) for entry in town.platform.ledger.accepted(Endpoint.MULTICAST)]
    assert [each.get("customAggregationUnits") for each in bodies] == [None, [f"c{few[:24]}"]]
    assert (town.campaign(drill).unit, town.campaign(few).unit) == (None, f"c{few[:24]}")
    town.clock.pass_(3_600)
    town.platform.faults.queue(Endpoint.INSIGHT_UNIT, Fault.SERVER_ERROR)
    assert _fetch(town) == 0
    assert Endpoint.INSIGHT_UNIT in town.platform.faults.waiting()


def test_rules_use_no_names_up(town: Ward) -> None:
    """A rule makes a notice for every moment and town; the month's thousand names are for what people wrote."""
    town.friends(3)
    town.clock.time = datetime(2026, 12, 1, 12, 0, tzinfo=JST).timestamp()
    with town.sessions.begin() as session:
        session.add_all(Subscription(resident_id=each, topic=Topic.HEALTH, since=town.now) for each in (1, 2, 3))
    approved(town.sessions, plan_of(1, "あ"), town.now)
    town.clock.time = datetime(2026, 12, 2, 9, 1, tzinfo=JST).timestamp()
    assert follow(town.sessions, CALENDAR, town.now) == 1
    town.run()
    (entry,) = town.platform.ledger.accepted(Endpoint.MULTICAST)
    assert "customAggregationUnits" not in json.loads(entry.body)
    assert entry.unit is None


def test_a_month_has_only_so_many_names(town: Ward) -> None:
    """What comes after the last is sent all the same, without one; the next month has names again."""
    notice = _sent(town)
    with town.sessions.begin() as session:
        row = session.get_one(Campaign, notice)
        kept = {column.name: getattr(row, column.name) for column in Campaign.__table__.columns}
        rows = [Campaign(**kept | {"id": f"{number:032x}", "unit": f"c{number}"}) for number in range(NAMES - 1)]
        session.add_all(rows)
    late = town.started()
    town.run()
    assert (town.campaign(late).unit, town.campaign(late).status) == (None, "sent")
    town.clock.pass_(31 * 86_400)
    later = town.started()
    town.run()
    assert town.campaign(later).unit == f"c{later[:24]}"


def test_notices_that_ended_long_ago_are_left_alone(town: Ward) -> None:
    """An installation that stood still for a month does not ask LINE what it no longer counts."""
    notice = _sent(town)
    with town.sessions.begin() as session:
        before = town.now - 31 * DAY
        session.execute(update(Campaign).where(Campaign.id == notice).values(frozen_at=before))
    assert _fetch(town) == 0


def test_older_links_go_with_newer_figures(town: Ward) -> None:
    """The rows of links are those of the last answer."""
    notice = _sent(town)
    _open(town, 20, taps=20)
    town.clock.pass_(3_600)
    _fetch(town)
    with town.sessions.begin() as session:
        session.add(LinkResponse(campaign_id=notice, position=7, url="https://example.jp/old", people=1, taps=1))
    town.clock.pass_(86_400)
    _fetch(town)
    assert [each.url for each in _known(town, notice).responses.links] == [FORM]


@pytest.mark.parametrize(
    ("content", "found"),
    [
        ({"overview": {}}, Responses(None, None)),
        ({"overview": {"uniqueImpression": 40, "uniqueClick": True, "new": 1}, "clicks": None}, Responses(40, None)),
        ({"overview": {"uniqueImpression": -1, "uniqueClick": "30"}, "clicks": [1, {"seq": 1}]}, Responses(None, None)),
        (
            {
                "overview": {"uniqueImpression": 40, "uniqueClick": 30},
                "clicks": [
                    {"seq": 1, "url": FORM, "click": 30, "uniqueClick": 25, "uniqueClickOfRequest": 28},
                    {"seq": 2, "url": FORM, "click": 20, "uniqueClick": 20, "uniqueClickOfRequest": 28},
                    {"seq": 2, "url": "tel:110", "click": 22, "uniqueClick": 21},
                ],
            },
            Responses(40, 30, (Tapped(FORM, 28, 50), Tapped("tel:110", 21, 22))),
        ),
        (
            {
                "overview": {"uniqueImpression": 40, "uniqueClick": 30},
                "clicks": [{"url": FORM, "click": None, "uniqueClick": 25}, {"url": FORM, "click": 20}],
            },
            Responses(40, 30, (Tapped(FORM, None, None),)),
        ),
    ],
)
def test_what_line_says_is_read_with_care(content: dict[str, Any], found: Responses) -> None:
    """Nulls, what is new and what is odd make no figure; a link in two messages is one line."""
    assert read(content) == found


@pytest.mark.parametrize("content", [{}, {"overview": None}, {"message": "Not found"}])
def test_what_is_no_answer_is_a_failure(content: dict[str, Any]) -> None:
    """A page of some proxy must not wipe out figures."""
    with pytest.raises(LineError):
        read(content)
