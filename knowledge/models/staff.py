"""The rows of the people who work at the console, their sessions, and the log of what they did."""

from datetime import datetime
from enum import StrEnum
from typing import Any

from sqlalchemy import ForeignKey, Index, String, Text
from sqlalchemy.orm import Mapped, mapped_column

from knowledge.models.base import Base, key


class Role(StrEnum):
    """What a person at the console is trusted with; one may hold several."""

    EDITOR = "editor"
    REVIEWER = "reviewer"
    NOTICES = "notices"
    APPROVER = "approver"
    SYSTEM = "system"
    AUDITOR = "auditor"


class StaffStatus(StrEnum):
    """Whether a person may sign in."""

    ACTIVE = "active"
    DISABLED = "disabled"


class StaffRow(Base):
    """A person of the staff; `department` is the text in `Guide.owner`.

    `temporary_until` is set while the password is one that an administrator gave out. `totp_step` is the last
    30-second step whose code was used: no code serves twice.
    """

    __tablename__ = "staff"

    id: Mapped[int] = mapped_column(primary_key=True)
    login: Mapped[str] = mapped_column(String(64), unique=True)
    name: Mapped[str] = mapped_column(String(100))
    department: Mapped[str | None] = mapped_column(String(200))
    status: Mapped[str] = mapped_column(String(16))
    password: Mapped[str | None] = mapped_column(String(200))
    temporary_until: Mapped[datetime | None]
    totp_secret: Mapped[str | None] = mapped_column(String(64))
    totp_step: Mapped[int]
    external_id: Mapped[str | None] = mapped_column(String(255), unique=True)
    created_at: Mapped[datetime]
    changed_at: Mapped[datetime]


class StaffRole(Base):
    """A role that a person holds."""

    __tablename__ = "staff_roles"

    staff_id: Mapped[int] = mapped_column(ForeignKey("staff.id", ondelete="CASCADE"), primary_key=True)
    role: Mapped[str] = key(16)


class RecoveryCode(Base):
    """One of the codes that let a person in once when the phone is lost; kept as a digest."""

    __tablename__ = "recovery_codes"

    digest: Mapped[str] = key(64)
    staff_id: Mapped[int] = mapped_column(ForeignKey("staff.id", ondelete="CASCADE"), index=True)
    used_at: Mapped[datetime | None]


class SessionStage(StrEnum):
    """How far a sign-in has come: the password was right, the second factor too, or all is done."""

    PASSWORD = "password"  # noqa: S105 - the name of a stage
    VERIFIED = "verified"
    FULL = "full"


class SessionOrigin(StrEnum):
    """How a session began: a password here, the office's own sign-in, or the demo."""

    LOCAL = "local"
    OIDC = "oidc"
    DEMO = "demo"


class StaffSession(Base):
    """A browser that is signed in, or half-way; the token is kept as a digest only."""

    __tablename__ = "staff_sessions"

    digest: Mapped[str] = key(64)
    staff_id: Mapped[int] = mapped_column(ForeignKey("staff.id", ondelete="CASCADE"), index=True)
    stage: Mapped[str] = mapped_column(String(16))
    origin: Mapped[str] = mapped_column(String(16))
    totp_secret: Mapped[str | None] = mapped_column(String(64))
    created_at: Mapped[datetime]
    seen_at: Mapped[datetime]


class KeptForm(Base):
    """The last form a person sent after their session had ended; `fields` are pairs of name and text."""

    __tablename__ = "kept_forms"

    staff_id: Mapped[int] = mapped_column(ForeignKey("staff.id", ondelete="CASCADE"), primary_key=True)
    path: Mapped[str] = mapped_column(String(200))
    fields: Mapped[list[Any]]
    kept_at: Mapped[datetime] = mapped_column(index=True)


class SignInCount(Base):
    """Tries of one account or address, counted before they are looked at; `id` is a digest of which."""

    __tablename__ = "sign_in_counts"

    id: Mapped[str] = key()
    tries: Mapped[int]
    last_at: Mapped[datetime] = mapped_column(index=True)


class AuditEntry(Base):
    """One thing that was done; its digest covers the entry and the digest of the one before. Rows never change."""

    __tablename__ = "audit_entries"
    __table_args__ = (
        Index("ix_audit_entries_at", "at"),
        Index("ix_audit_entries_actor", "actor", "number"),
        Index("ix_audit_entries_action", "action", "number"),
        Index("ix_audit_entries_subject", "subject", "number"),
    )

    number: Mapped[int] = mapped_column(primary_key=True, autoincrement=False)
    at: Mapped[datetime]
    actor_id: Mapped[int | None]
    actor: Mapped[str] = mapped_column(String(64))
    action: Mapped[str] = mapped_column(String(40))
    subject: Mapped[str] = mapped_column(String(200))
    detail: Mapped[dict[str, Any]]
    previous: Mapped[str] = mapped_column(String(64))
    digest: Mapped[str] = mapped_column(String(64))


class AuditHead(Base):
    """The one row that knows how long the audit log is and how it ends; writers queue on it."""

    __tablename__ = "audit_head"

    id: Mapped[int] = mapped_column(primary_key=True, autoincrement=False)
    number: Mapped[int]
    digest: Mapped[str] = mapped_column(Text)
