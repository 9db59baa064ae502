"""The rows of disaster mode: who asked for a switch and who confirmed it, what a feed said, and which mode is in force.

Like a notice, a switch lives in one of two worlds for good: the world is part of the keys that lead from a mode to its
cause, so the database itself refuses a drill that turns the residents' account over.
"""

from datetime import datetime
from enum import StrEnum

from sqlalchemy import CheckConstraint, ForeignKey, ForeignKeyConstraint, Index, String, Text, UniqueConstraint
from sqlalchemy.orm import Mapped, mapped_column

from knowledge.models.base import Base, key


class Mode(StrEnum):
    """What the account is for just now."""

    NORMAL = "ordinary"
    DISASTER = "disaster"
    RECOVERY = "recovery"


class Hazard(StrEnum):
    """What threatens."""

    FLOOD = "flood"
    LANDSLIDE = "landslide"
    STORM = "storm"
    EARTHQUAKE = "earthquake"
    FIRE = "fire"
    OTHER = "other"


class WarningStatus(StrEnum):
    """Whether a warning was given out or lifted."""

    ISSUED = "issued"
    LIFTED = "lifted"


class ShelterState(StrEnum):
    """How a shelter stands, as the ward recorded it; without a record nobody knows."""

    OPEN = "open"
    CROWDED = "crowded"
    FULL = "full"
    CLOSED = "closed"


class AlertKind(StrEnum):
    """Of what the people on call are told."""

    ASKED = "switch_asked"
    SWITCHED = "switched"
    MENU_FAILED = "menu_failed"


class SwitchRequest(Base):
    """Somebody's wish to switch the mode; it takes effect when another person confirms it in time."""

    __tablename__ = "disaster_requests"
    __table_args__ = (
        UniqueConstraint("id", "world", name="uq_disaster_requests_world"),
        CheckConstraint("world IN ('live', 'drill')", name="ck_disaster_requests_world"),
        CheckConstraint("confirmed_by IS NULL OR confirmed_by <> asked_by", name="ck_disaster_requests_two_persons"),
        CheckConstraint("confirmed_at IS NULL OR withdrawn_at IS NULL", name="ck_disaster_requests_one_end"),
    )

    id: Mapped[int] = mapped_column(primary_key=True)
    world: Mapped[str] = mapped_column(String(8))
    mode: Mapped[str] = mapped_column(String(16))
    hazard: Mapped[str] = mapped_column(String(16))
    note: Mapped[str | None] = mapped_column(Text)
    asked_by: Mapped[int] = mapped_column(ForeignKey("staff.id"))
    asked_at: Mapped[datetime]
    confirmed_by: Mapped[int | None] = mapped_column(ForeignKey("staff.id"))
    confirmed_at: Mapped[datetime | None]
    withdrawn_by: Mapped[int | None] = mapped_column(ForeignKey("staff.id"))
    withdrawn_at: Mapped[datetime | None]


class WarningRow(Base):
    """A warning as a signed feed brought it; `identity` is the feed's own id, so that each has its effect once."""

    __tablename__ = "disaster_warnings"
    __table_args__ = (
        UniqueConstraint("feed", "identity", name="uq_disaster_warnings_identity"),
        UniqueConstraint("id", "world", name="uq_disaster_warnings_world"),
        CheckConstraint("world IN ('live', 'drill')", name="ck_disaster_warnings_world"),
        CheckConstraint("level BETWEEN 1 AND 5", name="ck_disaster_warnings_level"),
        Index("ix_disaster_warnings_newest", "world", "issued_at"),
    )

    id: Mapped[int] = mapped_column(primary_key=True)
    feed: Mapped[str] = mapped_column(String(32))
    identity: Mapped[str] = mapped_column(String(100))
    digest: Mapped[str] = mapped_column(String(64))
    world: Mapped[str] = mapped_column(String(8))
    status: Mapped[str] = mapped_column(String(8))
    level: Mapped[int]
    hazard: Mapped[str] = mapped_column(String(16))
    area: Mapped[str] = mapped_column(String(100))
    issuer: Mapped[str] = mapped_column(String(100))
    issued_at: Mapped[datetime]
    received_at: Mapped[datetime]


class ModeChange(Base):
    """A mode that came into force, and its one cause: a confirmed request or a warning. The newest of a world holds."""

    __tablename__ = "disaster_modes"
    __table_args__ = (
        ForeignKeyConstraint(
            ["request_id", "world"],
            ["disaster_requests.id", "disaster_requests.world"],
            name="fk_disaster_modes_request",
        ),
        ForeignKeyConstraint(
            ["warning_id", "world"],
            ["disaster_warnings.id", "disaster_warnings.world"],
            name="fk_disaster_modes_warning",
        ),
        UniqueConstraint("request_id", name="uq_disaster_modes_request"),
        UniqueConstraint("warning_id", name="uq_disaster_modes_warning"),
        CheckConstraint("(request_id IS NULL) <> (warning_id IS NULL)", name="ck_disaster_modes_cause"),
        Index("ix_disaster_modes_newest", "world", "id"),
    )

    id: Mapped[int] = mapped_column(primary_key=True)
    world: Mapped[str] = mapped_column(String(8))
    mode: Mapped[str] = mapped_column(String(16))
    hazard: Mapped[str] = mapped_column(String(16))
    since: Mapped[datetime]
    request_id: Mapped[int | None]
    warning_id: Mapped[int | None]


class ShelterRow(Base):
    """How a shelter of the pack stands, as somebody of the staff recorded it, in one world."""

    __tablename__ = "shelter_states"

    world: Mapped[str] = key(8)
    shelter: Mapped[str] = key()
    state: Mapped[str] = mapped_column(String(8))
    changed_by: Mapped[int] = mapped_column(ForeignKey("staff.id"))
    changed_at: Mapped[datetime]


class MenuDeployment(Base):
    """How far the residents' rich menu followed the mode: up for `change_id`, or what keeps it from being."""

    __tablename__ = "menu_deployments"

    id: Mapped[int] = mapped_column(primary_key=True)
    change_id: Mapped[int] = mapped_column(ForeignKey("disaster_modes.id"))
    done_at: Mapped[datetime | None]
    attempts: Mapped[int]
    tried_at: Mapped[datetime | None]
    problem: Mapped[str | None] = mapped_column(String(64))


class StaffAlert(Base):
    """A message to one person on call, with the retry key under which it is sent until LINE has taken it."""

    __tablename__ = "staff_alerts"
    __table_args__ = (Index("ix_staff_alerts_waiting", "closed_at", "not_before"),)

    id: Mapped[int] = mapped_column(primary_key=True)
    world: Mapped[str] = mapped_column(String(8))
    kind: Mapped[str] = mapped_column(String(16))
    tester_id: Mapped[int] = mapped_column(ForeignKey("testers.id", ondelete="CASCADE"))
    mode: Mapped[str] = mapped_column(String(16))
    retry_key: Mapped[str] = mapped_column(String(36), unique=True)
    created_at: Mapped[datetime]
    not_before: Mapped[datetime]
    attempts: Mapped[int]
    closed_at: Mapped[datetime | None]
    problem: Mapped[str | None] = mapped_column(String(64))
