"""The rows of notices to one person: ward systems with their keys, templates, links by code, and the letters."""

from datetime import date, datetime
from enum import StrEnum
from typing import Any

from sqlalchemy import CheckConstraint, ForeignKey, Index, String, Text, UniqueConstraint
from sqlalchemy.orm import Mapped, mapped_column

from knowledge.models.base import Base, key


class StandingStatus(StrEnum):
    """How far a template or a rule has come; only an approved one is used."""

    DRAFT = "draft"
    IN_REVIEW = "in_review"
    APPROVED = "approved"
    WITHDRAWN = "withdrawn"


class LetterOrigin(StrEnum):
    """Who asked for a letter: a ward system, or the resident who wanted to be reminded of a deadline."""

    SYSTEM = "system"
    DEADLINE = "deadline"


class LetterStatus(StrEnum):
    """What is known of a letter: accepted by us, handed to LINE, or why not; `unknown` is never sent again."""

    ACCEPTED = "accepted"
    CLAIMED = "claimed"
    DELIVERED = "delivered"
    BLOCKED = "blocked"
    UNKNOWN = "unknown"
    REFUSED = "refused"
    EXPIRED = "expired"


class ApiClient(Base):
    """A ward system that may ask for notices; of its key only the public part and a digest of the secret are kept."""

    __tablename__ = "api_clients"

    id: Mapped[str] = key(16)
    name: Mapped[str] = mapped_column(String(80))
    secret_digest: Mapped[str] = mapped_column(String(64))
    added_by: Mapped[int | None] = mapped_column(ForeignKey("staff.id"))
    added_at: Mapped[datetime]
    withdrawn_at: Mapped[datetime | None]
    last_used_at: Mapped[datetime | None]
    window_at: Mapped[datetime | None]
    window_count: Mapped[int] = mapped_column(default=0)


class NoticeTemplate(Base):
    """The words of a per-person notice; `slug` is how ward systems name it, `content` what an approval is given for."""

    __tablename__ = "notice_templates"

    id: Mapped[str] = key(32)
    slug: Mapped[str] = mapped_column(String(40), unique=True)
    title: Mapped[str] = mapped_column(String(120))
    department: Mapped[str] = mapped_column(String(200))
    status: Mapped[str] = mapped_column(String(16))
    content: Mapped[dict[str, Any]]
    author: Mapped[int] = mapped_column(ForeignKey("staff.id"))
    revision: Mapped[int] = mapped_column()
    created_at: Mapped[datetime]
    updated_at: Mapped[datetime]

    __mapper_args__ = {"version_id_col": revision}


class ApiScope(Base):
    """A template that a ward system may use."""

    __tablename__ = "api_scopes"

    client_id: Mapped[str] = mapped_column(ForeignKey("api_clients.id", ondelete="CASCADE"), primary_key=True)
    template_id: Mapped[str] = mapped_column(ForeignKey("notice_templates.id", ondelete="CASCADE"), primary_key=True)


class StandingApproval(Base):
    """A second person's yes to a template or a rule exactly as it stands; any edit makes it void."""

    __tablename__ = "standing_approvals"
    __table_args__ = (
        CheckConstraint("approver <> author", name="ck_standing_approvals_two_persons"),
        Index("ix_standing_approvals_subject", "subject"),
    )

    id: Mapped[int] = mapped_column(primary_key=True)
    subject: Mapped[str] = mapped_column(String(48))
    digest: Mapped[str] = mapped_column(String(64))
    author: Mapped[int] = mapped_column(ForeignKey("staff.id"))
    approver: Mapped[int] = mapped_column(ForeignKey("staff.id"))
    approved_at: Mapped[datetime]
    voided_at: Mapped[datetime | None]


