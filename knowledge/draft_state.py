"""How far a draft has come, and what that allows."""

from collections.abc import Sequence

from knowledge.errors import PocketError
from knowledge.models import DraftStatus, GuideDraft

OPEN = (DraftStatus.DRAFT, DraftStatus.SUBMITTED, DraftStatus.SENT_BACK, DraftStatus.APPROVED)
WRITING = (DraftStatus.DRAFT, DraftStatus.SENT_BACK)
READ = (DraftStatus.SUBMITTED, DraftStatus.APPROVED)
_STANDS = {
    DraftStatus.DRAFT: "まだ書きかけです",
    DraftStatus.SUBMITTED: "確認を待っています",
    DraftStatus.SENT_BACK: "差し戻されています",
    DraftStatus.APPROVED: "承認ずみで、公開を待っています",
    DraftStatus.PUBLISHED: "すでに公開されています",
    DraftStatus.DISCARDED: "すでに取りやめになっています",
}


class DraftChangedError(PocketError):
    """この画面を開いた後に、下書きがほかの人に変えられました。今の内容を確かめて、もう一度操作してください。"""


class DraftStateError(PocketError):
    """今の状態の下書きには、この操作はできません。画面を開き直してください。"""

    def __init__(self, status: DraftStatus) -> None:
        super().__init__(f"この下書きは、{_STANDS[status]}。この操作はできません。画面を開き直してください。")


def must_stand(draft: GuideDraft, revision: int, allowed: Sequence[DraftStatus]) -> None:
    """Raise DraftStateError unless a draft is in a state that allows a step, DraftChangedError at another revision."""
    status = DraftStatus(draft.status)
    if status not in OPEN:
        raise DraftStateError(status)
    if draft.revision != revision:
        raise DraftChangedError
    if status not in allowed:
        raise DraftStateError(status)
