"""The rows: what the ward knows, and what residents asked. Times are UTC."""

from knowledge.models.asked import ConversationRow, Feedback, Question, Resident, ResidentStatus
from knowledge.models.base import Base, UtcDateTime
from knowledge.models.inbound import Delivery, DeliveryStatus, EventStatus, InboundEvent
from knowledge.models.ward import GuideRow, GuideStatus, PackKind, PackRecord, SourcePassage, SourceRow

__all__ = [
    "Base",
    "ConversationRow",
    "Delivery",
    "DeliveryStatus",
    "EventStatus",
    "Feedback",
    "GuideRow",
    "GuideStatus",
    "InboundEvent",
    "PackKind",
    "PackRecord",
    "Question",
    "Resident",
    "ResidentStatus",
    "SourcePassage",
    "SourceRow",
    "UtcDateTime",
]
