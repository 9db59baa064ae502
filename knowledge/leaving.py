"""How many people leave after a notice, told from what happened here before; nothing where too little has happened."""

from collections import Counter, defaultdict
from collections.abc import Iterable, Mapping
from dataclasses import dataclass
from datetime import UTC, datetime, timedelta
from math import sqrt

from sqlalchemy import func, select, union
from sqlalchemy.orm import Session

from knowledge.audience import people
from knowledge.campaign import audience_of
from knowledge.models import Batch, Campaign, Recipient, Resident, ResidentStatus, Subscription, World
from knowledge.monthly import BANDS, band_of, delivered, month_of

WITHIN = timedelta(hours=48)
"""Who blocks the account or gives a topic up this soon after a notice is counted with it, the last one before."""
MONTHS = 3
ENOUGH = 500
"""Fewer notices than this of a band say nothing: at 1 in 500 one person more or less would double the figure."""
SAMPLED = 20_000
"""Of more residents than this only every so-manieth is looked at: a page must not wait for millions of rows."""
_Z = 1.96


@dataclass(frozen=True)
class Rate:
    """Of so many notices, that each was its reader's so-manieth of the month, so many were followed by leaving."""

    notices: int
    left: int

    @property
    def share(self) -> float:
        """How many of one."""
        return self.left / self.notices

    @property
    def bounds(self) -> tuple[float, float]:
        """Wilson's interval for the share, at 95 %."""
        n, share = self.notices, self.share
        middle = (share + _Z**2 / (2 * n)) / (1 + _Z**2 / n)
        half = _Z * sqrt(share * (1 - share) / n + _Z**2 / (4 * n**2)) / (1 + _Z**2 / n)
        return max(0.0, middle - half), min(1.0, middle + half)


@dataclass(frozen=True)
class Forecast:
    """How many of `people` are likely to leave within two days, from `low` to `high`; of `unknown` nothing is said."""

    people: int
    expected: float
    low: float
    high: float
    unknown: int


def rates(session: Session, now: datetime) -> dict[int, Rate]:
    """By band of the reader's month, over this month and the two before; only bands with enough notices.

    Notices of the last two days are left out: who leaves after them has not left yet.
    """
    known_until, every = now - WITHIN, _every(session)
    notices: Counter[int] = Counter()
    month = month_of(now)
    for _ in range(MONTHS):
        notices += _notices(session, month.first, min(month.end, known_until), every)
        since, month = month.first, month.before()
    left = _left(session, since, known_until, every)
    return {band: Rate(notices[band], left[band]) for band in BANDS if notices[band] >= ENOUGH}


def forecast(session: Session, campaign: Campaign, now: datetime) -> Forecast | None:
    """What a notice would cost; None for drills and where nothing is known of anybody in its audience."""
    if campaign.world != World.LIVE:
        return None
    known = rates(session, now)
    next_bands: Counter[int] = Counter()
    every = _every(session)
    for heard, count in _heard(session, campaign, now, every):
        next_bands[band_of(heard + 1)] += count * every
    judged = [(known[band], count) for band, count in next_bands.items() if band in known]
    if not judged:
        return None
    everybody, told = next_bands.total(), sum(count for _, count in judged)
    low, high = (sum(rate.bounds[side] * count for rate, count in judged) for side in (0, 1))
    return Forecast(everybody, sum(rate.share * count for rate, count in judged), low, high, everybody - told)


def _every(session: Session) -> int:
    """Every so-manieth resident is looked at."""
    return max(1, (session.scalar(select(func.max(Resident.id))) or 0) // SAMPLED)


def _notices(session: Session, first: datetime, end: datetime, every: int) -> Counter[int]:
    """How many notices were somebody's first, second … of the month, by band."""
    each = (
        select(func.count().label("heard"))
        .select_from(Recipient)
        .where(*delivered(first, end), Recipient.resident_id % every == 0)
        .group_by(Recipient.resident_id)
        .subquery()
    )
    found: Counter[int] = Counter()
    for heard, count in session.execute(select(each.c.heard, func.count()).group_by(each.c.heard)):
        for number in range(1, heard + 1):
            found[band_of(number)] += count
    return found


def _left(session: Session, since: datetime, until: datetime, every: int) -> Counter[int]:
    """How many notices were the last before somebody left, by band."""
    gone = _gone(session, since)
    after = union(
        select(Resident.id).where(Resident.status == ResidentStatus.BLOCKED, Resident.changed_ms >= _ms(since)),
        select(Subscription.resident_id).where(Subscription.ended_at >= since),
    ).subquery()
    heard = (
        select(Recipient.resident_id, Batch.first_sent_at)
        .join(Batch, Batch.id == Recipient.batch_id)
        .where(*delivered(since, until), Recipient.resident_id.in_(select(after.c[0])))
        .where(Recipient.resident_id % every == 0)
        .order_by(Recipient.resident_id, Batch.first_sent_at)
    )
    mine: defaultdict[int, list[datetime]] = defaultdict(list)
    for resident, at in session.execute(heard):
        mine[resident] += [at] if at else []
    found: Counter[int] = Counter()
    for resident, times in mine.items():
        found += Counter(_last_before(times, gone[resident]))
    return found


def _last_before(times: list[datetime], gone: Iterable[datetime]) -> list[int]:
    """The bands of the notices after which somebody left, each once."""
    blamed = {max(before) for left in gone if (before := [at for at in times if at <= left <= at + WITHIN])}
    return [band_of(sum(1 for at in times if at <= last and month_of(at) == month_of(last))) for last in blamed]


def _gone(session: Session, since: datetime) -> Mapping[int, list[datetime]]:
    found: defaultdict[int, list[datetime]] = defaultdict(list)
    blocked = select(Resident.id, Resident.changed_ms)
    for resident, ms in session.execute(
        blocked.where(Resident.status == ResidentStatus.BLOCKED, Resident.changed_ms >= _ms(since))
    ):
        found[resident].append(datetime.fromtimestamp(ms / 1000, UTC))
    ended = select(Subscription).where(Subscription.ended_at >= since)
    for each in session.scalars(ended):
        found[each.resident_id] += [each.ended_at] if each.ended_at else []
    return found


def _heard(session: Session, campaign: Campaign, now: datetime, every: int) -> list[tuple[int, int]]:
    """How many people of the audience, of those looked at, have got how many notices this month."""
    audience = people(audience_of(campaign), now).subquery()
    month = month_of(now)
    each = (
        select(Recipient.resident_id, func.count().label("heard"))
        .where(*delivered(month.first, month.end), Recipient.resident_id % every == 0)
        .group_by(Recipient.resident_id)
        .subquery()
    )
    heard = func.coalesce(each.c.heard, 0)
    joined = select(heard, func.count()).select_from(audience).outerjoin(each, each.c.resident_id == audience.c.id)
    joined = joined.where(audience.c.id % every == 0)
    return [(count, found) for count, found in session.execute(joined.group_by(heard))]


def _ms(at: datetime) -> int:
    return int(at.timestamp() * 1000)
