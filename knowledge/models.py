"""The rows: what the ward knows, and what residents asked. Times are UTC."""

from datetime import UTC, date, datetime
from enum import StrEnum
from typing import Any

from sqlalchemy import JSON, BigInteger, DateTime, Dialect, ForeignKey, Index, Integer, String, Text
from sqlalchemy.orm import DeclarativeBase, Mapped, mapped_column
from sqlalchemy.types import TypeDecorator


class UtcDateTime(TypeDecorator[datetime]):
    """An aware datetime, kept as UTC in every database."""

    impl = DateTime(timezone=True)
    cache_ok = True

    def process_bind_param(self, value: datetime | None, dialect: Dialect) -> datetime | None:
        """Refuse naive times; they would silently mean another hour."""
        if value is None:
            return None
        if value.tzinfo is None:
            raise ValueError("naive datetime")
        return value.astimezone(UTC)

    def process_result_value(self, value: datetime | None, dialect: Dialect) -> datetime | None:
        """Give back what SQLite stores without its zone as UTC."""
        if value is None:
            return None
        return value.replace(tzinfo=UTC) if value.tzinfo is None else value.astimezone(UTC)


class Base(DeclarativeBase):
    """All tables of the product."""

    type_annotation_map = {datetime: UtcDateTime, dict[str, Any]: JSON, list[Any]: JSON}


def _key(length: int = 64) -> Mapped[str]:
    return mapped_column(String(length), primary_key=True)


class GuideStatus(StrEnum):
    """Whether a guide may be answered."""

    PUBLISHED = "published"
    WITHDRAWN = "withdrawn"


class GuideRow(Base):
    """A guide as it is answered now; `content` is a `knowledge.guide.Guide`."""

    __tablename__ = "guides"

    id: Mapped[str] = _key()
    version: Mapped[int] = mapped_column(Integer)
    status: Mapped[str] = mapped_column(String(16))
    content: Mapped[dict[str, Any]]
    digest: Mapped[str] = mapped_column(String(64))
    review_by: Mapped[date]
    updated_at: Mapped[datetime]


class PackKind(StrEnum):
    """The kinds of small records a content pack brings beside guides."""

    WARD = "ward"
    DESK = "desk"
    LIFE_EVENT = "life_event"
    OTHER_BODY = "other_body"
    CRISIS = "crisis"
    SMALLTALK = "smalltalk"
    OFFTOPIC = "offtopic"


class PackRecord(Base):
    """A desk, life event, other body or piece of talk, in the pack's order; `content` is the record of that kind."""

    __tablename__ = "pack_records"

    kind: Mapped[str] = _key(16)
    id: Mapped[str] = _key()
    position: Mapped[int]
    content: Mapped[dict[str, Any]]
    digest: Mapped[str] = mapped_column(String(64))


class SourceRow(Base):
    """A document that was ingested: a plan, a page, a file."""

    __tablename__ = "sources"

    id: Mapped[str] = _key()
    title: Mapped[str] = mapped_column(Text)
    kind: Mapped[str] = mapped_column(String(16))
    origin: Mapped[str] = mapped_column(Text)
    digest: Mapped[str] = mapped_column(String(64))
    extractor: Mapped[str] = mapped_column(String(32))
    added_at: Mapped[datetime]
    updated_at: Mapped[datetime]


class SourcePassage(Base):
    """An answerable piece of a source, with its section path and page."""

    __tablename__ = "source_passages"
    __table_args__ = (Index("ix_source_passages_source", "source_id", "position"),)

    id: Mapped[int] = mapped_column(primary_key=True)
    source_id: Mapped[str] = mapped_column(ForeignKey("sources.id", ondelete="CASCADE"))
    position: Mapped[int]
    section: Mapped[str] = mapped_column(Text)
    page: Mapped[int | None]
    text: Mapped[str] = mapped_column(Text)
    digest: Mapped[str] = mapped_column(String(64))


class ResidentStatus(StrEnum):
    """Whether LINE lets us write to a resident."""

    FRIEND = "friend"
    BLOCKED = "blocked"


