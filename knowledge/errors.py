"""The one error tree: a subclass's docstring is the message people read."""

import inspect


class PocketError(Exception):
    """処理できませんでした。もう一度お試しください。"""

    def __init__(self, message: str | None = None) -> None:
        super().__init__(message or inspect.cleandoc(type(self).__doc__ or ""))


class PackError(PocketError):
    """手続案内のファイルに誤りがあります。表示された行を直してください。"""
