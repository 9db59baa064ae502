"""The one error tree: a subclass's docstring is the message people read."""

import inspect
from collections.abc import Iterable
from dataclasses import dataclass


class PocketError(Exception):
    """処理できませんでした。もう一度お試しください。"""

    def __init__(self, message: str | None = None) -> None:
        super().__init__(message or inspect.cleandoc(type(self).__doc__ or ""))


@dataclass(frozen=True)
class Problem:
    """One mistake in a content pack: its file, line (from 1; 0 is the whole file), field path and what is wrong."""

    file: str
    line: int
    field: str
    message: str

    def __str__(self) -> str:
        place = f"{self.file}:{self.line}" if self.line else self.file
        return f"{place} {self.field}: {self.message}" if self.field else f"{place}: {self.message}"


class PackError(PocketError):
    """手続案内のファイルに誤りがあります。表示された行を直してください。"""

    def __init__(self, problems: Iterable[Problem] = ()) -> None:
        self.problems = tuple(problems)
        super().__init__("\n".join([inspect.cleandoc(type(self).__doc__ or ""), *map(str, self.problems)]))
