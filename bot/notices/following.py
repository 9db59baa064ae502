"""Rules at work: a due moment becomes a campaign once, a missed one is dropped, what is left of a past one stops."""

import uuid
from datetime import datetime, timedelta

import structlog
from sqlalchemy import insert, select, update
from sqlalchemy.dialects import postgresql, sqlite
from sqlalchemy.orm import Session

from bot.notices.freezing import cut_up, write_down
from knowledge import collection, rules
from knowledge.audience import people
from knowledge.audit import CLOCK
from knowledge.campaign import digests, load
from knowledge.course import stop
from knowledge.database import Sessions, changed
from knowledge.errors import PocketError
from knowledge.models import (
    Approval,
    ApprovalKind,
    Campaign,
    CampaignStatus,
    CollectionDay,
    Resident,
    Rule,
    RuleOccasion,
    RuleTelling,
    StandingApproval,
    StandingStatus,
    Urgency,
    World,
)
from knowledge.notice import content_json
from knowledge.segment import audience_json
from knowledge.trigger import Occasion, occasions

LOOK_BACK = timedelta(days=7)
"""A machine that stood still so long reports what it missed; nobody asks what was missed before that."""
_SENDING = (CampaignStatus.SENDING, CampaignStatus.PAUSED)
_log = structlog.get_logger(__name__)


def follow(sessions: Sessions, calendar_base: str, now: datetime) -> int:
    """One round over all rules; how many campaigns began. Any number of processes may make rounds at once.

    A moment is taken with the row of its occasion, in one transaction with the rows that say whom it tells: whoever
    comes second finds the row, and whatever dies in between leaves nothing behind.
    """
    close_past(sessions, now)
    with sessions() as session:
        approved = [row for row in rules.everything(session) if row.status == StandingStatus.APPROVED]
        table = collection.rows(session) if approved else []
    return sum(_follow(sessions, row.id, table, calendar_base, now) for row in approved)


def _follow(sessions: Sessions, rule: str, table: list[CollectionDay], calendar_base: str, now: datetime) -> int:
    with sessions() as session:
        row = session.get_one(Rule, rule)
        if (agreed := rules.COURSE.approval(session, row)) is None:
            return 0
        since = max(agreed.approved_at, now - LOOK_BACK)
        known = set(session.scalars(select(RuleOccasion.occasion).where(RuleOccasion.rule_id == rule)))
        moments = [each for each in occasions(rules.trigger_of(row), since, now, table) if each.name not in known]
    begun = 0
    for moment in moments:
        try:
            with sessions.begin() as session:
                begun += _take(session, rule, moment, calendar_base, now)
        except PocketError as error:
            # What can not be said (a text too long for LINE, an audience that is none) must not hold up other rules.
            _log.error("rule_not_followed", rule=rule, problem=type(error).__name__)
            with sessions.begin() as session:
                _reserve(session, rule, moment, missed=True)
    return begun


def _take(session: Session, rule: str, moment: Occasion, calendar_base: str, now: datetime) -> bool:
    """Whether a campaign began: the rule is approved as it stands, the moment is ours, and somebody is to be told."""
    row = rules.load(session, rule)
    agreed = rules.COURSE.approval(session, row)
    if agreed is None or agreed.approved_at >= moment.at:
        return False
    missed = now > moment.until
    if not _reserve(session, rule, moment, missed=missed) or missed:
        return False
    told = select(RuleTelling.resident_id).where(RuleTelling.rule_id == rule, RuleTelling.occasion == moment.telling)
    residents = people(rules.audience_at(row, moment), moment.at).where(Resident.id.not_in(told))
    campaign = _campaign(session, row, moment, agreed, now)
    batches, texts = cut_up(session, campaign, residents, calendar_base, now)
    if not batches:
        session.delete(campaign)
        return False
    found = write_down(session, campaign, (batches, texts), now)
    told_now = [resident for batch in batches for resident in batch.roster or []]
    _tell(session, rule, moment, campaign.id, told_now)
    _log.info("rule_followed", rule=rule, campaign=campaign.id, people=found)
    return True


