"""The course of an approved notice: at a time or now, paused, stopped, sent."""

from datetime import datetime, timedelta

from sqlalchemy import select, update
from sqlalchemy.orm import Session

from knowledge.approval import approval_of
from knowledge.audit import CLOCK, Actor, AuditAction, record
from knowledge.campaign import CampaignError, NotNowError, as_detail, subject
from knowledge.database import changed
from knowledge.models import Batch, BatchStatus, Campaign, CampaignStatus

FARTHEST = timedelta(days=366)
"""A notice that is to go out later than in a year is a mistyped year."""
STOPPABLE = (CampaignStatus.APPROVED, CampaignStatus.SCHEDULED, CampaignStatus.SENDING, CampaignStatus.PAUSED)


class PastTimeError(CampaignError):
    """送信の日時が過ぎています。これからの日時を選んでください。"""


class NoTimeError(CampaignError):
    """送信の日時を選んでください。"""


class TooFarError(CampaignError):
    """予約できるのは1年先までです。年と月日が正しいか、確かめてください。"""


def schedule(session: Session, campaign: Campaign, at: datetime, actor: Actor, now: datetime) -> None:
    """Send an approved notice at a time; raises NotNowError, NotApprovedError, PastTimeError, TooFarError."""
    if campaign.status not in (CampaignStatus.APPROVED, CampaignStatus.SCHEDULED):
        raise NotNowError
    approval_of(session, campaign)
    if at <= now:
        raise PastTimeError
    if at - now > FARTHEST:
        raise TooFarError
    campaign.status, campaign.send_at, campaign.updated_at = CampaignStatus.SCHEDULED, at, now
    record(session, actor, AuditAction.NOTICE_SCHEDULED, subject(campaign), {"at": at.isoformat()}, now)


def start(session: Session, campaign: Campaign, actor: Actor, now: datetime) -> None:
    """Begin to send: workers freeze the audience next; raises NotNowError, NotApprovedError."""
    if campaign.status not in (CampaignStatus.APPROVED, CampaignStatus.SCHEDULED):
        raise NotNowError
    if campaign.status == CampaignStatus.SCHEDULED and actor is CLOCK and (campaign.send_at or now) > now:
        raise NotNowError
    approval = approval_of(session, campaign)
    campaign.status, campaign.problem, campaign.updated_at = CampaignStatus.SENDING, None, now
    corrected = as_detail(corrects=campaign.corrects, approval=approval.kind)
    action = AuditAction.NOTICE_CORRECTED if campaign.corrects else AuditAction.NOTICE_STARTED
    record(session, actor, action, subject(campaign), corrected, now)


def pause(session: Session, campaign: Campaign, actor: Actor, now: datetime, problem: str | None = None) -> None:
    """Hold a notice that is being sent; what is on its way is finished, nothing further begins; raises NotNowError."""
    if campaign.status != CampaignStatus.SENDING:
        raise NotNowError
    campaign.status, campaign.problem, campaign.updated_at = CampaignStatus.PAUSED, problem, now
    record(session, actor, AuditAction.NOTICE_PAUSED, subject(campaign), as_detail(problem=problem), now)


def resume(
    session: Session, campaign: Campaign, actor: Actor, now: datetime, confirmed_people: int | None = None
) -> None:
    """Go on with a held notice; `confirmed_people` answers a hold for an unusual count; raises NotNowError."""
    if campaign.status != CampaignStatus.PAUSED:
        raise NotNowError
    approval_of(session, campaign)
    if confirmed_people is not None:
        campaign.unusual_people = confirmed_people
    campaign.status, campaign.problem, campaign.updated_at = CampaignStatus.SENDING, None, now
    record(session, actor, AuditAction.NOTICE_RESUMED, subject(campaign), as_detail(people=confirmed_people), now)


def stop(session: Session, campaign: Campaign, actor: Actor, now: datetime) -> None:
    """End a notice for good: batches not yet begun are cancelled in this transaction; raises NotNowError."""
    if campaign.status not in STOPPABLE:
        raise NotNowError
    campaign.status, campaign.updated_at, campaign.closed_at = CampaignStatus.STOPPED, now, now
    session.flush()
    waiting = update(Batch).where(
        Batch.campaign_id == campaign.id, Batch.status == BatchStatus.PREPARED, Batch.uncertain.is_(False)
    )
    cancelled = changed(session, waiting.values(status=BatchStatus.CANCELLED, closed_at=now))
    unsure = update(Batch).where(Batch.campaign_id == campaign.id, Batch.status == BatchStatus.PREPARED)
    session.execute(unsure.values(status=BatchStatus.UNKNOWN, closed_at=now, problem="stopped"))
    record(session, actor, AuditAction.NOTICE_STOPPED, subject(campaign), {"batches": cancelled}, now)


def due(session: Session, now: datetime) -> list[str]:
    """The ids of scheduled notices whose time has come."""
    waiting = select(Campaign.id).where(Campaign.status == CampaignStatus.SCHEDULED, Campaign.send_at <= now)
    return list(session.scalars(waiting.order_by(Campaign.send_at)))
