"""The rows of what residents told us to be served better, and of what they want to hear."""

from datetime import date, datetime
from enum import StrEnum
from typing import Any

from sqlalchemy import CheckConstraint, ForeignKey, Index, LargeBinary, String
from sqlalchemy.orm import Mapped, mapped_column

from knowledge.models.base import Base, key


class Topic(StrEnum):
    """What a resident can ask to be told about."""

    GARBAGE = "garbage"
    CHILDREN = "children"
    HEALTH = "health"
    EVENTS = "events"
    DISASTER = "disaster"
    BENEFITS = "benefits"
    BUSINESS = "business"


class AgeBand(StrEnum):
    """The age bands a resident can choose from, in years."""

    UNDER_18 = "under_18"
    FROM_18 = "from_18"
    FROM_40 = "from_40"
    FROM_65 = "from_65"
    FROM_75 = "from_75"


class SensitiveKind(StrEnum):
    """Attributes that need special care (要配慮): told of one's own accord, sealed, and no key of any segment."""

    DISABILITY = "disability"


class ResidentChoices(Base):
    """One resident's settings; nothing of it is ever asked for by name or kept at LINE.

    `area` is a town (町名 without 丁目). Quiet hours are minutes of the day in Japan, from `quiet_from` until
    `quiet_until` (across midnight where the second is smaller); both or neither are set.
    """

    __tablename__ = "resident_choices"
    __table_args__ = (
        CheckConstraint("(quiet_from IS NULL) = (quiet_until IS NULL)", name="ck_resident_choices_quiet"),
        Index("ix_resident_choices_area", "area"),
    )

    resident_id: Mapped[int] = mapped_column(ForeignKey("residents.id", ondelete="CASCADE"), primary_key=True)
    area: Mapped[str | None] = mapped_column(String(32))
    age_band: Mapped[str | None] = mapped_column(String(16))
    language: Mapped[str | None] = mapped_column(String(8))
    plain_japanese: Mapped[bool] = mapped_column(default=False)
    quiet_from: Mapped[int | None]
    quiet_until: Mapped[int | None]
    updated_at: Mapped[datetime]


class Subscription(Base):
    """A topic a resident asked for; `ended_at` is when they no longer wanted it (None: they still do)."""

    __tablename__ = "subscriptions"
    __table_args__ = (Index("ix_subscriptions_topic", "topic", "ended_at"),)

    resident_id: Mapped[int] = mapped_column(ForeignKey("residents.id", ondelete="CASCADE"), primary_key=True)
    topic: Mapped[str] = mapped_column(String(16), primary_key=True)
    since: Mapped[datetime]
    ended_at: Mapped[datetime | None]


class Child(Base):
    """A birth month of a resident's children (the first of the month); twins are one row."""

    __tablename__ = "resident_children"

    resident_id: Mapped[int] = mapped_column(ForeignKey("residents.id", ondelete="CASCADE"), primary_key=True)
    born: Mapped[date] = mapped_column(primary_key=True)


class SensitiveChoice(Base):
    """A sensitive attribute, encrypted with the installation's key; the database alone can not be read."""

    __tablename__ = "sensitive_choices"

    resident_id: Mapped[int] = mapped_column(ForeignKey("residents.id", ondelete="CASCADE"), primary_key=True)
    kind: Mapped[str] = mapped_column(String(16), primary_key=True)
    sealed: Mapped[bytes] = mapped_column(LargeBinary)
    given_at: Mapped[datetime]


class SettingsVisit(Base):
    """A resident's way to their settings page: first a link that is good once, then the browser that followed it.

    Both tokens are kept as digests. `undo` is what takes the last change back, in plain words; never a sensitive one.
    """

    __tablename__ = "settings_visits"
    __table_args__ = (Index("ix_settings_visits_resident", "resident_id"),)

    digest: Mapped[str] = key(64)
    resident_id: Mapped[int] = mapped_column(ForeignKey("residents.id", ondelete="CASCADE"))
    opened: Mapped[bool]
    until: Mapped[datetime]
    undo: Mapped[list[Any] | None]
