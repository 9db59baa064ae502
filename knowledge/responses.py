"""How residents responded to a notice, as LINE counts it: how many opened it, how many tapped which link.

LINE counts by the name a request carries (its aggregation unit) and never says who. Names are few, so rules, which make
a notice for every moment, and drills have none.
"""

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import date, datetime, timedelta

from sqlalchemy import delete, func, or_, select
from sqlalchemy.orm import Session

from knowledge.days import JST
from knowledge.models import Campaign, CampaignResponse, LinkResponse, World
from knowledge.monthly import month_of

NAMES = 900
"""Notices a month that get a name; LINE takes 1,000 names, and templates of letters use some (line-platform.md)."""
AFTER = (timedelta(hours=1), *(timedelta(days=day) for day in range(1, 15)))
"""So long after a notice begins LINE is asked: soon, then daily; after fourteen days hardly anybody opens it."""
AGAIN = timedelta(hours=1)
"""After a failure."""
SPAN = timedelta(days=30)
"""LINE counts so many days at most in one answer (line-platform.md, section 3)."""
_LETTERS = 24


@dataclass(frozen=True)
class Asked:
    """What to ask LINE next: a notice's name and the days in Japan, both included, to count."""

    campaign: str
    unit: str
    first: date
    last: date


@dataclass(frozen=True)
class Tapped:
    """A link, how many people tapped it and how often; None where LINE does not say."""

    url: str
    people: int | None
    taps: int | None


@dataclass(frozen=True)
class Responses:
    """People who opened a notice or tapped any of its links; None where LINE does not say: fewer than 20 did."""

    opened: int | None
    clicked: int | None
    links: tuple[Tapped, ...] = ()


@dataclass(frozen=True)
class Known:
    """What is known of a notice's responses, since when, and whether asking failed after that."""

    responses: Responses
    fetched_at: datetime | None
    failed_at: datetime | None


def unit_of(identifier: str) -> str:
    """The name under which LINE counts what is sent for something, at most 25 of the 30 letters it may have."""
    return f"c{identifier[:_LETTERS]}"


def name_for(session: Session, campaign: Campaign, now: datetime) -> str | None:
    """The name for a notice that is being frozen; None for a drill, and where the month's names are used up."""
    if campaign.world != World.LIVE:
        return None
    used = select(func.count()).where(Campaign.unit.is_not(None), Campaign.frozen_at >= month_of(now).first)
    return unit_of(campaign.id) if (session.scalar(used) or 0) < NAMES else None


def due(session: Session, least: int, now: datetime) -> Asked | None:
    """The notice to at least so many people for which LINE is to be asked first; None where none is due."""
    when = func.coalesce(CampaignResponse.due_at, Campaign.frozen_at)
    begun = Campaign.frozen_at.between(now - SPAN, now - AFTER[0])
    asked = or_(CampaignResponse.campaign_id.is_(None), CampaignResponse.due_at <= now)
    found = session.execute(
        select(Campaign.id, Campaign.unit, Campaign.frozen_at)
        .outerjoin(CampaignResponse, CampaignResponse.campaign_id == Campaign.id)
        .where(Campaign.unit.is_not(None), Campaign.people >= least, begun, asked)
        .order_by(when, Campaign.id)
        .limit(1)
    ).one_or_none()
    if found is None or found.unit is None or found.frozen_at is None:
        return None
    first = found.frozen_at.astimezone(JST).date()
    return Asked(found.id, found.unit, first, min(first + SPAN, now.astimezone(JST).date()))


def keep(session: Session, campaign_id: str, found: Responses, now: datetime) -> None:
    """Keep what LINE said in place of what it said before."""
    row = _row(session, campaign_id)
    row.opened, row.clicked, row.fetched_at, row.failed_at = found.opened, found.clicked, now, None
    row.due_at = _next(session.get_one(Campaign, campaign_id), now)
    session.execute(delete(LinkResponse).where(LinkResponse.campaign_id == campaign_id))
    session.flush()
    session.add_all(_links(campaign_id, found.links))


def not_fetched(session: Session, campaign_id: str, now: datetime) -> None:
    """LINE did not say: what is known stays, and it is asked again, as long as it is asked at all."""
    row = _row(session, campaign_id)
    later = _next(session.get_one(Campaign, campaign_id), now)
    row.failed_at, row.due_at = now, None if later is None else min(later, now + AGAIN)


def known(session: Session, campaign: Campaign) -> Known:
    """What is known of a notice's responses."""
    row = session.get(CampaignResponse, campaign.id)
    if row is None:
        return Known(Responses(None, None), None, None)
    mine = select(LinkResponse).where(LinkResponse.campaign_id == campaign.id).order_by(LinkResponse.position)
    links = tuple(Tapped(each.url, each.people, each.taps) for each in session.scalars(mine))
    return Known(Responses(row.opened, row.clicked, links), row.fetched_at, row.failed_at)


def _row(session: Session, campaign_id: str) -> CampaignResponse:
    row = session.get(CampaignResponse, campaign_id)
    if row is None:
        row = CampaignResponse(campaign_id=campaign_id)
        session.add(row)
    return row


def _next(campaign: Campaign, now: datetime) -> datetime | None:
    begun = campaign.frozen_at or now
    return next((begun + each for each in AFTER if begun + each > now), None)


def _links(campaign_id: str, links: Sequence[Tapped]) -> list[LinkResponse]:
    return [
        LinkResponse(campaign_id=campaign_id, position=position, url=each.url, people=each.people, taps=each.taps)
        for position, each in enumerate(links)
    ]
