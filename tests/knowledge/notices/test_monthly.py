"""A month's view, and what notices cost: figures over people, from what happened, and silence where too little did."""

import uuid
from datetime import UTC, datetime, timedelta

import pytest
from sqlalchemy import insert, update
from sqlalchemy.orm import Session

from knowledge import leaving
from knowledge.campaign import Drill, Live, draft
from knowledge.database import Sessions
from knowledge.days import JST
from knowledge.leaving import Rate, forecast, rates
from knowledge.models import (
    Batch,
    BatchStatus,
    Campaign,
    CampaignStatus,
    Recipient,
    RecipientStatus,
    Resident,
    ResidentStatus,
    Subscription,
    Topic,
    Urgency,
    World,
)
from knowledge.monthly import BANDS, band_of, month_of, month_view
from knowledge.segment import Everyone
from tests.bot.notices.world import Member, settle_friends, wording
from tests.knowledge.notices.rows import add_staff

NOW = datetime(2026, 11, 20, 3, 0, tzinfo=UTC)


def send(
    session: Session,
    residents: range,
    at: datetime,
    topic: Topic | None = None,
    department: str = "広報課",
    status: RecipientStatus = RecipientStatus.INCLUDED,
) -> None:
    """A notice to these residents that LINE took at a time."""
    campaign = Campaign(
        id=uuid.uuid4().hex, world=World.LIVE, status=CampaignStatus.SENT, urgency=Urgency.NORMAL,
        department=department, topic=topic, title="題", author=1, content={}, content_digest="", audience={},
        audience_digest="", revision=1, created_at=at, updated_at=at, frozen_at=at,
    )  # fmt: skip
    session.add(campaign)
    session.flush()
    batch = Batch(
        campaign_id=campaign.id, world=World.LIVE, position=0, variant="ja", status=BatchStatus.ACCEPTED,
        people=len(residents), retry_key=str(uuid.uuid4()), body_digest="", not_before=at, first_sent_at=at,
        uncertain=True, attempts=1,
    )  # fmt: skip
    session.add(batch)
    session.flush()
    values = {"campaign_id": campaign.id, "world": "live", "tester_id": None, "batch_id": batch.id, "status": status}
    session.execute(insert(Recipient), [{**values, "resident_id": each} for each in residents])


@pytest.fixture
def ward(sessions: Sessions) -> Sessions:
    """Six hundred friends and two of the staff."""
    with sessions.begin() as session:
        add_staff(session, 2, NOW)
        settle_friends(session, 600, NOW - timedelta(days=90))
    return sessions


def test_a_month_is_one_of_japan() -> None:
    """Half past midnight of the first in Japan belongs to the new month, though it is the last of the old in UTC."""
    month = month_of(datetime(2026, 11, 30, 15, 30, tzinfo=UTC))
    assert month.first == datetime(2026, 12, 1, tzinfo=JST)
    assert month.end == datetime(2027, 1, 1, tzinfo=JST)
    assert month.before().first == datetime(2026, 11, 1, tzinfo=JST)
    assert [band_of(count) for count in (1, 2, 3, 4, 7, 8, 50)] == [1, 2, 2, 4, 4, 8, 8]
    assert BANDS[0] == 1


def test_people_are_counted_by_how_many_notices_they_got(ward: Sessions) -> None:
    """From all departments together and from each; last month, drills and people left out do not count."""
    with ward.begin() as session:
        send(session, range(1, 101), NOW - timedelta(days=2), Topic.HEALTH)
        send(session, range(1, 51), NOW - timedelta(days=1), Topic.EVENTS)
        send(session, range(1, 11), NOW, Topic.EVENTS, department="防災課")
        send(session, range(1, 601), NOW - timedelta(days=30))
        send(session, range(500, 540), NOW, Topic.GARBAGE, status=RecipientStatus.OVER_BUDGET)
        view = month_view(session, month_of(NOW))
    assert view.people == {1: 50, 2: 50}
    assert view.departments == {"広報課": {1: 50, 2: 50}, "防災課": {1: 10}}
    assert view.topics == {Topic.HEALTH: 100, Topic.EVENTS: 60}
    (crowded,) = view.crowded
    assert (crowded.department, crowded.topic, crowded.people) == ("広報課", Topic.GARBAGE, 40)
    assert crowded.used == ((Topic.HEALTH, 100), (Topic.EVENTS, 50))


