"""The rows of staff work on questions: groups of what was asked in vain, wishes to hear of answers, counts a day."""

from datetime import date, datetime
from enum import StrEnum
from typing import Any

from sqlalchemy import ForeignKey, Index, LargeBinary, String, Text
from sqlalchemy.orm import Mapped, mapped_column

from knowledge.models.base import Base, key


class Miss(StrEnum):
    """Why a question is staff work."""

    NOT_FOUND = "not_found"
    CLARIFY = "clarify"
    EXPIRED = "expired"
    WRONG = "wrong"


class GroupStatus(StrEnum):
    """How far a group of questions has come."""

    OPEN = "open"
    FIXING = "fixing"
    ANSWERED = "answered"
    DISMISSED = "dismissed"


class QuestionGroup(Base):
    """Questions that mean the same and got no good answer.

    `meaning` is the sum of the members' vectors by the encoder `encoder`, `neighbours` the sum of the owners they came
    near to; `stale` asks for both to be made anew from the members that are left. `nearest` are guide ids, likeliest
    first. `guide_id` is the guide that staff chose to mend, `checked` the guide's version and the snapshot with which
    its answer was last tried.
    """

    __tablename__ = "question_groups"
    __table_args__ = (Index("ix_question_groups_work", "status", "department"),)

    id: Mapped[int] = mapped_column(primary_key=True)
    status: Mapped[str] = mapped_column(String(16))
    department: Mapped[str | None] = mapped_column(String(200))
    assigned: Mapped[bool]
    meaning: Mapped[bytes | None] = mapped_column(LargeBinary)
    neighbours: Mapped[dict[str, Any]]
    encoder: Mapped[str] = mapped_column(String(120))
    stale: Mapped[bool] = mapped_column(index=True)
    nearest: Mapped[list[Any]]
    count: Mapped[int]
    first_at: Mapped[datetime]
    last_at: Mapped[datetime]
    guide_id: Mapped[str | None] = mapped_column(String(64))
    taken_at: Mapped[datetime | None]
    taken_by: Mapped[int | None]
    checked: Mapped[str | None] = mapped_column(String(200))
    closed_at: Mapped[datetime | None] = mapped_column(index=True)
    closed_by: Mapped[int | None]
    reason: Mapped[str | None] = mapped_column(Text)


class MissedQuestion(Base):
    """A question that is staff work: waiting to be grouped from `due_at` on, or in its group.

    `meaning` and `neighbours` say what it is about and go when its text goes; the row itself stays and counts.
    """

    __tablename__ = "missed_questions"
    __table_args__ = (
        Index("ix_missed_questions_group", "group_id", "asked_at"),
        Index("ix_missed_questions_asked", "asked_at"),
    )

    question_id: Mapped[str] = mapped_column(ForeignKey("questions.id", ondelete="CASCADE"), primary_key=True)
    group_id: Mapped[int | None] = mapped_column(ForeignKey("question_groups.id", ondelete="SET NULL"))
    miss: Mapped[str] = mapped_column(String(16))
    lang: Mapped[str] = mapped_column(String(8))
    asked_at: Mapped[datetime]
    due_at: Mapped[datetime | None] = mapped_column(index=True)
    meaning: Mapped[bytes | None] = mapped_column(LargeBinary)
    neighbours: Mapped[dict[str, Any] | None]


class Wish(Base):
    """A resident agreed to be told the answer to one question; deleted once told, or when it can not be any more.

    `payload` and `retry_key` stand before the first byte is sent, which `sent_at` says was tried.
    """

    __tablename__ = "wishes"

    question_id: Mapped[str] = mapped_column(ForeignKey("questions.id", ondelete="CASCADE"), primary_key=True)
    resident_id: Mapped[int] = mapped_column(ForeignKey("residents.id", ondelete="CASCADE"), index=True)
    agreed_at: Mapped[datetime]
    guide_id: Mapped[str | None] = mapped_column(String(64))
    payload: Mapped[str | None] = mapped_column(Text)
    retry_key: Mapped[str] = mapped_column(String(36))
    sent_at: Mapped[datetime | None]
    attempts: Mapped[int]
    due_at: Mapped[datetime] = mapped_column(index=True)


class CountOf(StrEnum):
    """By what questions are counted."""

    TOPIC = "by_topic"
    HOUR = "by_hour"
    CHANNEL = "by_channel"
    LANGUAGE = "by_language"
    GUIDE = "by_guide"


IN_KEY_ORDER = {"sqlite_with_rowid": False}
"""Rows of SQLite that lie in the order of their key: reading many of one kind does not jump about the file."""


class Measures:
    """How many questions there were, and how they ended."""

    asked: Mapped[int]
    answered: Mapped[int]
    clarified: Mapped[int]
    not_found: Mapped[int]
    expired: Mapped[int]
    other: Mapped[int]
    solved: Mapped[int]
    wrong: Mapped[int]
    shown: Mapped[int]
    forms: Mapped[int]


class QuestionCount(Measures, Base):
    """How many questions of one day (Japan) had one value, and how they ended; made from the questions' rows."""

    __tablename__ = "question_counts"
    __table_args__ = IN_KEY_ORDER

    kind: Mapped[str] = key(16)
    day: Mapped[date] = mapped_column(primary_key=True)
    value: Mapped[str] = key()


class MonthCount(Measures, Base):
    """The sums of a month that is over, by its first day; made from the counts of its days.

    While a month has none of these rows, its days tell.
    """

    __tablename__ = "month_counts"
    __table_args__ = IN_KEY_ORDER

    kind: Mapped[str] = key(16)
    month: Mapped[date] = mapped_column(primary_key=True)
    value: Mapped[str] = key()


class CountedDay(Base):
    """A day (Japan) whose questions were counted, and whether anything of it has changed since."""

    __tablename__ = "counted_days"

    day: Mapped[date] = mapped_column(primary_key=True)
    counted_at: Mapped[datetime | None]
    changed: Mapped[bool] = mapped_column(index=True)


class Chore(Base):
    """A piece of regular work: due at a time, and not by anybody else while the one who took it is at it."""

    __tablename__ = "chores"

    name: Mapped[str] = key(40)
    due_at: Mapped[datetime]
