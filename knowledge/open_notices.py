"""Notices that wait for somebody: for an approver's yes, or for their author to go on."""

from dataclasses import dataclass
from datetime import datetime
from enum import Enum

from sqlalchemy import or_, select
from sqlalchemy.orm import Session

from knowledge.models import Campaign, CampaignStatus, NoticeTemplate, Role, Rule, StandingStatus
from knowledge.staff import StaffMember


class NoticeKind(Enum):
    """What is sent once, what follows data, and what a ward system sends to one person."""

    ONCE = "once"
    RULE = "rule"
    TEMPLATE = "template"


@dataclass(frozen=True)
class Asked:
    """Something that an approver is asked for, and since when."""

    kind: NoticeKind
    id: str
    title: str
    department: str
    since: datetime


_KINDS: dict[NoticeKind, type[Campaign | Rule | NoticeTemplate]] = {
    NoticeKind.ONCE: Campaign,
    NoticeKind.RULE: Rule,
    NoticeKind.TEMPLATE: NoticeTemplate,
}


def to_approve(session: Session, member: StaffMember) -> list[Asked]:
    """What waits for this person's yes: never what they wrote; the longest waiting first."""
    if not member.has(Role.APPROVER):
        return []
    found: list[Asked] = []
    for kind, row in _KINDS.items():
        waiting = row.status.in_([CampaignStatus.IN_REVIEW, StandingStatus.IN_REVIEW])
        columns = select(row.id, row.title, row.department, row.updated_at)
        found += [Asked(kind, *each) for each in session.execute(columns.where(waiting, row.author != member.id))]
    return sorted(found, key=lambda each: (each.since, each.id))


def to_go_on(session: Session, member: StaffMember) -> list[Campaign]:
    """A person's own notices that somebody else has decided on or the platform has stopped, the latest first.

    A draft that was counted is one that an approval was asked for: it was sent back, or is being mended since.
    """
    returned = (Campaign.status == CampaignStatus.DRAFT) & Campaign.people.is_not(None)
    decided = Campaign.status.in_([CampaignStatus.APPROVED, CampaignStatus.PAUSED])
    mine = select(Campaign).where(Campaign.author == member.id, or_(returned, decided))
    return list(session.scalars(mine.order_by(Campaign.updated_at.desc(), Campaign.id)))
