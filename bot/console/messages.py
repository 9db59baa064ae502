"""What a page says once after a change; the sentences stand in `templates/messages.html`."""

import base64
import binascii
import json
from dataclasses import dataclass, field
from enum import StrEnum
from typing import Self

LONGEST = 2_000


class Message(StrEnum):
    """That something is done."""

    SIGNED_OUT = "signed_out"
    KEPT_DISCARDED = "kept_discarded"
    DRAFT_SAVED = "draft_saved"
    DRAFT_SUBMITTED = "draft_submitted"
    DRAFT_BESIDE = "draft_beside"
    DRAFT_SENT_BACK = "draft_sent_back"
    DRAFT_DISCARDED = "draft_discarded"
    DRAFT_HELD = "draft_held"
    DRAFT_OF_OLDER = "draft_of_older"
    DRAFTS_MERGED = "drafts_merged"
    GUIDE_PUBLISHED = "guide_published"
    GUIDE_WITHDRAWN = "guide_withdrawn"
    GOLDEN_KEPT = "golden_kept"
    GOLDEN_RETIRED = "golden_retired"
    QUESTION_ASSIGNED = "question_assigned"
    QUESTION_DISMISSED = "question_dismissed"
    QUESTION_REOPENED = "question_reopened"
    QUESTION_ANSWERED = "question_answered"
    QUESTION_NOT_YET = "question_not_yet"
    PASSWORD_CHANGED = "password_changed"  # noqa: S105 - the name of a message
    STAFF_CHANGED = "staff_changed"
    STAFF_DISABLED = "staff_disabled"
    STAFF_ENABLED = "staff_enabled"
    SECOND_FACTOR_RESET = "second_factor_reset"
    GUIDES_IMPORTED = "guides_imported"
    PAGE_COMPARED = "page_compared"
    PAGE_COMPARED_DATED = "page_compared_dated"
    SOURCE_SUBMITTED = "source_submitted"
    SOURCE_APPROVED = "source_approved"
    SOURCE_REFUSED = "source_refused"
    SOURCE_TAKEN_BACK = "source_taken_back"
    SOURCE_WITHDRAWN = "source_withdrawn"
    NOTICE_SAVED = "notice_saved"
    NOTICE_SUBMITTED = "notice_submitted"
    NOTICE_RETURNED = "notice_returned"
    NOTICE_APPROVED = "notice_approved"
    NOTICE_BROKE_GLASS = "notice_broke_glass"
    NOTICE_SCHEDULED = "notice_scheduled"
    NOTICE_STARTED = "notice_started"
    NOTICE_PAUSED = "notice_paused"
    NOTICE_RESUMED = "notice_resumed"
    NOTICE_STOPPED = "notice_stopped"
    NOTICE_DECIDED = "notice_decided"
    NOTICE_TESTED = "notice_tested"
    TESTER_INVITED = "tester_invited"
    TESTER_REMOVED = "tester_removed"
    DISASTER_ASKED = "disaster_asked"
    DISASTER_CONFIRMED = "disaster_confirmed"
    DISASTER_WITHDRAWN = "disaster_withdrawn"
    SHELTERS_RECORDED = "shelters_recorded"
    ON_CALL_CHANGED = "on_call_changed"
    TEMPLATE_APPROVED = "template_approved"
    TEMPLATE_WITHDRAWN = "template_withdrawn"
    RULE_APPROVED = "rule_approved"
    RULE_WITHDRAWN = "rule_withdrawn"
    BUDGET_CHANGED = "budget_changed"
    COLLECTION_CHANGED = "collection_changed"
    SYSTEM_CHANGED = "system_changed"
    SYSTEM_WITHDRAWN = "system_withdrawn"


@dataclass(frozen=True)
class Said:
    """A message with the values its sentence names, on its way to the next page in a cookie."""

    message: Message
    values: dict[str, str] = field(default_factory=dict)

    def pack(self) -> str:
        """As a cookie's value."""
        return base64.urlsafe_b64encode(json.dumps([self.message, self.values]).encode()).decode().rstrip("=")

    @classmethod
    def unpack(cls, packed: str) -> Self | None:
        """What `pack` wrote; None for anything else."""
        try:
            message, values = json.loads(base64.urlsafe_b64decode(packed[:LONGEST] + "=" * (-len(packed) % 4)))
            return cls(Message(message), {str(name): str(value) for name, value in values.items()})
        except (binascii.Error, ValueError, TypeError, AttributeError):
            return None