class ResidentLink(Base):
    """A ward system's way to one resident: made with a one-time code, joined when the resident sends it in the chat.

    The ward system holds the token, the resident the code; both are kept as digests. Ended by either side for good.
    """

    __tablename__ = "resident_links"
    __table_args__ = (Index("ix_resident_links_resident", "resident_id"),)

    id: Mapped[str] = key(32)
    client_id: Mapped[str] = mapped_column(ForeignKey("api_clients.id", ondelete="CASCADE"))
    token_digest: Mapped[str] = mapped_column(String(64), unique=True)
    code_digest: Mapped[str | None] = mapped_column(String(64), unique=True)
    code_until: Mapped[datetime]
    resident_id: Mapped[int | None] = mapped_column(ForeignKey("residents.id", ondelete="CASCADE"))
    made_at: Mapped[datetime]
    linked_at: Mapped[datetime | None]
    ended_at: Mapped[datetime | None]


class Letter(Base):
    """One message to one resident, under one retry key; key and digest of the body stand before the first byte.

    `subject` and `standing` name what was approved and its digest at that time; without them nobody's approval is
    needed (a reminder the resident asked for). The text is erased when the letter is closed; `first_sent_at` fixes it
    until then.
    """

    __tablename__ = "letters"
    __table_args__ = (
        Index("ix_letters_queue", "status", "not_before"),
        Index("ix_letters_client", "client_id", "accepted_at"),
    )

    id: Mapped[str] = key(32)
    origin: Mapped[str] = mapped_column(String(16))
    client_id: Mapped[str | None] = mapped_column(ForeignKey("api_clients.id", ondelete="CASCADE"))
    link_id: Mapped[str | None] = mapped_column(ForeignKey("resident_links.id", ondelete="CASCADE"))
    resident_id: Mapped[int] = mapped_column(ForeignKey("residents.id", ondelete="CASCADE"))
    subject: Mapped[str | None] = mapped_column(String(48))
    standing: Mapped[str | None] = mapped_column(String(64))
    status: Mapped[str] = mapped_column(String(16))
    messages: Mapped[str | None] = mapped_column(Text)
    retry_key: Mapped[str] = mapped_column(String(36), unique=True)
    body_digest: Mapped[str] = mapped_column(String(64))
    keeps_quiet: Mapped[bool]
    not_before: Mapped[datetime]
    not_after: Mapped[datetime | None]
    first_sent_at: Mapped[datetime | None]
    uncertain: Mapped[bool] = mapped_column(default=False)
    claimed_until: Mapped[datetime | None]
    attempts: Mapped[int]
    problem: Mapped[str | None] = mapped_column(String(32))
    accepted_at: Mapped[datetime]
    closed_at: Mapped[datetime | None]


class IdempotencyKey(Base):
    """What a ward system asked under a key of its own, and the letter that came of it: asked again, it is the same."""

    __tablename__ = "idempotency_keys"

    client_id: Mapped[str] = mapped_column(ForeignKey("api_clients.id", ondelete="CASCADE"), primary_key=True)
    key: Mapped[str] = mapped_column(String(64), primary_key=True)
    body_digest: Mapped[str] = mapped_column(String(64))
    letter_id: Mapped[str | None] = mapped_column(ForeignKey("letters.id", ondelete="CASCADE"))
    used_at: Mapped[datetime]


class DeadlineReminder(Base):
    """A resident's wish to be reminded of one guide's deadline, counted from a day they gave; theirs to delete."""

    __tablename__ = "deadline_reminders"
    __table_args__ = (
        UniqueConstraint("resident_id", "guide_id", "due", name="uq_deadline_reminders_due"),
        Index("ix_deadline_reminders_queue", "letter_id", "remind_at"),
    )

    id: Mapped[str] = key(32)
    resident_id: Mapped[int] = mapped_column(ForeignKey("residents.id", ondelete="CASCADE"))
    guide_id: Mapped[str] = mapped_column(String(64))
    language: Mapped[str] = mapped_column(String(8))
    happened: Mapped[date]
    due: Mapped[date]
    remind_at: Mapped[datetime]
    letter_id: Mapped[str | None] = mapped_column(ForeignKey("letters.id", ondelete="SET NULL"), unique=True)
    made_at: Mapped[datetime]
