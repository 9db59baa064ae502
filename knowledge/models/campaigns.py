"""The rows of notices: segments, campaigns, who said yes to what, and every batch as it is sent.

A campaign lives in one of two worlds for good. The world is part of the keys that lead from a campaign to its batches
and recipients, so the database itself refuses a drill that points at a resident, or a live notice at a tester.
"""

from datetime import datetime
from enum import StrEnum
from typing import Any

from sqlalchemy import (
    JSON,
    CheckConstraint,
    ForeignKey,
    ForeignKeyConstraint,
    Index,
    String,
    Text,
    UniqueConstraint,
    and_,
    false,
)
from sqlalchemy.orm import Mapped, mapped_column

from knowledge.models.base import Base, key


class World(StrEnum):
    """Live notices reach residents, drills reach testers."""

    LIVE = "live"
    DRILL = "drill"


class Urgency(StrEnum):
    """Normal notices keep quiet hours and budgets; urgent and disaster ones do not wait."""

    NORMAL = "normal"
    URGENT = "urgent"
    DISASTER = "disaster"


class CampaignStatus(StrEnum):
    """How far a notice has come."""

    DRAFT = "draft"
    IN_REVIEW = "in_review"
    APPROVED = "approved"
    SCHEDULED = "scheduled"
    SENDING = "sending"
    PAUSED = "paused"
    STOPPED = "stopped"
    SENT = "sent"


class ApprovalKind(StrEnum):
    """Two persons, or one alone in an emergency."""

    TWO_PERSONS = "two_persons"
    BREAK_GLASS = "break_glass"


class BatchStatus(StrEnum):
    """What is known of a batch; `unknown` ones wait for a person."""

    PREPARED = "prepared"
    CLAIMED = "claimed"
    ACCEPTED = "accepted"
    REFUSED = "refused"
    UNKNOWN = "unknown"
    EMPTY = "empty"
    CANCELLED = "cancelled"


class RecipientStatus(StrEnum):
    """What became of one person of an audience."""

    INCLUDED = "included"
    UNFOLLOWED = "unfollowed"
    OPTED_OUT = "opted_out"
    OVER_BUDGET = "over_budget"
    QUARANTINED = "quarantined"


class Segment(Base):
    """A saved predicate by its name; each change is a new version."""

    __tablename__ = "segments"

    id: Mapped[str] = key(32)
    name: Mapped[str] = mapped_column(String(80))
    department: Mapped[str] = mapped_column(String(200))
    version: Mapped[int]
    created_at: Mapped[datetime]


class SegmentVersion(Base):
    """One version of a segment; `predicate` is a `knowledge.segment` value and never changes."""

    __tablename__ = "segment_versions"

    segment_id: Mapped[str] = mapped_column(ForeignKey("segments.id", ondelete="CASCADE"), primary_key=True)
    version: Mapped[int] = mapped_column(primary_key=True)
    predicate: Mapped[dict[str, Any]]
    digest: Mapped[str] = mapped_column(String(64))
    author: Mapped[int] = mapped_column(ForeignKey("staff.id"))
    created_at: Mapped[datetime]


class SegmentCount(Base):
    """How many people a predicate found at a time; what is usual follows from the last ones."""

    __tablename__ = "segment_counts"
    __table_args__ = (Index("ix_segment_counts_digest", "digest", "counted_at"),)

    id: Mapped[int] = mapped_column(primary_key=True)
    digest: Mapped[str] = mapped_column(String(64))
    people: Mapped[int]
    counted_at: Mapped[datetime]


class Tester(Base):
    """A resident's account that agreed to get drills and test sends; `code` is its one-time invitation, digested.

    Those `on_call` are told, too, when disaster mode is asked for or comes into force.
    """

    __tablename__ = "testers"

    id: Mapped[int] = mapped_column(primary_key=True)
    name: Mapped[str] = mapped_column(String(80))
    resident_id: Mapped[int | None] = mapped_column(ForeignKey("residents.id", ondelete="CASCADE"), unique=True)
    code: Mapped[str | None] = mapped_column(String(64), unique=True)
    code_until: Mapped[datetime | None]
    added_by: Mapped[int] = mapped_column(ForeignKey("staff.id"))
    added_at: Mapped[datetime]
    on_call: Mapped[bool] = mapped_column(default=False, server_default=false())


