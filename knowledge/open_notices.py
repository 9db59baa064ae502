"""Notices that wait for somebody: for an approver's yes, or for their author to go on."""

from dataclasses import dataclass
from datetime import datetime
from enum import Enum

from sqlalchemy import or_, select
from sqlalchemy.orm import Session

from knowledge import rules, templates
from knowledge.models import Campaign, CampaignStatus, NoticeTemplate, Role, Rule, StandingStatus, World
from knowledge.staff import StaffMember
from knowledge.standing import Course, Row


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


@dataclass(frozen=True)
class Mine:
    """Something of one's own that waits for its author, in which state and since when."""

    kind: NoticeKind
    id: str
    title: str
    status: str
    since: datetime
    world: str = World.LIVE


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


def to_go_on(session: Session, member: StaffMember) -> list[Mine]:
    """A person's own notices that somebody else has decided on or the platform has stopped, the latest first.

    A draft that an approval was once asked for was sent back, or is being mended since; a notice that was counted is.
    """
    returned = (Campaign.status == CampaignStatus.DRAFT) & Campaign.people.is_not(None)
    decided = Campaign.status.in_([CampaignStatus.APPROVED, CampaignStatus.PAUSED])
    columns = select(Campaign.id, Campaign.title, Campaign.status, Campaign.updated_at, Campaign.world)
    mine = columns.where(Campaign.author == member.id, or_(returned, decided))
    found = [Mine(NoticeKind.ONCE, *each) for each in session.execute(mine)]
    found += _sent_back(session, member, NoticeKind.RULE, Rule, rules.COURSE)
    found += _sent_back(session, member, NoticeKind.TEMPLATE, NoticeTemplate, templates.COURSE)
    return sorted(found, key=lambda each: (each.since, each.id), reverse=True)


def _sent_back(
    session: Session, member: StaffMember, kind: NoticeKind, row: type[Row], course: Course[Row]
) -> list[Mine]:
    columns = select(row.id, row.title, row.status, row.updated_at)
    mine = row.author == member.id, row.status == StandingStatus.DRAFT, course.asked_for(row)
    return [Mine(kind, *each) for each in session.execute(columns.where(*mine))]
