"""The rows of notices that follow data: rules, their occasions, who was told at which, and the days of collection."""

from datetime import date, datetime
from enum import StrEnum
from typing import Any

from sqlalchemy import ForeignKey, Index, String, Text
from sqlalchemy.orm import Mapped, mapped_column

from knowledge.models.base import Base, key


class GarbageKind(StrEnum):
    """What is collected on a day."""

    BURNABLE = "burnable"
    NONBURNABLE = "nonburnable"
    PLASTIC = "plastic"
    BOTTLES = "bottles"


class Rule(Base):
    """Who is told what and when, by itself: a predicate, a typed trigger and the words; used only while approved."""

    __tablename__ = "rules"

    id: Mapped[str] = key(32)
    title: Mapped[str] = mapped_column(String(120))
    department: Mapped[str] = mapped_column(String(200))
    topic: Mapped[str | None] = mapped_column(String(16))
    status: Mapped[str] = mapped_column(String(16))
    trigger: Mapped[dict[str, Any]]
    audience: Mapped[dict[str, Any]]
    content: Mapped[dict[str, Any]]
    author: Mapped[int] = mapped_column(ForeignKey("staff.id"))
    revision: Mapped[int] = mapped_column()
    created_at: Mapped[datetime]
    updated_at: Mapped[datetime]

    __mapper_args__ = {"version_id_col": revision}


class RuleOccasion(Base):
    """A rule's moment: its campaign, or that the moment was missed and nothing was sent late."""

    __tablename__ = "rule_occasions"
    __table_args__ = (Index("ix_rule_occasions_due", "due_at"),)

    rule_id: Mapped[str] = mapped_column(ForeignKey("rules.id", ondelete="CASCADE"), primary_key=True)
    occasion: Mapped[str] = mapped_column(String(80), primary_key=True)
    due_at: Mapped[datetime]
    until_at: Mapped[datetime]
    campaign_id: Mapped[str | None] = mapped_column(ForeignKey("campaigns.id", ondelete="SET NULL"), unique=True)
    people: Mapped[int]
    missed: Mapped[bool]
    closed: Mapped[bool] = mapped_column(default=False)


class RuleTelling(Base):
    """That a rule told a resident at an occasion: the row that makes it once, written before anything is sent."""

    __tablename__ = "rule_tellings"
    __table_args__ = (Index("ix_rule_tellings_resident", "resident_id"),)

    rule_id: Mapped[str] = mapped_column(ForeignKey("rules.id", ondelete="CASCADE"), primary_key=True)
    occasion: Mapped[str] = mapped_column(String(80), primary_key=True)
    resident_id: Mapped[int] = mapped_column(ForeignKey("residents.id", ondelete="CASCADE"), primary_key=True)
    campaign_id: Mapped[str] = mapped_column(ForeignKey("campaigns.id", ondelete="CASCADE"))


class CollectionDay(Base):
    """On which weekday (Monday is 0) one kind is collected at a place of a town, as the ward published it.

    `weeks` are the weeks of the month (the second Saturday: 2), empty for every week; `place` narrows a town down.
    """

    __tablename__ = "collection_days"
    __table_args__ = (Index("ix_collection_days_town", "town"),)

    id: Mapped[int] = mapped_column(primary_key=True)
    town: Mapped[str] = mapped_column(String(32))
    place: Mapped[str] = mapped_column(String(200))
    kind: Mapped[str] = mapped_column(String(16))
    weekday: Mapped[int]
    weeks: Mapped[list[Any]]
    valid_from: Mapped[date]
    valid_to: Mapped[date]
    put_out_by: Mapped[str] = mapped_column(String(5))
    source: Mapped[str] = mapped_column(Text)