class Campaign(Base):
    """One notice to one audience; `content` and `audience` are what the approved digests are of.

    `audience` is a `knowledge.segment` value in the live world and the testers' ids in a drill. `revision` counts every
    change, so that an older page can not overwrite a newer one. `unit` is the name under which LINE counts responses.
    """

    __tablename__ = "campaigns"
    __table_args__ = (
        UniqueConstraint("id", "world", name="uq_campaigns_world"),
        ForeignKeyConstraint(["corrects", "world"], ["campaigns.id", "campaigns.world"], name="fk_campaigns_corrects"),
        CheckConstraint("world IN ('live', 'drill')", name="ck_campaigns_world"),
        Index("ix_campaigns_status", "status", "send_at"),
    )

    id: Mapped[str] = key(32)
    world: Mapped[str] = mapped_column(String(8))
    status: Mapped[str] = mapped_column(String(16))
    urgency: Mapped[str] = mapped_column(String(16))
    department: Mapped[str] = mapped_column(String(200))
    topic: Mapped[str | None] = mapped_column(String(16))
    title: Mapped[str] = mapped_column(String(120))
    author: Mapped[int] = mapped_column(ForeignKey("staff.id"))
    content: Mapped[dict[str, Any]]
    content_digest: Mapped[str] = mapped_column(String(64))
    segment_id: Mapped[str | None] = mapped_column(ForeignKey("segments.id"))
    segment_version: Mapped[int | None]
    audience: Mapped[dict[str, Any]]
    audience_digest: Mapped[str] = mapped_column(String(64))
    corrects: Mapped[str | None] = mapped_column(String(32), unique=True)
    few_reason: Mapped[str | None] = mapped_column(Text)
    unusual_people: Mapped[int | None]
    send_at: Mapped[datetime | None]
    frozen_at: Mapped[datetime | None]
    people: Mapped[int | None]
    unit: Mapped[str | None] = mapped_column(String(30))
    problem: Mapped[str | None] = mapped_column(String(32))
    closed_at: Mapped[datetime | None]
    revision: Mapped[int] = mapped_column()
    created_at: Mapped[datetime]
    updated_at: Mapped[datetime]

    __mapper_args__ = {"version_id_col": revision}


class Approval(Base):
    """A yes to exactly one content and one audience; any edit makes it void. Nobody approves their own notice."""

    __tablename__ = "approvals"
    __table_args__ = (
        CheckConstraint("kind = 'break_glass' OR approver <> author", name="ck_approvals_two_persons"),
        CheckConstraint("kind = 'two_persons' OR reason IS NOT NULL", name="ck_approvals_reason"),
        Index("ix_approvals_campaign", "campaign_id"),
    )

    id: Mapped[int] = mapped_column(primary_key=True)
    campaign_id: Mapped[str] = mapped_column(ForeignKey("campaigns.id", ondelete="CASCADE"))
    kind: Mapped[str] = mapped_column(String(16))
    content_digest: Mapped[str] = mapped_column(String(64))
    audience_digest: Mapped[str] = mapped_column(String(64))
    author: Mapped[int] = mapped_column(ForeignKey("staff.id"))
    approver: Mapped[int] = mapped_column(ForeignKey("staff.id"))
    reason: Mapped[str | None] = mapped_column(Text)
    approved_at: Mapped[datetime]
    voided_at: Mapped[datetime | None]


class CampaignMessages(Base):
    """The messages of a campaign in one language, written out when its audience was frozen: the exact text sent."""

    __tablename__ = "campaign_messages"

    campaign_id: Mapped[str] = mapped_column(ForeignKey("campaigns.id", ondelete="CASCADE"), primary_key=True)
    variant: Mapped[str] = mapped_column(String(8), primary_key=True)
    messages: Mapped[str] = mapped_column(Text)


