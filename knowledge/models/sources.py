"""The rows of sources on their way to being answerable, and of the web pages guides were made from."""

from datetime import datetime
from enum import StrEnum
from typing import Any

from sqlalchemy import BigInteger, ForeignKey, Index, String, Text
from sqlalchemy.orm import Mapped, mapped_column

from knowledge.models.base import Base, key


class SubmissionStatus(StrEnum):
    """How far a submitted document has come; one that a newer one of the same origin replaced is superseded."""

    PENDING = "pending"
    APPROVED = "approved"
    REFUSED = "refused"
    SUPERSEDED = "superseded"


class SourceSubmission(Base):
    """A document somebody handed in, as it was read; none of it is answerable before a second person approved it.

    `pieces`, `tables`, `findings` and `left_out` are the lists of a `knowledge.submissions.Reading`.
    """

    __tablename__ = "source_submissions"
    __table_args__ = (
        Index("ix_source_submissions_status", "status", "submitted_at"),
        Index("ix_source_submissions_origin", "origin_digest", "status"),
    )

    id: Mapped[int] = mapped_column(primary_key=True)
    source_id: Mapped[str | None] = mapped_column(ForeignKey("sources.id", ondelete="SET NULL"), index=True)
    origin: Mapped[str] = mapped_column(Text)
    origin_digest: Mapped[str] = mapped_column(String(64))
    title: Mapped[str] = mapped_column(Text)
    kind: Mapped[str] = mapped_column(String(16))
    digest: Mapped[str] = mapped_column(String(64))
    extractor: Mapped[str] = mapped_column(String(32))
    size: Mapped[int] = mapped_column(BigInteger)
    pieces: Mapped[list[Any]]
    tables: Mapped[list[Any]]
    findings: Mapped[list[Any]]
    left_out: Mapped[list[Any]]
    status: Mapped[str] = mapped_column(String(16))
    department: Mapped[str] = mapped_column(Text)
    submitted_by: Mapped[int] = mapped_column(ForeignKey("staff.id"))
    submitted_at: Mapped[datetime]
    decided_by: Mapped[int | None] = mapped_column(ForeignKey("staff.id"))
    decided_at: Mapped[datetime | None]
    reason: Mapped[str | None] = mapped_column(Text)


class SourcePage(Base):
    """A web page that guides name as their source: the text somebody compared with them, and the one it has now.

    `id` is the SHA-256 of the address. `changed_at` is empty while the page says what it said when last compared.
    """

    __tablename__ = "source_pages"

    id: Mapped[str] = key()
    url: Mapped[str] = mapped_column(Text)
    text: Mapped[str] = mapped_column(Text)
    fetched_at: Mapped[datetime]
    problem: Mapped[str | None] = mapped_column(Text)
    changed_text: Mapped[str | None] = mapped_column(Text)
    changed_at: Mapped[datetime | None] = mapped_column(index=True)
    compared_by: Mapped[int | None] = mapped_column(ForeignKey("staff.id"))
    compared_at: Mapped[datetime | None]
    note: Mapped[str | None] = mapped_column(Text)
