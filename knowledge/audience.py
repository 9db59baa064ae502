"""Audiences in SQL: who they are now, how many, and whether that is far from usual."""

from datetime import datetime, timedelta
from statistics import median

from sqlalchemy import ColumnElement, Integer, Select, and_, cast, exists, func, or_, select, true
from sqlalchemy.orm import Session

from knowledge.days import day_in_japan
from knowledge.elements import elements
from knowledge.models import (
    Batch,
    Child,
    Recipient,
    RecipientStatus,
    Resident,
    ResidentChoices,
    ResidentStatus,
    SegmentCount,
    Subscription,
    Tester,
)
from knowledge.segment import Audience, ChildAge, Conditions, Everyone, Reached, Testers
from knowledge.text import Language

FEW = 20
"""Fewer people than this need a reason: a notice to them could single somebody out."""
_LAST_COUNTS = 10


def people(audience: Audience, now: datetime) -> Select[int]:
    """The ids of the residents an audience consists of at `now`; blocked and unfollowed ones never."""
    friends = select(Resident.id).where(Resident.status == ResidentStatus.FRIEND)
    match audience:
        case Everyone():
            return friends
        case Conditions():
            joined = friends.outerjoin(ResidentChoices, ResidentChoices.resident_id == Resident.id)
            return joined.where(*_conditions(audience, now))
        case Reached():
            return friends.where(_told(frozenset([audience.campaign])))
        case Testers():
            return friends.join(Tester, Tester.resident_id == Resident.id)


def count(session: Session, audience: Audience, now: datetime) -> int:
    """How many people the audience has at `now`."""
    return session.scalar(select(func.count()).select_from(people(audience, now).subquery())) or 0


def note_count(session: Session, digest: str, found: int, now: datetime) -> None:
    """Keep a count of a predicate, so that what is usual can be known."""
    session.add(SegmentCount(digest=digest, people=found, counted_at=now))


def last_counts(session: Session, digest: str) -> list[SegmentCount]:
    """The newest counts of a predicate, newest first."""
    newest = select(SegmentCount).where(SegmentCount.digest == digest).order_by(SegmentCount.counted_at.desc())
    return list(session.scalars(newest.limit(_LAST_COUNTS)))


def far_from_usual(found: int, before: list[int]) -> bool:
    """Whether a count is more than double, or less than half, of what was usual, and by twenty people or more."""
    if not before:
        return False
    usual = median(before)
    return abs(found - usual) >= FEW and (found > 2 * usual or 2 * found < usual)


def _conditions(wanted: Conditions, now: datetime) -> list[ColumnElement[bool]]:
    found: list[ColumnElement[bool]] = []
    if wanted.topics:
        found.append(_subscribed(frozenset(topic.value for topic in wanted.topics)))
    if wanted.areas:
        found.append(ResidentChoices.area.in_(sorted(wanted.areas)))
    if wanted.age_bands:
        found.append(ResidentChoices.age_band.in_(sorted(band.value for band in wanted.age_bands)))
    if wanted.child:
        found.append(_has_child(wanted.child, now))
    if wanted.languages:
        found.append(_speaks(wanted.languages))
    if wanted.seen_within_days is not None:
        since = now - timedelta(days=wanted.seen_within_days)
        found.append(func.coalesce(Resident.seen_at, Resident.created_at) >= since)
    if wanted.not_told:
        found.append(~_told(wanted.not_told))
    return found


def _subscribed(topics: frozenset[str]) -> ColumnElement[bool]:
    return exists().where(
        Subscription.resident_id == Resident.id,
        Subscription.topic.in_(sorted(topics)),
        Subscription.ended_at.is_(None),
    )


def _has_child(age: ChildAge, now: datetime) -> ColumnElement[bool]:
    earliest, latest = age.births(day_in_japan(now))
    return exists().where(Child.resident_id == Resident.id, Child.born.between(earliest, latest))


def _speaks(languages: frozenset[Language]) -> ColumnElement[bool]:
    chosen = ResidentChoices.language.in_(sorted(language.value for language in languages))
    return or_(chosen, ResidentChoices.language.is_(None)) if Language.JA in languages else chosen


def _told(campaigns: frozenset[str]) -> ColumnElement[bool]:
    """Whether one of the campaigns was or may have been sent to the resident, who may still stand on its roster."""
    recipient = exists().where(
        Recipient.resident_id == Resident.id,
        Recipient.campaign_id.in_(sorted(campaigns)),
        Recipient.status == RecipientStatus.INCLUDED,
        and_(Batch.id == Recipient.batch_id, Batch.first_sent_at.is_not(None)),
    )
    listed = listed_in(Batch.campaign_id.in_(sorted(campaigns)), Batch.first_sent_at.is_not(None))
    return or_(recipient, Resident.id.in_(listed))


def listed_in(*which: ColumnElement[bool]) -> Select[int]:
    """The ids of the residents who stand on the rosters of such batches and are no recipients yet."""
    listed = elements(Batch.roster)
    resident = cast(listed.c.value, Integer).label("resident")
    return select(resident).select_from(Batch).join(listed, true()).where(*which)
