"""Pages on which notices are listed, written, looked at and followed."""

import json
from collections.abc import Mapping
from dataclasses import dataclass
from typing import Annotated

from fastapi import APIRouter, Depends, Path
from sqlalchemy import select
from sqlalchemy.orm import Session
from starlette.datastructures import FormData
from starlette.responses import Response

from bot.console.errors import NoSuchPageError
from bot.console.frame import PATH
from bot.console.messages import Message
from bot.console.notices.form import Filled, filled, plan_of, refilled
from bot.console.notices.responses import response_view
from bot.console.visit import Transaction, Visit, Visited, posted
from bot.line.client import Message as LineMessage
from bot.line.validate import LineMessageInvalid
from bot.notices.messages import render
from knowledge import audience as audiences
from knowledge import staff
from knowledge.batch_report import report
from knowledge.campaign import (
    NoSuchCampaignError,
    audience_of,
    content_of,
    correction,
    digests,
    draft,
    edit,
    load,
)
from knowledge.evacuation_words import AbolishedWordError
from knowledge.leaving import forecast
from knowledge.models import (
    Approval,
    ApprovalKind,
    Campaign,
    CampaignStatus,
    Resident,
    ResidentChoices,
    Role,
    RuleOccasion,
    Segment,
    SegmentVersion,
    Tester,
    World,
)
from knowledge.notice import Content, Variant, refuse_abolished_words
from knowledge.segment import Conditions, Everyone, Testers, audience_json
from knowledge.segments import latest, save_segment

router = APIRouter()
LISTED = 100
NoticeId = Annotated[str, Path(pattern=r"^[0-9a-f]{32}$")]
Posted = Annotated[FormData, Depends(posted)]
UNDECIDED = (CampaignStatus.DRAFT, CampaignStatus.IN_REVIEW)
BEGUN = (CampaignStatus.SENDING, CampaignStatus.PAUSED, CampaignStatus.STOPPED, CampaignStatus.SENT)


@router.get("/notices")
def show_notices(visit: Visited, session: Transaction) -> Response:
    """All notices, the newest first, and what wants attention."""
    by_rule = select(RuleOccasion.campaign_id).where(RuleOccasion.campaign_id == Campaign.id).exists()
    newest = select(Campaign).where(~by_rule).order_by(Campaign.updated_at.desc()).limit(LISTED)
    alone = select(Approval).where(Approval.kind == ApprovalKind.BREAK_GLASS).order_by(Approval.id.desc()).limit(5)
    return visit.page(
        "notices/list.html",
        notices=list(session.scalars(newest)),
        alone=list(session.scalars(alone)),
        segments=latest(session),
        names=names_of(session),
    )


@router.get("/notices/new")
def ask_notice(visit: Visited, session: Transaction, world: World = World.LIVE, segment: str = "") -> Response:
    """An empty form, for residents or for a drill; a saved segment fills in its conditions."""
    typed = Filled({"department": visit.member.department or "", "urgency": "normal", "audience": "conditions"})
    if found := session.get(Segment, segment):
        kept = session.get_one(SegmentVersion, (found.id, found.version))
        typed.many = {name: list(value) for name, value in kept.predicate.items() if isinstance(value, list)}
        typed.one["audience"] = kept.predicate["kind"]
    return form_page(visit, session, typed, world)


@router.post("/notices/new")
def write_notice(visit: Visited, session: Transaction, form: Posted, world: World = World.LIVE) -> Response:
    """Keep a new notice as a draft, or count whom it would reach."""
    return _written(visit, session, filled(form), world, None)


@router.get("/notices/{notice}/edit")
def ask_change(visit: Visited, session: Transaction, notice: NoticeId) -> Response:
    """The form as it stands."""
    campaign = found_or_gone(session, notice)
    return form_page(visit, session, refilled(campaign), World(campaign.world), campaign)


@router.post("/notices/{notice}/edit")
def change_notice(visit: Visited, session: Transaction, form: Posted, notice: NoticeId) -> Response:
    """Change a notice; whatever was approved is so no more."""
    campaign = found_or_gone(session, notice)
    return _written(visit, session, filled(form), World(campaign.world), campaign)


