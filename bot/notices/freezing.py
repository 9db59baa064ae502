"""Freezing an audience: once, at one moment, into batches that carry retry key and digest before anything is sent."""

import uuid
from datetime import datetime

from sqlalchemy import Select
from sqlalchemy.orm import Session

from bot.notices.body import body_of, digest_of
from bot.notices.messages import render, with_way_out, written
from bot.notices.roster import Cut, cut
from knowledge.approval import approval_of, check_count
from knowledge.audience import people
from knowledge.campaign import NotNowError, audience_of, content_of
from knowledge.models import Batch, BatchStatus, Campaign, CampaignMessages, CampaignStatus, Urgency, World
from knowledge.notice import Variant
from knowledge.responses import name_for


def freeze(session: Session, campaign: Campaign, calendar_base: str, now: datetime) -> int:
    """Write down whom an approved notice goes to and in which batches, in the session's transaction; how many people.

    What takes long is read first: on SQLite the first write shuts out everybody else's. Raises CampaignError where the
    approval does not hold for what stands in the row, or the count of a normal notice wants a second look; in an
    emergency nothing waits for that.
    """
    if campaign.status != CampaignStatus.SENDING or campaign.frozen_at is not None:
        raise NotNowError
    approval_of(session, campaign)
    unit = name_for(session, campaign, now)
    frozen = cut_up(session, campaign, people(audience_of(campaign), now), calendar_base, now, unit)
    if campaign.urgency == Urgency.NORMAL:
        check_count(session, campaign, now)
    campaign.unit = unit
    return write_down(session, campaign, frozen, now)


def cut_up(
    session: Session,
    campaign: Campaign,
    residents: Select[int],
    calendar_base: str,
    now: datetime,
    unit: str | None = None,
) -> tuple[list[Batch], dict[Variant, str]]:
    """The batches of a notice to these residents, counted under `unit`, and its messages by language; reads only."""
    content, world = content_of(campaign), World(campaign.world)
    cuts = cut(session, residents, content)
    texts = {
        each: written(with_way_out(render(content, each, world, f"{calendar_base}/{campaign.id}"), campaign, each))
        for each in sorted({one.variant for one in cuts})
    }
    batches = [
        _batch(campaign, position, one, digest_of(body_of(one.lines, texts[one.variant], unit)), now)
        for position, one in enumerate(cuts)
    ]
    return batches, texts


def write_down(
    session: Session, campaign: Campaign, frozen: tuple[list[Batch], dict[Variant, str]], now: datetime
) -> int:
    """Keep the batches of an approved notice for sending; how many people they are for."""
    batches, texts = frozen
    session.add_all(CampaignMessages(campaign_id=campaign.id, variant=each, messages=texts[each]) for each in texts)
    campaign.people, campaign.frozen_at = sum(batch.people for batch in batches), now
    session.add_all(batches)
    session.flush()
    return campaign.people


def _batch(campaign: Campaign, position: int, cut: Cut, digest: str, now: datetime) -> Batch:
    batch = new_batch(campaign, position, cut.variant, len(cut.residents), now)
    batch.roster, batch.body_digest = cut.residents, digest
    return batch


def new_batch(campaign: Campaign, position: int, variant: str, count: int, not_before: datetime) -> Batch:
    """A batch that nothing was sent of, with a retry key of its own; its recipients are rows already."""
    return Batch(
        campaign_id=campaign.id,
        world=campaign.world,
        position=position,
        variant=variant,
        status=BatchStatus.PREPARED,
        people=count,
        retry_key=str(uuid.uuid4()),
        body_digest="",
        not_before=not_before,
        uncertain=False,
        attempts=0,
    )
