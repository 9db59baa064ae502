"""Records read from a pack's files: the valid ones, the ids that are written, and every mistake in plain Japanese."""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from pathlib import Path
from typing import Generic, TypeVar

from pydantic import ValidationError
from pydantic_core import ErrorDetails

from knowledge.errors import Problem
from knowledge.guide import Record
from knowledge.marked import Marked, Step, read_marked

R = TypeVar("R", bound=Record)
_WORDING: Mapping[str, str] = {
    "missing": "必要な項目がありません",
    "extra_forbidden": "知らない項目です（名前の打ち間違いがないか見てください）",
    "string_type": "文字で書きます（数字・日付・yes/no は引用符で囲みます）",
    "string_too_short": "空にはできません",
    "string_too_long": "長すぎます（{max_length}文字まで）",
    "string_pattern_mismatch": "書き方が違います（{pattern} に合う形で書きます）",
    "too_short": "{min_length}件以上書きます",
    "tuple_type": "一覧（「- 」で始まる行）で書きます",
    "model_type": "「項目: 値」の形で書きます",
    "bool_type": "true か false を書きます",
    "bool_parsing": "true か false を書きます",
    "int_type": "整数で書きます",
    "int_parsing": "整数で書きます",
    "int_from_float": "整数で書きます",
    "greater_than_equal": "{ge}以上の数を書きます",
    "enum": "{expected} のどれかを書きます",
    "url_type": "URLを書きます",
    "url_parsing": "URLとして読めません",
    "url_scheme": "URLは http か https で始めます",
    "date_type": "日付は 2026-11-21 のように書きます",
    "date_parsing": "日付は 2026-11-21 のように書きます",
    "date_from_datetime_parsing": "日付は 2026-11-21 のように書きます",
    "date_from_datetime_inexact": "日付は時刻を付けずに書きます",
    "value_error": "{error}",
}


@dataclass(frozen=True)
class Found(Generic[R]):
    """A valid record and where it stands."""

    record: R
    marked: Marked
    path: tuple[Step, ...] = ()

    def report(self, path: Sequence[Step], message: str) -> None:
        """Note a mistake at `path` within the record."""
        self.marked.report((*self.path, *path), message)


class Reading:
    """One pass over a pack's files, gathering valid records, written ids and every mistake."""

    def __init__(self, directory: Path) -> None:
        self._directory = directory
        self._files: list[Marked] = []
        self._ids: dict[str, dict[str, str]] = {}

    @property
    def problems(self) -> list[Problem]:
        """All mistakes so far, by file in the order they were opened, then by line."""
        return [problem for marked in self._files for problem in sorted(marked.problems, key=lambda each: each.line)]

    def single(self, model: type[R], file: str) -> Found[R] | None:
        """The one record of a file, or None when it has mistakes."""
        marked = self._open(file)
        if marked.value is None and not marked.problems:
            marked.report((), "ファイルが空です")
        return self._valid(model, marked, ()) if marked.value is not None else None

    def many(self, model: type[R], *files: str) -> list[Found[R]]:
        """The valid records of files that each hold a list."""
        found: list[Found[R] | None] = []
        for marked in map(self._open, files):
            if not isinstance(marked.value, list):
                if not marked.problems:
                    marked.report((), "一覧（「- 」で始まる行）で書きます")
                continue
            for index, raw in enumerate(marked.value):
                self._register(model, marked, index, raw)
                found.append(self._valid(model, marked, (index,)))
        return [each for each in found if each is not None]

    def knows(self, model: type[Record], identity: str) -> bool:
        """Whether a record of that kind is written under this id, be the record itself valid or not."""
        return identity in self._ids.get(model.__name__, {})

    def _open(self, file: str) -> Marked:
        marked = read_marked(self._directory, file)
        self._files.append(marked)
        return marked

    def _register(self, model: type[Record], marked: Marked, index: int, raw: object) -> None:
        identity = raw.get("id") if isinstance(raw, dict) else None
        if not isinstance(identity, str):
            return
        here = f"{marked.file}:{marked.line((index, 'id'))}"
        first = self._ids.setdefault(model.__name__, {}).setdefault(identity, here)
        if first != here:
            marked.report((index, "id"), f"同じidが {first} にもあります")

    def _valid(self, model: type[R], marked: Marked, path: tuple[int, ...]) -> Found[R] | None:
        raw = marked.value[path[0]] if isinstance(marked.value, list) and path else marked.value
        try:
            return Found(model.model_validate(raw), marked, path)
        except ValidationError as error:
            for detail in filter(_counts, error.errors(include_url=False)):
                marked.report((*path, *detail["loc"]), explain(detail))
            return None


def _counts(detail: ErrorDetails) -> bool:
    """Pydantic also calls a list too short when its entries are wrong, each of which is reported by itself."""
    return detail["type"] != "too_short" or len(detail["input"]) < detail["ctx"]["min_length"]


def explain(detail: ErrorDetails) -> str:
    """What is wrong with one value, in plain Japanese."""
    wording = _WORDING.get(detail["type"])
    return wording.format_map(detail.get("ctx", {})) if wording else f"書き方が違います（{detail['msg']}）"
