"""The rows of what LINE sent in, and of the one answer to each event."""

from datetime import datetime
from enum import StrEnum

from sqlalchemy import BigInteger, ForeignKey, Index, String, Text
from sqlalchemy.orm import Mapped, mapped_column

from knowledge.models.base import Base, key


class EventStatus(StrEnum):
    """How far an inbound event has come."""

    STORED = "stored"
    CLAIMED = "claimed"
    DONE = "done"
    FAILED = "failed"


class InboundEvent(Base):
    """A webhook event, stored before it is acknowledged; `body` is masked, and emptied once the event is done.

    `chat` is a digest of the user's id: events of one chat are handled one at a time, by `occurred_ms`.
    """

    __tablename__ = "inbound_events"
    __table_args__ = (
        Index("ix_inbound_events_open", "status", "claimed_until"),
        Index("ix_inbound_events_queue", "status", "received_at"),
        Index("ix_inbound_events_chat", "chat", "status", "occurred_ms"),
    )

    id: Mapped[str] = key()
    chat: Mapped[str | None] = mapped_column(String(64))
    occurred_ms: Mapped[int] = mapped_column(BigInteger, server_default="0")
    body: Mapped[str | None] = mapped_column(Text)
    status: Mapped[str] = mapped_column(String(16))
    received_at: Mapped[datetime]
    claimed_until: Mapped[datetime | None]
    attempts: Mapped[int]


class DeliveryStatus(StrEnum):
    """What became of a reply: prepared before it is sent, then accepted, refused, or unknown."""

    PREPARED = "prepared"
    ACCEPTED = "accepted"
    REFUSED = "refused"


class Delivery(Base):
    """The one answer to an event, stored with its retry key before the first byte is sent."""

    __tablename__ = "deliveries"

    event_id: Mapped[str] = mapped_column(ForeignKey("inbound_events.id", ondelete="CASCADE"), primary_key=True)
    payload: Mapped[str | None] = mapped_column(Text)
    retry_key: Mapped[str] = mapped_column(String(36))
    method: Mapped[str | None] = mapped_column(String(8))
    status: Mapped[str] = mapped_column(String(16))
    created_at: Mapped[datetime]
