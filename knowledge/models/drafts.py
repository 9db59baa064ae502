"""The rows of staff's work on guides: drafts, the versions that were public, golden questions, reminders.

People are named by the id of their account (`staff.id`); nobody is the content pack.
"""

from datetime import date, datetime
from enum import StrEnum
from typing import Any

from sqlalchemy import ForeignKey, Index, String, Text
from sqlalchemy.orm import Mapped, mapped_column

from knowledge.models.base import Base, key


class DraftStatus(StrEnum):
    """How far a draft has come; `published` and `discarded` are its two ends."""

    DRAFT = "draft"
    SUBMITTED = "submitted"
    SENT_BACK = "sent_back"
    APPROVED = "approved"
    PUBLISHED = "published"
    DISCARDED = "discarded"


class DraftOrigin(StrEnum):
    """What a draft was made for."""

    NEW = "new"
    EDIT = "edit"
    RETURN = "return"
    CONFLICT = "conflict"
    PACK = "pack"
    SHIFT = "shift"


class GuideDraft(Base):
    """A guide as somebody wants it; `content` is a whole `knowledge.guide.Guide`, `base_version` what it started from.

    `revision` grows with every change, so that a page opened earlier can not overwrite a later one. `authors` are all
    who changed the content; `reviewed` is the digest that was approved, `held` what the accuracy gate found against it,
    `rival` the draft that somebody else saved first; `review_note` is why it was sent back, or given up by another.
    """

    __tablename__ = "guide_drafts"
    __table_args__ = (
        Index("ix_guide_drafts_guide", "guide_id", "status"),
        Index("ix_guide_drafts_work", "owner", "status", "updated_at"),
    )

    id: Mapped[str] = key(32)
    guide_id: Mapped[str] = mapped_column(String(64))
    owner: Mapped[str] = mapped_column(String(200))
    status: Mapped[str] = mapped_column(String(16))
    origin: Mapped[str] = mapped_column(String(16))
    base_version: Mapped[int]
    content: Mapped[dict[str, Any]]
    digest: Mapped[str] = mapped_column(String(64))
    reason: Mapped[str] = mapped_column(Text)
    revision: Mapped[int]
    authors: Mapped[list[Any]]
    rival: Mapped[str | None] = mapped_column(String(32))
    created_at: Mapped[datetime]
    updated_at: Mapped[datetime]
    updated_by: Mapped[int | None]
    submitted_by: Mapped[int | None]
    submitted_at: Mapped[datetime | None]
    reviewer: Mapped[int | None]
    reviewed_at: Mapped[datetime | None]
    reviewed: Mapped[str | None] = mapped_column(String(64))
    review_note: Mapped[str | None] = mapped_column(Text)
    held: Mapped[list[Any]]


class GuideVersion(Base):
    """A guide as it was public from `published_at` on, or its withdrawal; never changed but for `answerable_at`.

    `answerable_at` is when the index that finds this version began to serve.
    """

    __tablename__ = "guide_versions"
    __table_args__ = (Index("ix_guide_versions_waiting", "answerable_at"),)

    guide_id: Mapped[str] = mapped_column(ForeignKey("guides.id", ondelete="CASCADE"), primary_key=True)
    version: Mapped[int] = mapped_column(primary_key=True, autoincrement=False)
    status: Mapped[str] = mapped_column(String(16))
    content: Mapped[dict[str, Any]]
    digest: Mapped[str] = mapped_column(String(64))
    author: Mapped[int | None]
    reviewer: Mapped[int | None]
    reason: Mapped[str] = mapped_column(Text)
    overruled: Mapped[str | None] = mapped_column(Text)
    draft_id: Mapped[str | None] = mapped_column(String(32))
    published_at: Mapped[datetime]
    answerable_at: Mapped[datetime | None]


class GoldenQuestion(Base):
    """A question whose right answer is known; `expect` holds the fields of `indexer.evaluate.Expected`.

    `kept_by` is nobody for what came with the content pack; `turns` is what was said before in the same conversation.
    """

    __tablename__ = "golden_questions"

    id: Mapped[str] = key(64)
    text: Mapped[str] = mapped_column(Text)
    lang: Mapped[str] = mapped_column(String(8))
    turns: Mapped[list[Any]]
    guide_id: Mapped[str | None] = mapped_column(String(64), index=True)
    expect: Mapped[dict[str, Any]]
    question_id: Mapped[str | None] = mapped_column(String(32))
    kept_by: Mapped[int | None]
    kept_at: Mapped[datetime]
    retired_at: Mapped[datetime | None]


class Reminder(Base):
    """That a guide's review is due in `days_before` days; one row a guide, review date and distance."""

    __tablename__ = "review_reminders"

    guide_id: Mapped[str] = mapped_column(ForeignKey("guides.id", ondelete="CASCADE"), primary_key=True)
    review_by: Mapped[date] = mapped_column(primary_key=True)
    days_before: Mapped[int] = mapped_column(primary_key=True, autoincrement=False)
    owner: Mapped[str] = mapped_column(String(200), index=True)
    due_on: Mapped[date]
    created_at: Mapped[datetime]
    seen_by: Mapped[int | None]
    seen_at: Mapped[datetime | None]