def _reserve(session: Session, rule: str, moment: Occasion, *, missed: bool) -> bool:
    """Take a moment of a rule; False where somebody else has."""
    add = postgresql.insert if session.get_bind().dialect.name == "postgresql" else sqlite.insert
    values = {
        "rule_id": rule,
        "occasion": moment.name,
        "due_at": moment.at,
        "until_at": moment.until,
        "people": 0,
        "missed": missed,
        "closed": missed,
    }
    if missed:
        _log.warning("rule_missed", rule=rule, until=moment.until.isoformat())
    taken = add(RuleOccasion).values(values).on_conflict_do_nothing().returning(RuleOccasion.occasion)
    return session.scalar(taken) is not None


def _campaign(session: Session, row: Rule, moment: Occasion, agreed: StandingApproval, now: datetime) -> Campaign:
    """A campaign with the rule's own two people behind exactly what it says and to whom."""
    campaign = Campaign(
        id=uuid.uuid4().hex,
        world=World.LIVE,
        status=CampaignStatus.SENDING,
        urgency=Urgency.NORMAL,
        department=row.department,
        topic=row.topic,
        title=f"{row.title}（{moment.name}）"[:120],
        author=agreed.author,
        content=content_json(rules.content_at(row, moment)),
        content_digest="",
        audience=audience_json(rules.audience_at(row, moment)),
        audience_digest="",
        created_at=now,
        updated_at=now,
    )
    campaign.content_digest, campaign.audience_digest = digests(campaign)
    session.add(campaign)
    session.flush()
    session.add(
        Approval(
            campaign_id=campaign.id,
            kind=ApprovalKind.TWO_PERSONS,
            content_digest=campaign.content_digest,
            audience_digest=campaign.audience_digest,
            author=agreed.author,
            approver=agreed.approver,
            approved_at=agreed.approved_at,
        )
    )
    session.flush()
    return campaign


def _tell(session: Session, rule: str, moment: Occasion, campaign: str, residents: list[int]) -> None:
    """The rows that make it once: a second telling of anybody can not be written, and then nothing is."""
    told = [
        {"rule_id": rule, "occasion": moment.telling, "resident_id": each, "campaign_id": campaign}
        for each in residents
    ]
    session.execute(insert(RuleTelling), told)
    ours = RuleOccasion.rule_id == rule, RuleOccasion.occasion == moment.name
    session.execute(update(RuleOccasion).where(*ours).values(campaign_id=campaign, people=len(residents)))


def close_past(sessions: Sessions, now: datetime) -> int:
    """Stop what is left of campaigns whose moment is over: nothing of it is sent late; how many were stopped."""
    with sessions() as session:
        past = select(RuleOccasion.campaign_id, RuleOccasion.rule_id, RuleOccasion.occasion).where(
            RuleOccasion.until_at < now, RuleOccasion.closed.is_(False)
        )
        found = list(session.execute(past))
    stopped = 0
    for campaign_id, rule, occasion in found:
        with sessions.begin() as session:
            ours = RuleOccasion.rule_id == rule, RuleOccasion.occasion == occasion, RuleOccasion.closed.is_(False)
            if not changed(session, update(RuleOccasion).where(*ours).values(closed=True)) or campaign_id is None:
                continue
            campaign = load(session, campaign_id)
            if campaign.status in _SENDING:
                stop(session, campaign, CLOCK, now)
                stopped += 1
    return stopped


def silence(session: Session, rule: str, now: datetime) -> None:
    """Stop what a rule is sending this moment: whoever edits a rule or takes it back wants it to be silent at once."""
    mine = select(RuleOccasion.campaign_id).where(RuleOccasion.rule_id == rule, RuleOccasion.closed.is_(False))
    for campaign_id in session.scalars(mine.where(RuleOccasion.campaign_id.is_not(None))).all():
        campaign = load(session, campaign_id or "")
        if campaign.status in _SENDING:
            stop(session, campaign, CLOCK, now)