def _block(session: Session, resident: int, at: datetime) -> None:
    values = {"status": ResidentStatus.BLOCKED, "changed_ms": int(at.timestamp() * 1000)}
    session.execute(update(Resident).where(Resident.id == resident).values(values))


def test_who_leaves_is_counted_once_with_the_last_notice_before(ward: Sessions) -> None:
    """A block within two days counts with the second notice, not with the first; later ones do not count at all."""
    first = NOW - timedelta(days=10)
    with ward.begin() as session:
        send(session, range(1, 601), first)
        send(session, range(1, 561), first + timedelta(days=1))
        _block(session, 1, first + timedelta(days=1, hours=3))
        _block(session, 2, first + timedelta(days=6))
        session.add(Subscription(resident_id=3, topic=Topic.EVENTS, since=first, ended_at=first + timedelta(hours=20)))
        found = rates(session, NOW)
    assert found == {1: Rate(600, 1), 2: Rate(560, 1)}


def test_where_too_little_happened_nothing_is_said(ward: Sessions) -> None:
    """Fewer than 500 notices of a band give no rate; none at all give no forecast, and neither does a drill."""
    with ward.begin() as session:
        send(session, range(1, leaving.ENOUGH), NOW - timedelta(days=5))
        assert rates(session, NOW) == {}
        assert forecast(session, draft(session, Live(wording(), Everyone()), Member(1), NOW), NOW) is None
        send(session, range(1, 601), NOW - timedelta(days=5))
        assert forecast(session, draft(session, Drill(wording()), Member(1), NOW), NOW) is None


def test_notices_of_the_last_two_days_are_not_judged_yet(ward: Sessions) -> None:
    """Who leaves after them has not left yet: they would make every rate too good."""
    with ward.begin() as session:
        send(session, range(1, 601), NOW - timedelta(hours=47))
        assert rates(session, NOW) == {}


def test_the_forecast_is_the_past_of_people_like_these(ward: Sessions) -> None:
    """For those whose next notice is of a known band the rate of that band; the others are named as unknown."""
    last_month = NOW - timedelta(days=30)
    with ward.begin() as session:
        send(session, range(1, 601), last_month)
        for resident in range(1, 7):
            _block(session, resident, last_month + timedelta(hours=1))
        send(session, range(101, 151), NOW - timedelta(days=1))
        campaign = draft(session, Live(wording(), Everyone()), Member(1), NOW)
        found = forecast(session, campaign, NOW)
    assert found
    assert (found.people, found.unknown) == (594, 50)
    assert found.expected == pytest.approx(544 * 0.01)
    assert found.low == pytest.approx(544 * 0.00459, rel=0.01)
    assert found.high == pytest.approx(544 * 0.02163, rel=0.01)


def test_of_many_residents_some_are_looked_at(ward: Sessions, monkeypatch: pytest.MonkeyPatch) -> None:
    """Every third here: the rate is that of those, and the forecast is for all."""
    monkeypatch.setattr(leaving, "SAMPLED", 200)
    monkeypatch.setattr(leaving, "ENOUGH", 100)
    last_month = NOW - timedelta(days=30)
    with ward.begin() as session:
        send(session, range(1, 601), last_month)
        for resident in (3, 4, 5, 6):
            _block(session, resident, last_month + timedelta(hours=1))
        assert rates(session, NOW) == {1: Rate(200, 2)}
        found = forecast(session, draft(session, Live(wording(), Everyone()), Member(1), NOW), NOW)
    assert found
    assert (found.people, found.unknown) == (594, 0)
    assert found.expected == pytest.approx(5.94)


@pytest.mark.parametrize(("left", "notices"), [(0, 500), (1, 500), (499, 500), (250, 500)])
def test_the_interval_holds_the_share_and_stays_between_none_and_all(left: int, notices: int) -> None:
    """Also at the ends, where simpler formulas say that nobody can ever leave."""
    rate = Rate(notices, left)
    low, high = rate.bounds
    assert 0 <= low <= rate.share <= high <= 1
    assert high > 0.007
