"""The rows of residents, their conversations and what they asked."""

from datetime import datetime
from enum import StrEnum
from typing import Any

from sqlalchemy import BigInteger, ForeignKey, Index, String, Text, false, text
from sqlalchemy.orm import Mapped, mapped_column

from knowledge.models.base import Base, key

PERSONAL = text("(text IS NOT NULL OR resident_id IS NOT NULL)")
"""What of a question is about a person; such rows become few when the retention time has passed."""


class ResidentStatus(StrEnum):
    """Whether LINE lets us write to a resident."""

    FRIEND = "friend"
    BLOCKED = "blocked"


class Resident(Base):
    """A LINE user who is or was a friend; `changed_ms` is the event time that set the status, so late events lose.

    `seen_at` is when something last came from them, to the hour; None: not since they were added.
    """

    __tablename__ = "residents"

    id: Mapped[int] = mapped_column(primary_key=True)
    line_user_id: Mapped[str] = mapped_column(String(40), unique=True)
    status: Mapped[str] = mapped_column(String(16))
    changed_ms: Mapped[int] = mapped_column(BigInteger)
    created_at: Mapped[datetime]
    seen_at: Mapped[datetime | None]


class ConversationRow(Base):
    """What a resident was just shown, so that a short follow-up or a typed button can be understood.

    `updated_at` is when the topics were shown, `shown_at` when the buttons were, in `language`.
    """

    __tablename__ = "conversations"

    resident_id: Mapped[int] = mapped_column(ForeignKey("residents.id", ondelete="CASCADE"), primary_key=True)
    topic: Mapped[str | None] = mapped_column(String(64))
    candidates: Mapped[list[Any]]
    updated_at: Mapped[datetime]
    language: Mapped[str | None] = mapped_column(String(8))
    buttons: Mapped[list[Any] | None]
    shown_at: Mapped[datetime | None]


class Feedback(StrEnum):
    """What the resident said of an answer."""

    SOLVED = "solved"
    WRONG = "wrong"


class Question(Base):
    """A question as it was asked (masked), how it ended and why; not_found and wrong ones are staff work.

    `pressed`: it was a button, not a text. `forms_shown` is how many online forms the answer led to.
    """

    __tablename__ = "questions"
    __table_args__ = (
        Index("ix_questions_outcome", "outcome", "asked_at"),
        Index("ix_questions_asked", "asked_at"),
        Index("ix_questions_guide", "guide_id", "asked_at"),
        Index("ix_questions_personal", "asked_at", sqlite_where=PERSONAL, postgresql_where=PERSONAL),
    )

    id: Mapped[str] = key(32)
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
    pressed: Mapped[bool] = mapped_column(server_default=false())
    forms_shown: Mapped[int] = mapped_column(server_default="0")
