"""A month of notices as residents had it: how many people got how many, from whom, about what; never who."""

from collections import Counter
from collections.abc import Mapping
from dataclasses import dataclass
from datetime import datetime, timedelta

from sqlalchemy import ColumnElement, case, func, select
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


def delivered(first: datetime, end: datetime, department: str | None = None) -> tuple[ColumnElement[bool], ...]:
    """What makes a recipient one who got a notice in that time; only the batches of that time are looked into."""
    sent = (
        select(Batch.id)
        .join(Campaign, Campaign.id == Batch.campaign_id)
        .where(Batch.status == BatchStatus.ACCEPTED, Campaign.world == World.LIVE)
        .where(Batch.first_sent_at >= first, Batch.first_sent_at < end)
    )
    if department is not None:
        sent = sent.where(Campaign.department == department)
    return Recipient.batch_id.in_(sent), Recipient.status == RecipientStatus.INCLUDED


def month_view(session: Session, month: Month) -> MonthView:
    """Who got how many from whom in a month."""
    used = _used(session, month)
    departments = {each: _people(session, month, each) for each in sorted({department for department, _ in used})}
    topics: Counter[str | None] = Counter()
    for (_, topic), count in used.items():
        topics[topic] += count
    return MonthView(_people(session, month), departments, topics, tuple(_crowded(session, month, used)))


def _band(count: ColumnElement[int]) -> ColumnElement[int]:
    return case(*((count >= band, band) for band in reversed(BANDS)))


def _people(session: Session, month: Month, department: str | None = None) -> dict[int, int]:
    """How many people got how many notices, by band: of one department, or over all."""
    each = (
        select(func.count().label("heard"))
        .select_from(Recipient)
        .where(*delivered(month.first, month.end, department))
        .group_by(Recipient.resident_id)
        .subquery()
    )
    band = _band(each.c.heard).label("band")
    return {found: people for found, people in session.execute(select(band, func.count()).group_by(band))}  # noqa: C416


def _used(session: Session, month: Month) -> dict[tuple[str, str | None], int]:
    heard = select(Recipient.batch_id, func.count().label("people")).where(*delivered(month.first, month.end))
    each = heard.group_by(Recipient.batch_id).subquery()
    found = (
        select(Campaign.department, Campaign.topic, func.sum(each.c.people))
        .join(Batch, Batch.campaign_id == Campaign.id)
        .join(each, each.c.batch_id == Batch.id)
        .group_by(Campaign.department, Campaign.topic)
    )
    return {(department, topic): int(count) for department, topic, count in session.execute(found)}


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
