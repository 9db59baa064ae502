"""What became of a notice: people and batches by how they ended, and what a person has to decide."""

import uuid
from collections.abc import Mapping
from dataclasses import dataclass
from datetime import datetime, timedelta

from sqlalchemy import func, select, update
from sqlalchemy.orm import Session

from knowledge.audit import Actor, AuditAction, record
from knowledge.campaign import NotNowError, subject
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
)

CAUSED_WITHIN = timedelta(days=7)
"""Who gives a topic up or blocks the account this soon after a notice is counted with it."""
OPEN = (BatchStatus.PREPARED, BatchStatus.CLAIMED)


@dataclass(frozen=True)
class Report:
    """People by what became of them, `sent` of them accepted by LINE; `unknown` are the batches for a person."""

    people: int
    sent: int
    waiting: int
    left_out: Mapping[str, int]
    failed: int
    unknown: tuple[Batch, ...]
    blocked_since: int
    opted_out_since: int

    @property
    def percent(self) -> int:
        """How much of the audience is done, in whole percent."""
        return 100 if self.people == 0 else (self.people - self.waiting) * 100 // self.people


def report(session: Session, campaign: Campaign) -> Report:
    """The report of a notice as it stands."""
    mine = select(Recipient.status, Batch.status, func.count()).join(Batch, Batch.id == Recipient.batch_id)
    grouped = session.execute(
        mine.where(Recipient.campaign_id == campaign.id).group_by(Recipient.status, Batch.status)
    ).all()
    included = {batch: count for status, batch, count in grouped if status == RecipientStatus.INCLUDED}
    left_out: dict[str, int] = {}
    for status, _, count in grouped:
        if status != RecipientStatus.INCLUDED:
            left_out[status] = left_out.get(status, 0) + count
    for status, count in _ahead(session, campaign):
        included[status] = included.get(status, 0) + count
    unknown = select(Batch).where(Batch.campaign_id == campaign.id, Batch.status == BatchStatus.UNKNOWN)
    blocked, gave_up = _since(session, campaign)
    return Report(
        people=sum(included.values()) + sum(left_out.values()),
        sent=included.get(BatchStatus.ACCEPTED, 0),
        waiting=sum(included.get(status, 0) for status in OPEN),
        left_out=left_out,
        failed=included.get(BatchStatus.REFUSED, 0) + included.get(BatchStatus.CANCELLED, 0),
        unknown=tuple(session.scalars(unknown.order_by(Batch.position))),
        blocked_since=blocked,
        opted_out_since=gave_up,
    )


def _ahead(session: Session, campaign: Campaign) -> list[tuple[str, int]]:
    """The people of batches that have not had their turn, or never got one: they stand on the roster alone."""
    listed = select(Batch.status, func.sum(Batch.people)).where(
        Batch.campaign_id == campaign.id, Batch.roster.is_not(None)
    )
    return [(status, int(people)) for status, people in session.execute(listed.group_by(Batch.status))]


def _since(session: Session, campaign: Campaign) -> tuple[int, int]:
    if campaign.frozen_at is None:
        return 0, 0
    told = (
        select(Resident.id)
        .join(Recipient, Recipient.resident_id == Resident.id)
        .where(Recipient.campaign_id == campaign.id, Recipient.status == RecipientStatus.INCLUDED)
    )
    until = campaign.frozen_at + CAUSED_WITHIN
    first, last = (int(each.timestamp() * 1000) for each in (campaign.frozen_at, until))
    left = told.where(Resident.status == ResidentStatus.BLOCKED, Resident.changed_ms.between(first, last))
    ended = told.join(Subscription, Subscription.resident_id == Resident.id).where(
        Subscription.topic == campaign.topic, Subscription.ended_at.between(campaign.frozen_at, until)
    )
    return tuple(session.scalar(select(func.count()).select_from(each.subquery())) or 0 for each in (left, ended))  # type: ignore[return-value]


def decide(session: Session, campaign: Campaign, batch_id: int, actor: Actor, now: datetime, *, again: bool) -> None:
    """What a person found out of an unknown batch: it arrived, or it did not and goes out `again` under a new key.

    Raises NotNowError where nothing waits for that decision, or a stopped notice would be sent again.
    """
    stopped = campaign.status == CampaignStatus.STOPPED
    values: dict[str, object] = {"status": BatchStatus.ACCEPTED, "closed_at": now}
    if again:
        values = {
            "status": BatchStatus.PREPARED,
            "retry_key": str(uuid.uuid4()),
            "first_sent_at": None,
            "uncertain": False,
            "closed_at": None,
            "problem": None,
        }
    mine = Batch.id == batch_id, Batch.campaign_id == campaign.id, Batch.status == BatchStatus.UNKNOWN
    found = session.scalars(select(Batch.id).where(*mine)).one_or_none()
    if found is None or (again and stopped):
        raise NotNowError
    session.execute(update(Batch).where(*mine).values(values))
    if again and campaign.status == CampaignStatus.SENT:
        campaign.status, campaign.closed_at = CampaignStatus.SENDING, None
    campaign.updated_at = now
    detail: dict[str, str | int | bool | list[str] | None] = {"batch": batch_id, "again": again}
    record(session, actor, AuditAction.NOTICE_RESUMED, subject(campaign), detail, now)