class Resident(Base):
    """A LINE user who is or was a friend; `changed_ms` is the event time that set the status, so late events lose."""

    __tablename__ = "residents"

    id: Mapped[int] = mapped_column(primary_key=True)
    line_user_id: Mapped[str] = mapped_column(String(40), unique=True)
    status: Mapped[str] = mapped_column(String(16))
    changed_ms: Mapped[int] = mapped_column(BigInteger)
    created_at: Mapped[datetime]


class ConversationRow(Base):
    """What a resident was just shown, so that a short follow-up can be understood."""

    __tablename__ = "conversations"

    resident_id: Mapped[int] = mapped_column(ForeignKey("residents.id", ondelete="CASCADE"), primary_key=True)
    topic: Mapped[str | None] = mapped_column(String(64))
    candidates: Mapped[list[Any]]
    updated_at: Mapped[datetime]


class Feedback(StrEnum):
    """What the resident said of an answer."""

    SOLVED = "solved"
    WRONG = "wrong"


class Question(Base):
    """A question as it was asked (masked), how it ended and why; not_found and wrong ones are staff work."""

    __tablename__ = "questions"
    __table_args__ = (Index("ix_questions_outcome", "outcome", "asked_at"),)

    id: Mapped[str] = _key(32)
    event_id: Mapped[str | None] = mapped_column(String(64), unique=True)
    message_id: Mapped[str | None] = mapped_column(String(64), index=True)
    resident_id: Mapped[int | None] = mapped_column(ForeignKey("residents.id", ondelete="SET NULL"), index=True)
    channel: Mapped[str] = mapped_column(String(16))
    lang: Mapped[str] = mapped_column(String(8))
    text: Mapped[str | None] = mapped_column(Text)
    outcome: Mapped[str] = mapped_column(String(24))
    guide_id: Mapped[str | None] = mapped_column(String(64))
    passage_id: Mapped[int | None]
    candidates: Mapped[list[Any]]
    trace: Mapped[dict[str, Any]]
    snapshot: Mapped[str] = mapped_column(String(64))
    asked_at: Mapped[datetime]
    feedback: Mapped[str | None] = mapped_column(String(16))


class EventStatus(StrEnum):
    """How far an inbound event has come."""

    STORED = "stored"
    CLAIMED = "claimed"
    DONE = "done"
    FAILED = "failed"


class InboundEvent(Base):
    """A webhook event, stored before it is acknowledged; `body` is masked, and emptied once the event is done.

    `chat` is a digest of the user's id: events of one chat are handled one at a time, by `occurred_ms`.
    """

    __tablename__ = "inbound_events"
    __table_args__ = (
        Index("ix_inbound_events_open", "status", "claimed_until"),
        Index("ix_inbound_events_queue", "status", "received_at"),
        Index("ix_inbound_events_chat", "chat", "status", "occurred_ms"),
    )

    id: Mapped[str] = _key()
    chat: Mapped[str | None] = mapped_column(String(64))
    occurred_ms: Mapped[int] = mapped_column(BigInteger, server_default="0")
    body: Mapped[str | None] = mapped_column(Text)
    status: Mapped[str] = mapped_column(String(16))
    received_at: Mapped[datetime]
    claimed_until: Mapped[datetime | None]
    attempts: Mapped[int]


class DeliveryStatus(StrEnum):
    """What became of a reply: prepared before it is sent, then accepted, refused, or unknown."""

    PREPARED = "prepared"
    ACCEPTED = "accepted"
    REFUSED = "refused"


class Delivery(Base):
    """The one answer to an event, stored with its retry key before the first byte is sent."""

    __tablename__ = "deliveries"

    event_id: Mapped[str] = mapped_column(ForeignKey("inbound_events.id", ondelete="CASCADE"), primary_key=True)
    payload: Mapped[str | None] = mapped_column(Text)
    retry_key: Mapped[str] = mapped_column(String(36))
    method: Mapped[str | None] = mapped_column(String(8))
    status: Mapped[str] = mapped_column(String(16))
    created_at: Mapped[datetime]
