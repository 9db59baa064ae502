"""What keeps somebody from a page of the console; the docstring is what they read."""

from knowledge.errors import PocketError
from knowledge.kept_forms import Fields


class SignInNeededError(PocketError):
    """サインインしてください。しばらく操作がなかったか、まだサインインしていません。"""

    def __init__(self, typed: Fields, *, kept: bool = False) -> None:
        self.typed, self.kept = typed, kept
        super().__init__()


class AlreadySignedInError(PocketError):
    """すでにサインインしています。"""


class NotAllowedError(PocketError):
    """このページを使う権限がありません。必要なときは、システム管理者に相談してください。"""


class OwnAccountError(NotAllowedError):
    """自分の役割・部署の変更や、自分の停止はできません。ほかのシステム管理者に頼んでください。"""


class ForeignFormError(PocketError):
    """安全のため、送信を受け付けませんでした。ページを開き直して、もう一度お試しください。"""


class NoSuchPageError(PocketError):
    """ページが見つかりません。アドレスが変わったか、取り除かれたようです。"""


class OutdatedError(PocketError):
    """ほかの人が先に変更しました。今の内容を確かめてから、もう一度お試しください。"""
