"""Saved segments: an audience by its name, each change a new version."""

import uuid
from datetime import datetime

from sqlalchemy import select
from sqlalchemy.orm import Session

from knowledge.audit import Actor, AuditAction, record
from knowledge.campaign import audience_of, person
from knowledge.models import Campaign, Segment, SegmentVersion
from knowledge.segment import Conditions, Everyone, audience_json, digest

LONGEST_NAME = 80


def latest(session: Session) -> list[Segment]:
    """All segments, by name."""
    return list(session.scalars(select(Segment).order_by(Segment.name)))


def save_segment(session: Session, name: str, campaign: Campaign, actor: Actor, now: datetime) -> Segment | None:
    """Keep a notice's conditions under a name: the same name of the same department gets a new version if they differ.

    None where the notice is for whom another one reached, or for testers: that is nothing to be kept.
    """
    audience = audience_of(campaign)
    if not isinstance(audience, Everyone | Conditions):
        return None
    stored = audience_json(audience)
    named = Segment.name == name[:LONGEST_NAME], Segment.department == campaign.department
    segment = session.scalars(select(Segment).where(*named)).one_or_none()
    if segment is None:
        segment = Segment(
            id=uuid.uuid4().hex,
            name=name[:LONGEST_NAME],
            department=campaign.department,
            version=0,
            created_at=now,
        )
        session.add(segment)
        session.flush()
    kept = session.get(SegmentVersion, (segment.id, segment.version))
    if kept is None or kept.digest != digest(stored):
        segment.version += 1
        session.add(
            SegmentVersion(
                segment_id=segment.id,
                version=segment.version,
                predicate=stored,
                digest=digest(stored),
                author=person(actor),
                created_at=now,
            )
        )
        session.flush()
        record(session, actor, AuditAction.SEGMENT_CHANGED, f"segment:{segment.id}", {"version": segment.version}, now)
    campaign.segment_id, campaign.segment_version = segment.id, segment.version
    return segment
