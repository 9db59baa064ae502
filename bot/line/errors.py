"""What LINE can answer other than yes."""

from knowledge.errors import PocketError


class LineError(PocketError):
    """LINE との通信に失敗しました。"""

    def __init__(self, status: int | None = None, request_id: str | None = None, place: int | None = None) -> None:
        """`status` is None where no answer came; the answer's body is not kept: it can carry what was sent.

        `place` is the number (from 0) of the recipient LINE does not know, where it names one.
        """
        super().__init__()
        self.status = status
        self.request_id = request_id
        self.place = place


class RetryableError(LineError):
    """LINE が一時的に応答していません。自動で再送します。"""


class UnansweredError(RetryableError):
    """LINE から応答がありませんでした。届いたかどうかは分かりません。"""


class QuotaError(LineError):
    """今月の送信数の上限に達しました。"""


class FinalError(LineError):
    """LINE が送信を受け付けませんでした。"""
