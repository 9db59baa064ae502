"""The rows: what the ward knows, what residents asked, and who of the staff did what. Times are UTC."""

from knowledge.models.asked import ConversationRow, Feedback, Question, Resident, ResidentStatus
from knowledge.models.base import Base, UtcDateTime
from knowledge.models.inbound import Delivery, DeliveryStatus, EventStatus, InboundEvent
from knowledge.models.sources import SourcePage, SourceSubmission, SubmissionStatus
from knowledge.models.staff import (
    AuditEntry,
    AuditHead,
    RecoveryCode,
    Role,
    SessionOrigin,
    SessionStage,
    SignInCount,
    StaffRole,
    StaffRow,
    StaffSession,
    StaffStatus,
)
from knowledge.models.ward import GuideRow, GuideStatus, PackKind, PackRecord, SourcePassage, SourceRow, SourceStatus

__all__ = [
    "AuditEntry",
    "AuditHead",
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
    "RecoveryCode",
    "Resident",
    "ResidentStatus",
    "Role",
    "SessionOrigin",
    "SessionStage",
    "SignInCount",
    "SourcePage",
    "SourcePassage",
    "SourceRow",
    "SourceStatus",
    "SourceSubmission",
    "StaffRole",
    "StaffRow",
    "StaffSession",
    "StaffStatus",
    "SubmissionStatus",
    "UtcDateTime",
]
