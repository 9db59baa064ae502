"""Guides as rows of texts for a spreadsheet, and rows as guides again: what goes out comes back the same.

One line of a cell is one entry of a list; entries with several values are JSON objects.
"""

import json
from collections.abc import Mapping, Sequence
from dataclasses import dataclass

from pydantic import ValidationError
from pydantic_core import ErrorDetails

from knowledge import resaved, typed
from knowledge.guide import Guide, Names, Record, Source
from knowledge.reading import explain

_GROUPS: Mapping[str, type[Record]] = {"names": Names, "source": Source}
# The names the form of a guide has for its fields.
LABELS: Mapping[str, str] = {
    "id": "id", "title": "題名", "category": "分野", "answer": "ひとことの答え", "aliases": "住民の言い方",
    "names.easy": "やさしい日本語の呼び名", "names.en": "英語の呼び名", "names.zh": "中国語の呼び名",
    "names.ko": "韓国語の呼び名",
    "names.vi": "ベトナム語の呼び名", "audience": "だれのための手続きか", "deadlines": "期限",
    "fees": "金額", "items": "持ち物",
    "desks": "窓口", "forms": "オンライン申請", "hours": "受付時間", "agent": "代理の人", "notes": "くわしい内容",
    "life_events": "ライフイベント", "related": "関連する手続き", "source.url": "出典のアドレス",
    "source.title": "出典の題名",
    "source.scope": "出典がどこの情報か", "source.scope_note": "出典のただし書き", "source.copied": "出典の写しの日付",
    "source.checked": "確かめた日", "extra_sources": "ほかの出典", "owner": "担当の部署", "review_by": "次に見直す日",
    "confidence": "確かさ", "later": "これから変わる内容",
}  # fmt: skip
_IDS = ("id", "desks", "life_events", "related")
_DAYS = ("source.checked", "review_by")
_LOST = (
    "中国語・韓国語などの文字が「?」に変わっています。Excel で CSV を保存するときは、ファイルの種類で"
    "「CSV UTF-8（コンマ区切り）」を選んでください。もう一度書き出してから直してください"
)


def _paths() -> tuple[str, ...]:
    return tuple(
        path
        for field in Guide.model_fields
        for path in ([f"{field}.{each}" for each in _GROUPS[field].model_fields] if field in _GROUPS else [field])
    )


PATHS = _paths()
HEADER = tuple(LABELS.get(path, path) for path in PATHS)
_PATH_OF = {LABELS.get(path, path): path for path in PATHS}


@dataclass(frozen=True)
class CellProblem:
    """What is wrong in one column of a row; the column is empty where it is the whole row."""

    column: str
    message: str


class RowRefusedError(Exception):
    """A row that is no guide, with what is wrong in which column."""

    def __init__(self, problems: Sequence[CellProblem]) -> None:
        self.problems = tuple(problems)
        super().__init__()


def row_of(guide: Guide) -> list[str]:
    """The guide's cells in the order of `HEADER`."""
    content = guide.model_dump(mode="json", exclude_defaults=True)
    return [_written(_at(content, path)) for path in PATHS]


def guide_of(cells: Mapping[str, str], current: Guide | None) -> Guide:
    """The guide of a row by its column names; a column that is missing or that nobody changed leaves it like `current`.

    RowRefusedError with every mistake of the row.
    """
    content = current.model_dump(mode="json", exclude_defaults=True) if current else {}
    before = dict(zip(HEADER, row_of(current), strict=True)) if current else {}
    problems: list[CellProblem] = []
    for label, cell in cells.items():
        path, was = _PATH_OF[label], before.get(label)
        if was is not None and resaved.same(cell, was):
            continue
        if was is not None and resaved.lost(cell, was):
            problems.append(CellProblem(label, _LOST))
            continue
        try:
            _put(content, path, _read(cell, path))
        except ValueError:
            problems.append(CellProblem(label, "{ } で囲んだ行の書き方が違います(引用符やカンマを確かめてください)"))
    if problems:
        raise RowRefusedError(problems)
    try:
        return Guide.model_validate(content)
    except ValidationError as error:
        raise RowRefusedError(problems_of(error.errors())) from error


def problems_of(mistakes: Sequence[ErrorDetails]) -> list[CellProblem]:
    """Mistakes of a guide by the names of its columns, in plain Japanese."""
    return [_problem(detail) for detail in mistakes]


def unknown_columns(header: Sequence[str]) -> list[str]:
    """Columns that are none of a guide's."""
    return [label for label in header if label and label not in _PATH_OF]


def _at(content: Mapping[str, object], path: str) -> object:
    field, _, inner = path.partition(".")
    value = content.get(field)
    return value.get(inner) if inner and isinstance(value, dict) else None if inner else value


def _put(content: dict[str, object], path: str, value: object) -> None:
    field, _, inner = path.partition(".")
    target = content
    if inner:
        group = content.setdefault(field, {})
        assert isinstance(group, dict)
        target, field = group, inner
    target.pop(field, None)
    if value is not None:
        target[field] = value


def _written(value: object) -> str:
    match value:
        case None:
            return ""
        case str():
            return value
        case list():
            return "\n".join(map(_line, value))
        case _:
            return json.dumps(value, ensure_ascii=False)


def _line(entry: object) -> str:
    """A text as it is, unless it would be read as something else."""
    plain = isinstance(entry, str) and "\n" not in entry and "\r" not in entry and not entry.startswith(('"', "{"))
    return str(entry) if plain else json.dumps(entry, ensure_ascii=False)


def _read(cell: str, path: str) -> object:
    """The value of a cell; an empty one is an empty list, or stands for what is not said."""
    if not cell.strip():
        return [] if _is_list(path) else None
    if path == "agent":
        return json.loads(cell)
    if path in _DAYS:
        return typed.day(cell)
    if not _is_list(path):
        return cell
    lines = [line.strip() for line in cell.replace("\r\n", "\n").split("\n")]
    return [json.loads(line) if line.startswith(('"', "{")) else line for line in lines if line]


def _is_list(path: str) -> bool:
    field, _, inner = path.partition(".")
    model = _GROUPS[field] if inner else Guide
    return str(model.model_fields[inner or field].annotation).startswith(("tuple", "typing.Tuple"))


def _problem(detail: ErrorDetails) -> CellProblem:
    names = [step for step in detail["loc"] if isinstance(step, str)]
    place = next((f"{step + 1}行目：" for step in detail["loc"] if isinstance(step, int)), "")
    written = ".".join(names[:2])
    # A group that is missing whole is told at the first of its columns.
    path = next(
        (each for each in PATHS if each == written or each.startswith(f"{written}.")), names[0] if names else ""
    )
    return CellProblem(LABELS.get(path, path), place + _said(path, detail))


def _said(path: str, detail: ErrorDetails) -> str:
    """What is wrong, in words of a table where those of the pack's files are not understood."""
    match detail["type"]:
        case "string_pattern_mismatch" if path in _IDS:
            return "半角の英小文字・数字を「-」でつないだ id で書きます。例：juminhyo-yubin"
        case "model_type":
            return "{ } で囲んで、書き出した行のように項目名と値を書きます"
        case _:
            return explain(detail)
