"""Notices from draft to draft: what is written, for whom, in which of the two worlds; every edit voids every yes."""

import uuid
from dataclasses import dataclass
from datetime import datetime

from sqlalchemy import select, update
from sqlalchemy.orm import Session

from knowledge.audit import Actor, AuditAction, record
from knowledge.errors import PocketError
from knowledge.models import Approval, Campaign, CampaignStatus, Topic, Urgency, World
from knowledge.notice import Content, content_from, content_json, correction_of, refuse_abolished_words
from knowledge.segment import (
    Audience,
    Conditions,
    Everyone,
    Reached,
    Testers,
    audience_from,
    audience_json,
    digest,
)

EDITABLE = frozenset(
    {CampaignStatus.DRAFT, CampaignStatus.IN_REVIEW, CampaignStatus.APPROVED, CampaignStatus.SCHEDULED}
)


class CampaignError(PocketError):
    """お知らせを処理できませんでした。"""


class NotNowError(CampaignError):
    """お知らせの状態が変わったため、その操作はできませんでした。画面を開き直してご確認ください。"""


class OtherWorldError(CampaignError):
    """訓練のお知らせは登録した訓練参加者だけに、本番のお知らせは住民だけに送れます。行き来はできません。"""


class NoPersonError(CampaignError):
    """この操作は、サインインした職員だけができます。"""


class NoSuchCampaignError(CampaignError):
    """お知らせが見つかりません。"""


@dataclass(frozen=True)
class Wording:
    """What a notice says, how urgent it is, and who speaks."""

    title: str
    department: str
    topic: Topic | None
    urgency: Urgency
    content: Content


@dataclass(frozen=True)
class Live:
    """A notice to residents; `segment` is the saved segment and version its audience came from, if any."""

    wording: Wording
    audience: Everyone | Conditions
    segment: tuple[str, int] | None = None


@dataclass(frozen=True)
class Drill:
    """A notice of an exercise: marked 【訓練】 on every message, and to testers, whom it can not choose."""

    wording: Wording


Plan = Live | Drill


def world_of(plan: Plan) -> World:
    """The world a plan belongs to; its type says it."""
    return World.LIVE if isinstance(plan, Live) else World.DRILL


def draft(session: Session, plan: Plan, author: Actor, now: datetime) -> Campaign:
    """A new notice as a draft; a disaster notice comes with the draft of its correction."""
    campaign = _new(plan, _chosen(plan), person(author), now)
    session.add(campaign)
    session.flush()
    _beside(session, campaign, now)
    record(session, author, AuditAction.NOTICE_DRAFTED, subject(campaign), {"world": campaign.world}, now)
    return campaign


def edit(session: Session, campaign: Campaign, plan: Plan, editor: Actor, now: datetime) -> None:
    """Replace what a notice says and for whom; it is a draft again, its editor its author, and no approval is left.

    A correction keeps the audience of the notice it corrects. Raises NotNowError once sending began, and
    OtherWorldError where the plan is of the other world.
    """
    if campaign.status not in EDITABLE:
        raise NotNowError
    if world_of(plan) != campaign.world:
        raise OtherWorldError
    void_approvals(session, campaign, now)
    _write(campaign, plan, audience_of(campaign) if campaign.corrects else _chosen(plan))
    campaign.author, campaign.status, campaign.updated_at = person(editor), CampaignStatus.DRAFT, now
    campaign.send_at = campaign.few_reason = campaign.unusual_people = None
    session.flush()
    _beside(session, campaign, now)
    record(session, editor, AuditAction.NOTICE_DRAFTED, subject(campaign), {"world": campaign.world}, now)


def load(session: Session, campaign_id: str) -> Campaign:
    """The notice of that id, locked against other changes where the database can; raises NoSuchCampaignError."""
    found = session.scalars(select(Campaign).where(Campaign.id == campaign_id).with_for_update()).one_or_none()
    if found is None:
        raise NoSuchCampaignError
    return found


