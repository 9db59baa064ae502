"""The rows of what the ward knows: guides, the pack's small records, sources and their passages."""

from datetime import date, datetime
from enum import StrEnum
from typing import Any

from sqlalchemy import ForeignKey, Index, Integer, String, Text
from sqlalchemy.orm import Mapped, mapped_column

from knowledge.models.base import Base, key


class GuideStatus(StrEnum):
    """Whether a guide may be answered."""

    PUBLISHED = "published"
    WITHDRAWN = "withdrawn"


class GuideKeeper(StrEnum):
    """Who keeps a guide: the content pack, until somebody of the staff has published or withdrawn it."""

    PACK = "pack"
    STAFF = "staff"


class GuideRow(Base):
    """A guide as it is answered now; `content` is a `knowledge.guide.Guide`, `title` its own, beside it for lists.

    `pack_digest` is the digest of the pack's record as it was last seen; empty for a guide no pack has brought.
    """

    __tablename__ = "guides"

    id: Mapped[str] = key()
    version: Mapped[int] = mapped_column(Integer)
    status: Mapped[str] = mapped_column(String(16))
    title: Mapped[str] = mapped_column(Text, server_default="")
    content: Mapped[dict[str, Any]]
    digest: Mapped[str] = mapped_column(String(64))
    review_by: Mapped[date] = mapped_column(index=True)
    updated_at: Mapped[datetime]
    owner: Mapped[str] = mapped_column(String(200), index=True)
    keeper: Mapped[str] = mapped_column(String(16))
    pack_digest: Mapped[str] = mapped_column(String(64))


class PackKind(StrEnum):
    """The kinds of small records a content pack brings beside guides."""

    PACK = "pack"
    """The pack as a whole: one row, whose digest changes with any record."""
    WARD = "ward"
    DESK = "desk"
    LIFE_EVENT = "life_event"
    OTHER_BODY = "other_body"
    CRISIS = "crisis"
    SMALLTALK = "smalltalk"
    FOLLOW_UP = "follow_up"
    OFFTOPIC = "offtopic"
    DISASTER = "disaster"
    DISASTER_TOPIC = "disaster_topic"
    SHELTER = "shelter"
    TOWN = "town"


class PackRecord(Base):
    """A desk, life event, other body or piece of talk, in the pack's order; `content` is the record of that kind."""

    __tablename__ = "pack_records"

    kind: Mapped[str] = key(16)
    id: Mapped[str] = key()
    position: Mapped[int]
    content: Mapped[dict[str, Any]]
    digest: Mapped[str] = mapped_column(String(64))


class SourceStatus(StrEnum):
    """Whether a source may be answered from; a submission becomes one only when it is approved."""

    APPROVED = "approved"
    WITHDRAWN = "withdrawn"


class SourceRow(Base):
    """A document that was ingested: a plan, a page, a file.

    `approved_by` is a staff account, or `terminal` for what the operator added there. `indexed_at` tells since when an
    index serves that holds the source as it is; None: not yet.
    """

    __tablename__ = "sources"

    id: Mapped[str] = key()
    title: Mapped[str] = mapped_column(Text)
    kind: Mapped[str] = mapped_column(String(16))
    origin: Mapped[str] = mapped_column(Text)
    digest: Mapped[str] = mapped_column(String(64))
    extractor: Mapped[str] = mapped_column(String(32))
    status: Mapped[str] = mapped_column(String(16), default=SourceStatus.APPROVED, server_default="approved")
    approved_by: Mapped[str] = mapped_column(String(64), default="terminal", server_default="terminal")
    added_at: Mapped[datetime]
    updated_at: Mapped[datetime]
    indexed_at: Mapped[datetime | None]


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
