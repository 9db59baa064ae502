"""A month of notices as residents had it: how many people got how many, from whom, about what; never who."""

from collections import Counter, defaultdict
from collections.abc import Mapping
from dataclasses import dataclass
from datetime import datetime, timedelta

from sqlalchemy import ColumnElement, Select, case, func, select
from sqlalchemy.orm import Session

from knowledge.days import JST
from knowledge.models import Batch, BatchStatus, Campaign, Recipient, RecipientStatus, World

BANDS = (1, 2, 4, 8)
"""From how many notices on; each band ends where the next begins."""


@dataclass(frozen=True)
class Month:
    """A calendar month in Japan, from its first moment until before `end`."""

    first: datetime
    end: datetime

    def before(self) -> "Month":
        """The month before."""
        return month_of(self.first - timedelta(days=1))


@dataclass(frozen=True)
class Crowding:
    """A topic of a department whose notices `people` did not get, because the month's budget was used up.

    `used` says how many notices of which topics they and others got from that department instead, most first.
    """

    department: str
    topic: str | None
    people: int
    used: tuple[tuple[str | None, int], ...]


@dataclass(frozen=True)
class MonthView:
    """People by band, over all departments and of each; and notices delivered by topic (None: none was named)."""

    people: Mapping[int, int]
    departments: Mapping[str, Mapping[int, int]]
    topics: Mapping[str | None, int]
    crowded: tuple[Crowding, ...]


def month_of(now: datetime) -> Month:
    """The month in Japan a moment belongs to."""
    first = now.astimezone(JST).replace(day=1, hour=0, minute=0, second=0, microsecond=0)
    return Month(first, (first + timedelta(days=31)).replace(day=1))


def band_of(count: int) -> int:
    """The band a number of notices (from 1) belongs to."""
    return max(band for band in BANDS if band <= count)


def delivered(first: datetime, end: datetime) -> tuple[ColumnElement[bool], ...]:
    """What makes a recipient one who got a notice in that time; for a query over recipients, batches and campaigns."""
    return (
        Batch.id == Recipient.batch_id,
        Campaign.id == Recipient.campaign_id,
        Recipient.status == RecipientStatus.INCLUDED,
        Batch.status == BatchStatus.ACCEPTED,
        Batch.first_sent_at >= first,
        Batch.first_sent_at < end,
        Campaign.world == World.LIVE,
    )


def month_view(session: Session, month: Month) -> MonthView:
    """Who got how many from whom in a month."""
    departments: defaultdict[str, dict[int, int]] = defaultdict(dict)
    for department, band, people in session.execute(_by_department(month)):
        departments[department][band] = people
    everybody = {band: people for band, people in session.execute(_by_band(month))}  # noqa: C416
    used = _used(session, month)
    topics: Counter[str | None] = Counter()
    for (_, topic), count in used.items():
        topics[topic] += count
    return MonthView(everybody, dict(departments), topics, tuple(_crowded(session, month, used)))


def _band(count: ColumnElement[int]) -> ColumnElement[int]:
    return case(*((count >= band, band) for band in reversed(BANDS)))


def _by_band(month: Month) -> Select[int, int]:
    each = (
        select(func.count().label("heard"))
        .select_from(Recipient)
        .where(*delivered(month.first, month.end))
        .group_by(Recipient.resident_id)
        .subquery()
    )
    band = _band(each.c.heard).label("band")
    return select(band, func.count()).group_by(band)


def _by_department(month: Month) -> Select[str, int, int]:
    each = (
        select(Campaign.department, func.count().label("heard"))
        .select_from(Recipient)
        .where(*delivered(month.first, month.end))
        .group_by(Campaign.department, Recipient.resident_id)
        .subquery()
    )
    band = _band(each.c.heard).label("band")
    return select(each.c.department, band, func.count()).group_by(each.c.department, band).order_by(each.c.department)


def _used(session: Session, month: Month) -> dict[tuple[str, str | None], int]:
    heard = select(Campaign.department, Campaign.topic, func.count()).select_from(Recipient)
    found = heard.where(*delivered(month.first, month.end)).group_by(Campaign.department, Campaign.topic)
    return {(department, topic): count for department, topic, count in session.execute(found)}


def _crowded(session: Session, month: Month, used: Mapping[tuple[str, str | None], int]) -> list[Crowding]:
    held = (
        select(Campaign.department, Campaign.topic, func.count())
        .join(Recipient, Recipient.campaign_id == Campaign.id)
        .where(
            Recipient.status == RecipientStatus.OVER_BUDGET,
            Campaign.frozen_at >= month.first,
            Campaign.frozen_at < month.end,
        )
        .group_by(Campaign.department, Campaign.topic)
        .order_by(func.count().desc(), Campaign.department)
    )
    found = []
    for department, topic, people in session.execute(held):
        others = [(other, count) for (whose, other), count in used.items() if whose == department and other != topic]
        found.append(Crowding(department, topic, people, tuple(sorted(others, key=lambda each: -each[1]))))
    return found