class Batch(Base):
    """At most 500 recipients of a campaign under one retry key; key and digest of the body stand before the first byte.

    `variant` is the language of its text. `first_sent_at` is set before the first byte and fixes the body for good;
    `uncertain` says that an attempt may have been accepted without our knowing. A claim is a lease, as with events.
    `roster` are the residents as they were frozen, until they are written out as recipients.
    """

    __tablename__ = "batches"
    __table_args__ = (
        ForeignKeyConstraint(["campaign_id", "world"], ["campaigns.id", "campaigns.world"], ondelete="CASCADE"),
        UniqueConstraint("id", "campaign_id", "world", name="uq_batches_campaign"),
        UniqueConstraint("campaign_id", "position", name="uq_batches_position"),
        Index("ix_batches_queue", "campaign_id", "status", "not_before"),
    )

    id: Mapped[int] = mapped_column(primary_key=True)
    campaign_id: Mapped[str] = mapped_column(String(32))
    world: Mapped[str] = mapped_column(String(8))
    position: Mapped[int]
    variant: Mapped[str] = mapped_column(String(8))
    status: Mapped[str] = mapped_column(String(16))
    people: Mapped[int]
    retry_key: Mapped[str] = mapped_column(String(36), unique=True)
    body_digest: Mapped[str] = mapped_column(String(64))
    not_before: Mapped[datetime]
    first_sent_at: Mapped[datetime | None]
    uncertain: Mapped[bool] = mapped_column(default=False)
    claimed_until: Mapped[datetime | None]
    attempts: Mapped[int]
    problem: Mapped[str | None] = mapped_column(String(64))
    closed_at: Mapped[datetime | None]
    roster: Mapped[list[Any] | None] = mapped_column(JSON(none_as_null=True), deferred=True)


LEFT = and_(Batch.roster.is_not(None), Batch.first_sent_at.is_not(None), Batch.closed_at.is_not(None))
"""Batches that are done and whose people are not written out yet: a handful, and looked for every second."""
Index("ix_batches_left", Batch.id, sqlite_where=LEFT, postgresql_where=LEFT)


class Recipient(Base):
    """One person of a frozen audience, at most once a campaign; a live one is a resident, a drill's is a tester."""

    __tablename__ = "recipients"
    __table_args__ = (
        ForeignKeyConstraint(
            ["batch_id", "campaign_id", "world"],
            ["batches.id", "batches.campaign_id", "batches.world"],
            ondelete="CASCADE",
            name="fk_recipients_batch",
        ),
        CheckConstraint(
            "(world = 'live' AND tester_id IS NULL) OR (world = 'drill' AND tester_id = resident_id)",
            name="ck_recipients_world",
        ),
        Index("ix_recipients_batch", "batch_id"),
        Index("ix_recipients_resident", "resident_id"),
    )

    campaign_id: Mapped[str] = mapped_column(String(32), primary_key=True)
    resident_id: Mapped[int] = mapped_column(ForeignKey("residents.id", ondelete="CASCADE"), primary_key=True)
    world: Mapped[str] = mapped_column(String(8))
    tester_id: Mapped[int | None] = mapped_column(ForeignKey("testers.resident_id", ondelete="CASCADE"))
    batch_id: Mapped[int]
    status: Mapped[str] = mapped_column(String(16))


class SendingGate(Base):
    """The one brake all senders of an endpoint share: closed until `open_at`, longer after each failure in a row."""

    __tablename__ = "sending_gates"

    endpoint: Mapped[str] = key(16)
    open_at: Mapped[datetime]
    pause_ms: Mapped[int]
    successes: Mapped[int]


class DepartmentBudget(Base):
    """How many normal notices a calendar month (Japan) a department may send to one resident."""

    __tablename__ = "department_budgets"

    department: Mapped[str] = mapped_column(String(200), primary_key=True)
    monthly: Mapped[int]
