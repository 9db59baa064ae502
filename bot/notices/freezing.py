"""Freezing an audience: once, at one moment, into batches that carry retry key and digest before anything is sent."""

import uuid
from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from datetime import datetime
from itertools import groupby

from sqlalchemy import Select, and_, case, insert, literal, select
from sqlalchemy.orm import Session

from bot.notices.body import BATCH, body_of, digest_of
from bot.notices.messages import render, written
from knowledge.approval import approval_of, check_count
from knowledge.audience import people
from knowledge.campaign import NotNowError, audience_of, content_of
from knowledge.models import (
    Batch,
    BatchStatus,
    Campaign,
    CampaignMessages,
    CampaignStatus,
    Recipient,
    RecipientStatus,
    Resident,
    ResidentChoices,
    Urgency,
    World,
)
from knowledge.notice import Content, Variant


@dataclass(frozen=True)
class Addressee:
    """One person of the audience: the row's id, the LINE id, and in which words they read."""

    id: int
    line: str
    variant: str


def freeze(session: Session, campaign: Campaign, calendar_base: str, now: datetime) -> int:
    """Write down whom an approved notice goes to and in which batches, in the session's transaction; how many people.

    Raises CampaignError where the approval does not hold for what stands in the row, or the count of a normal notice
    wants a second look; in an emergency nothing waits for that.
    """
    if campaign.status != CampaignStatus.SENDING or campaign.frozen_at is not None:
        raise NotNowError
    approval_of(session, campaign)
    if campaign.urgency == Urgency.NORMAL:
        check_count(session, campaign, now)
    content, world = content_of(campaign), World(campaign.world)
    found = [Addressee(*row) for row in session.execute(_addressees(campaign, content, now))]
    texts = {
        each: written(render(content, each, world, f"{calendar_base}/{campaign.id}"))
        for each in sorted({Variant(one.variant) for one in found})
    }
    session.add_all(CampaignMessages(campaign_id=campaign.id, variant=each, messages=texts[each]) for each in texts)
    campaign.people, campaign.frozen_at = len(found), now
    session.flush()
    _write(session, campaign, list(_chunks(found)), {each.value: text for each, text in texts.items()}, now)
    return len(found)


def _addressees(campaign: Campaign, content: Content, now: datetime) -> Select[int, str, str]:
    ids = people(audience_of(campaign), now).scalar_subquery()
    others = sorted(each.value for each in content.texts if each not in (Variant.JA, Variant.EASY))
    easy = Variant.EASY in content.texts
    variant = case(
        (and_(literal(easy), ResidentChoices.plain_japanese.is_(True)), Variant.EASY.value),
        (ResidentChoices.language.in_(others), ResidentChoices.language),
        else_=Variant.JA.value,
    ).label("variant")
    joined = select(Resident.id, Resident.line_user_id, variant).outerjoin(
        ResidentChoices, ResidentChoices.resident_id == Resident.id
    )
    return joined.where(Resident.id.in_(ids)).order_by(variant, Resident.id)


def _chunks(found: Sequence[Addressee]) -> Iterator[list[Addressee]]:
    for _, group in groupby(found, key=lambda one: one.variant):
        same = list(group)
        yield from (same[start : start + BATCH] for start in range(0, len(same), BATCH))


def _write(
    session: Session, campaign: Campaign, chunks: list[list[Addressee]], texts: dict[str, str], now: datetime
) -> None:
    batches = [
        new_batch(campaign, position, chunk[0].variant, len(chunk), now) for position, chunk in enumerate(chunks)
    ]
    for batch, chunk in zip(batches, chunks, strict=True):
        batch.body_digest = digest_of(body_of([one.line for one in chunk], texts[batch.variant], campaign.id))
    session.add_all(batches)
    session.flush()
    drill = campaign.world == World.DRILL
    rows = [
        {
            "campaign_id": campaign.id,
            "resident_id": one.id,
            "world": campaign.world,
            "tester_id": one.id if drill else None,
            "batch_id": batch.id,
            "status": RecipientStatus.INCLUDED.value,
        }
        for batch, chunk in zip(batches, chunks, strict=True)
        for one in chunk
    ]
    if rows:
        session.execute(insert(Recipient), rows)


def new_batch(campaign: Campaign, position: int, variant: str, count: int, not_before: datetime) -> Batch:
    """A batch that nothing was sent of, with a retry key of its own."""
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