def _written(visit: Visit, session: Session, typed: Filled, world: World, campaign: Campaign | None) -> Response:
    plan = plan_of(typed, world)
    if plan is None:
        return form_page(visit, session, typed, world, campaign, 422)
    try:
        render(plan.wording.content, Variant.JA, world, "https://localhost")
        if typed.get("do") == "look":
            refuse_abolished_words(plan.wording.content, plan.wording.title)
            return form_page(visit, session, typed, world, campaign, content=plan.wording.content)
        if campaign is None:
            campaign = draft(session, plan, visit.member, visit.now)
        else:
            edit(session, campaign, plan, visit.member, visit.now)
    except (AbolishedWordError, LineMessageInvalid) as error:
        typed.problems["text_ja"] = str(error)
        return form_page(visit, session, typed, world, campaign, 422)
    if typed.get("segment_name") and world is World.LIVE:
        save_segment(session, typed.get("segment_name"), campaign, visit.member, visit.now)
    return visit.to(f"{PATH}/notices/{campaign.id}", Message.NOTICE_SAVED)


def form_page(
    visit: Visit,
    session: Session,
    typed: Filled,
    world: World,
    campaign: Campaign | None = None,
    status: int = 200,
    content: Content | None = None,
) -> Response:
    """The form, with the count of whom it would reach where the conditions hold together."""
    fresh = Filled(dict(typed.one), dict(typed.many))
    plan = plan_of(fresh, world) if "topics" not in typed.problems else None
    audience = Testers() if world is World.DRILL else getattr(plan, "audience", None)
    towns = session.scalars(select(ResidentChoices.area).where(ResidentChoices.area.is_not(None)).distinct())
    told = select(Campaign).where(Campaign.world == World.LIVE, Campaign.frozen_at.is_not(None))
    return visit.page(
        "notices/form.html",
        status,
        typed=typed,
        world=world.value,
        campaign=campaign,
        towns=sorted({*(each for each in towns if each), *typed.ticked("areas")}),
        told=list(session.scalars(told.order_by(Campaign.frozen_at.desc()).limit(10))),
        variants=[each.value for each in Variant],
        people=audiences.count(session, audience, visit.now) if audience else None,
        audience=audience_json(audience) if audience else None,
        previews=previews(content, world) if content else {},
    )


@router.get("/notices/{notice}")
def show_notice(visit: Visited, session: Transaction, notice: NoticeId) -> Response:
    """A notice as residents see it, whom it is for, how far it is, and what can be done next."""
    return notice_page(visit, session, found_or_gone(session, notice))


def notice_page(
    visit: Visit, session: Session, campaign: Campaign, status: int = 200, problems: Mapping[str, str] | None = None
) -> Response:
    """The page of one notice; `problems` are what keeps a step from being taken."""
    world, audience = World(campaign.world), audience_of(campaign)
    given = select(Approval).where(Approval.campaign_id == campaign.id, Approval.voided_at.is_(None))
    said, whom = digests(campaign)
    roles = visit.member.roles
    return visit.page(
        "notices/notice.html",
        status,
        notice=campaign,
        previews=previews(content_of(campaign), world),
        audience=campaign.audience,
        people=audiences.count(session, audience, visit.now),
        few=isinstance(audience, Everyone | Conditions),
        counts=audiences.last_counts(session, campaign.audience_digest),
        approvals=list(session.scalars(given)),
        seen=f"{said}.{whom}",
        names=names_of(session),
        begun=campaign.status in BEGUN,
        report=report(session, campaign) if campaign.status in BEGUN else None,
        responses=response_view(session, campaign, visit.now) if campaign.status in BEGUN else None,
        correction=correction(session, campaign),
        forecast=forecast(session, campaign, visit.now) if campaign.status in UNDECIDED else None,
        testers=_testers(session),
        may_write=Role.NOTICES in roles,
        may_approve=Role.APPROVER in roles and campaign.author != visit.member.id,
        problems=problems or {},
    )


@dataclass(frozen=True)
class Look:
    """A notice in one language: the JSON of its messages, for drawing them as LINE does, and their words."""

    line: str
    words: tuple[str, ...]


def previews(content: Content, world: World) -> dict[str, Look]:
    """How each language looks."""
    found = {each: render(content, each, world, "https://localhost") for each in Variant if each in content.texts}
    return {each.value: Look(json.dumps(found[each], ensure_ascii=False), _words(found[each])) for each in found}


def _words(messages: list[LineMessage]) -> tuple[str, ...]:
    return tuple(str(message.get("text") or message.get("altText")) for message in messages)


def names_of(session: Session) -> dict[int, str]:
    """The staff by their ids."""
    return {member.id: member.name for member in staff.everybody(session)}


def _testers(session: Session) -> list[Tester]:
    joined = select(Tester).join(Resident, Resident.id == Tester.resident_id)
    return list(session.scalars(joined.order_by(Tester.name)))


def found_or_gone(session: Session, notice: str) -> Campaign:
    """The notice of that id; raises NoSuchPageError."""
    try:
        return load(session, notice)
    except NoSuchCampaignError:
        raise NoSuchPageError from None
