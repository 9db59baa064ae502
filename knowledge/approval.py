"""Review and approval: a second person says yes to one content and one audience, or one alone in an emergency."""

from datetime import datetime

import structlog
from prometheus_client import Counter
from sqlalchemy import select
from sqlalchemy.orm import Session

from knowledge.audience import FEW, count, far_from_usual, last_counts, note_count
from knowledge.audit import Actor, AuditAction, record
from knowledge.campaign import CampaignError, NotNowError, audience_of, digests, person, subject
from knowledge.models import Approval, ApprovalKind, Campaign, CampaignStatus, Urgency
from knowledge.segment import Audience, Conditions, Everyone, Testers

SHORTEST_REASON = 10
_log = structlog.get_logger(__name__)
_GLASS = Counter("pocket_notices_broke_glass", "Notices that one person alone approved in an emergency.")


class SamePersonError(CampaignError):
    """書いた人は承認できません。別の職員に承認を頼んでください。"""


class NobodyError(CampaignError):
    """この条件に当てはまる人がいません。条件を見直してください。"""


class NoTestersError(CampaignError):
    """訓練の端末がつながっていません。「訓練・試し送りの相手」で登録し、出た文をその端末から送ってもらってください。"""


class FewPeopleError(CampaignError):
    """送る相手が20人未満です。個人が分かってしまうおそれがあるため、この人数に送る理由を書いてください。"""


class UnusualCountError(CampaignError):
    """送る相手の人数が、いつもと大きく違います。条件が正しいか確かめ、正しければ人数を確認して進めてください。"""

    def __init__(self, people: int) -> None:
        """`people` is the count to be confirmed."""
        super().__init__()
        self.people = people


class NoEmergencyError(CampaignError):
    """一人での送信は、緊急・災害のお知らせに限り、理由（10文字以上）を書いたときだけできます。"""


class NotApprovedError(CampaignError):
    """この内容と相手は、まだ承認されていません。"""


def submit(
    session: Session,
    campaign: Campaign,
    actor: Actor,
    now: datetime,
    few_reason: str | None = None,
    confirmed_people: int | None = None,
) -> None:
    """Hand a draft over for review, after its audience was counted; raises NotNowError, NobodyError, NoTestersError,
    FewPeopleError, or UnusualCountError until the very number found is confirmed.
    """
    if campaign.status != CampaignStatus.DRAFT:
        raise NotNowError
    campaign.few_reason = (few_reason or "").strip() or None
    campaign.unusual_people = confirmed_people
    check_count(session, campaign, now)
    campaign.status, campaign.updated_at = CampaignStatus.IN_REVIEW, now
    record(session, actor, AuditAction.NOTICE_SUBMITTED, subject(campaign), {"people": campaign.people}, now)


def check_count(session: Session, campaign: Campaign, now: datetime) -> None:
    """Count the audience, keep the count, and stop at what should be looked at twice; corrections never wait."""
    audience = audience_of(campaign)
    campaign.people = found = _somebody(session, campaign, now)
    if not judged(audience):
        return
    if found < FEW and not campaign.few_reason:
        raise FewPeopleError
    before = [each.people for each in last_counts(session, campaign.audience_digest)]
    if far_from_usual(found, before) and campaign.unusual_people != found:
        raise UnusualCountError(found)
    note_count(session, campaign.audience_digest, found, now)


def _somebody(session: Session, campaign: Campaign, now: datetime) -> int:
    """How many people a notice is for; raises NobodyError or NoTestersError rather than 0, but for a correction.

    A correction may come to nobody, because nobody was reached; anything else would only seem to be sent.
    """
    audience = audience_of(campaign)
    found = count(session, audience, now)
    if found == 0 and isinstance(audience, Testers):
        raise NoTestersError
    if found == 0 and judged(audience):
        raise NobodyError
    return found


def judged(audience: Audience) -> bool:
    """Whether the size of an audience says anything: not for testers and not for those a notice reached."""
    return isinstance(audience, Everyone | Conditions)


def give_back(session: Session, campaign: Campaign, actor: Actor, now: datetime) -> None:
    """Return a notice in review to its author; raises NotNowError."""
    if campaign.status != CampaignStatus.IN_REVIEW:
        raise NotNowError
    campaign.status, campaign.updated_at = CampaignStatus.DRAFT, now
    record(session, actor, AuditAction.NOTICE_RETURNED, subject(campaign), {}, now)


def approve(session: Session, campaign: Campaign, approver: Actor, seen: tuple[str, str], now: datetime) -> None:
    """Say yes to the content and audience whose digests were `seen`; raises NotNowError if they are others by now,
    SamePersonError for whoever wrote them, and NobodyError or NoTestersError where nobody is left.
    """
    if campaign.status != CampaignStatus.IN_REVIEW or digests(campaign) != seen:
        raise NotNowError
    if person(approver) == campaign.author:
        raise SamePersonError
    _somebody(session, campaign, now)
    _add(session, campaign, approver, ApprovalKind.TWO_PERSONS, None, now)
    record(session, approver, AuditAction.NOTICE_APPROVED, subject(campaign), {"people": campaign.people}, now)


def break_glass(session: Session, campaign: Campaign, actor: Actor, reason: str, now: datetime) -> None:
    """Approve alone in an emergency: loud in the log, the figures and the console, and kept in the audit log.

    Raises NoEmergencyError for a normal notice or without a reason, NotNowError in another state, and NobodyError or
    NoTestersError where it is for nobody.
    """
    if campaign.urgency == Urgency.NORMAL or len(reason.strip()) < SHORTEST_REASON:
        raise NoEmergencyError
    if campaign.status not in (CampaignStatus.DRAFT, CampaignStatus.IN_REVIEW):
        raise NotNowError
    _somebody(session, campaign, now)
    _add(session, campaign, actor, ApprovalKind.BREAK_GLASS, reason.strip(), now)
    _GLASS.inc()
    _log.critical("notice_broke_glass", campaign=campaign.id, staff=actor.id, world=campaign.world)
    detail = {"reason": reason.strip(), "world": campaign.world}
    record(session, actor, AuditAction.NOTICE_BROKE_GLASS, subject(campaign), detail, now)


def approval_of(session: Session, campaign: Campaign) -> Approval:
    """The yes that holds for what stands in the row this moment; raises NotApprovedError."""
    said, audience = digests(campaign)
    valid = select(Approval).where(
        Approval.campaign_id == campaign.id,
        Approval.voided_at.is_(None),
        Approval.content_digest == said,
        Approval.audience_digest == audience,
        Approval.author == campaign.author,
    )
    found = session.scalars(valid.order_by(Approval.id.desc()).limit(1)).one_or_none()
    if found is None:
        raise NotApprovedError
    return found


def _add(
    session: Session, campaign: Campaign, approver: Actor, kind: ApprovalKind, reason: str | None, now: datetime
) -> None:
    said, audience = digests(campaign)
    session.add(
        Approval(
            campaign_id=campaign.id,
            kind=kind,
            content_digest=said,
            audience_digest=audience,
            author=campaign.author,
            approver=person(approver),
            reason=reason,
            approved_at=now,
        )
    )
    campaign.status, campaign.updated_at = CampaignStatus.APPROVED, now
    session.flush()