def audience_of(campaign: Campaign) -> Audience:
    """The audience of a row; raises OtherWorldError where it is not one of the row's world.

    Those whom a notice reached are the audience of its own correction only, and a correction is of its world by key.
    """
    audience = audience_from(campaign.audience)
    allowed = Everyone | Conditions if campaign.world == World.LIVE else Testers
    own = isinstance(audience, Reached) and audience.campaign == campaign.corrects
    if not own and not isinstance(audience, allowed):
        raise OtherWorldError
    return audience


def content_of(campaign: Campaign) -> Content:
    """The content of a row."""
    return content_from(campaign.content)


def digests(campaign: Campaign) -> tuple[str, str]:
    """What an approval is given for, computed from what stands in the row: of everything said, and of the audience."""
    said = [campaign.world, campaign.urgency, campaign.department, campaign.topic, campaign.title, campaign.content]
    return digest(said), digest([campaign.world, campaign.audience])


def void_approvals(session: Session, campaign: Campaign, now: datetime) -> None:
    """Take back every yes."""
    given = update(Approval).where(Approval.campaign_id == campaign.id, Approval.voided_at.is_(None))
    session.execute(given.values(voided_at=now))


def person(actor: Actor) -> int:
    """The id of a person of the staff; raises NoPersonError for the machine."""
    if actor.id is None:
        raise NoPersonError
    return actor.id


def subject(campaign: Campaign) -> str:
    """How the audit log names a notice."""
    return f"notice:{campaign.id}"


def _chosen(plan: Plan) -> Audience:
    return plan.audience if isinstance(plan, Live) else Testers()


def _new(plan: Plan, audience: Audience, author: int, now: datetime, corrects: str | None = None) -> Campaign:
    campaign = Campaign(
        id=uuid.uuid4().hex,
        world=world_of(plan),
        status=CampaignStatus.DRAFT,
        author=author,
        corrects=corrects,
        created_at=now,
        updated_at=now,
    )
    _write(campaign, plan, audience)
    return campaign


def _write(campaign: Campaign, plan: Plan, audience: Audience) -> None:
    wording = plan.wording
    refuse_abolished_words(wording.content, wording.title)
    campaign.title, campaign.department, campaign.urgency = wording.title, wording.department, wording.urgency
    campaign.topic = wording.topic.value if wording.topic else None
    campaign.content, campaign.audience = content_json(wording.content), audience_json(audience)
    segment = plan.segment if isinstance(plan, Live) else None
    campaign.segment_id, campaign.segment_version = segment or (None, None)
    audience_of(campaign)
    campaign.content_digest, campaign.audience_digest = digests(campaign)


def _beside(session: Session, campaign: Campaign, now: datetime) -> None:
    """The correction of a disaster notice is there before anybody needs it."""
    if campaign.urgency != Urgency.DISASTER or campaign.corrects or correction(session, campaign):
        return
    title = f"訂正：{campaign.title}"[:120]
    wording = Wording(title, campaign.department, _topic(campaign), Urgency.DISASTER, correction_of(campaign.title))
    plan: Plan = Live(wording, Everyone()) if campaign.world == World.LIVE else Drill(wording)
    session.add(_new(plan, Reached(campaign=campaign.id), campaign.author, now, corrects=campaign.id))
    session.flush()


def correction(session: Session, campaign: Campaign) -> Campaign | None:
    """The correction drafted beside a notice, if there is one."""
    return session.scalars(select(Campaign).where(Campaign.corrects == campaign.id)).one_or_none()


def _topic(campaign: Campaign) -> Topic | None:
    return Topic(campaign.topic) if campaign.topic else None


def as_detail(**values: str | int | None) -> dict[str, str | int | bool | list[str] | None]:
    """Values for the audit log, without those that are missing."""
    return {name: value for name, value in values.items() if value is not None}
