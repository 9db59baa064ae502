"""What the page of a notice says of those who opened it: LINE's figures, or why there are none."""

import json
from collections.abc import Mapping
from dataclasses import dataclass
from datetime import datetime
from enum import StrEnum

from sqlalchemy import select
from sqlalchemy.orm import Session

from bot.line.limits import INSIGHT_LEAST
from bot.line.links import links_in
from knowledge.models import Campaign, CampaignMessages, RuleOccasion, World
from knowledge.responses import SPAN, Known, known


class State(StrEnum):
    """Whether there are figures, and else why not; the sentences stand in the template."""

    GIVEN = "given"
    WAITING = "waiting"
    MISSED = "missed"
    FEW = "few"
    RULE = "rule"
    NAMELESS = "nameless"


@dataclass(frozen=True)
class ResponseView:
    """The state of a notice's figures, the figures, and what its links are called, by address."""

    state: State
    known: Known
    links: Mapping[str, str]


def response_view(session: Session, campaign: Campaign, now: datetime) -> ResponseView | None:
    """What the page says; None for a drill and before the audience of a notice is frozen."""
    if campaign.world != World.LIVE or campaign.frozen_at is None:
        return None
    found = known(session, campaign)
    texts = select(CampaignMessages.messages).where(CampaignMessages.campaign_id == campaign.id)
    links = {
        url: label
        for text in session.scalars(texts.order_by(CampaignMessages.variant.desc()))
        for url, label in links_in(json.loads(text))
        if label
    }
    return ResponseView(_state(session, campaign, found, now), found, links)


def _state(session: Session, campaign: Campaign, found: Known, now: datetime) -> State:
    if campaign.unit is None:
        rule = select(RuleOccasion.rule_id).where(RuleOccasion.campaign_id == campaign.id)
        return State.NAMELESS if session.scalars(rule).first() is None else State.RULE
    if (campaign.people or 0) < INSIGHT_LEAST:
        return State.FEW
    if found.fetched_at is not None:
        return State.GIVEN
    return State.MISSED if now - (campaign.frozen_at or now) > SPAN else State.WAITING
