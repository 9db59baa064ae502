"""Tables: rows written so that each can be read alone, with its column titles or its years."""

import re
from collections.abc import Iterable, Sequence
from itertools import zip_longest

from indexer.formats.characters import clean, unmarked

YEAR = re.compile(
    r"^(?:(?:現況|現状|目標|実績)\s?[(（]?)?(?:(?:令和|平成)\s?)?\d{1,4}\s?(?:[(（]\d{4}[)）]\s?)?年度?[)）]?$"
)
_TAG = re.compile(r"<[^>]{0,200}>")
_BREAK = re.compile(r"<(?:br|/li|/p)\s*/?>", re.IGNORECASE)
_ARROW = re.compile(r"●?\s*[─—―ー-]{2,}\s*[→>]?\s*●?")
_RULE = re.compile(r"^[:\s|-]*-{2,}[:\s|-]*$")
_INDEX_COLUMN = re.compile(r"^(?:No\.?|№|頁|ページ)$", re.IGNORECASE)
_KANA_ROW = re.compile(r"^(?:[あかさたなはまやらわ]行?|英数字?)$")
_REFERENCE = re.compile(r"^スケジュールは|を参照$")

Row = list[str]


def is_row(text: str) -> bool:
    """Whether a line is a row of a tab-separated or piped table."""
    return "\t" in text or (text.startswith("|") and text.count("|") >= 2)


def split_row(text: str) -> Row:
    """The cleaned cells of a row; an empty list for a ruling line."""
    if _RULE.match(text.replace("\t", " ")):
        return []
    cells = text.strip().strip("|").split("|") if text.lstrip().startswith("|") else text.split("\t")
    return [clean_cell(cell) for cell in cells]


def clean_cell(cell: str) -> str:
    """A cell without tags, drawn arrows and ruling dots."""
    cell = _TAG.sub(" ", _BREAK.sub(" ", cell.replace("\\|", "|")))
    cell = _ARROW.sub(" → ", re.sub(r"\s*•\s*", " ・", cell))
    return clean(unmarked(re.sub(r"^\s*→\s*(?=\S)|(?<=\S)\s*→\s*$", "", cell)))


def render(rows: Sequence[Row], lead: str = "") -> str:
    """One line a row; `lead` names what the rows are about when they carry no label of their own."""
    filled = _without_index_columns([row for row in rows if any(row)])
    if not filled:
        return ""
    header, *body = filled
    if not body:
        return " ".join(cell for cell in header if cell)
    if _has_no_header(filled):
        return "\n".join(" ".join(cell for cell in row if cell) for row in filled)
    if sum(bool(YEAR.match(cell)) for cell in header) >= 2:
        return "\n".join(_schedule(header, body, lead))
    filled = [header, *(row for row in body if row != header)]
    return "\n".join([lead] * bool(lead) + [line for row in filled if (line := _plain_row(header, row))])


def _has_no_header(rows: list[Row]) -> bool:
    """Whether the first row is one of its kind: 取組 1, 取組 2."""
    firsts = {re.sub(r"\d+", "0", row[0]) for row in rows if row[0]}
    return len(firsts) == 1 and bool(re.search(r"\d", rows[0][0])) and "年度" not in rows[0][0]


def _without_index_columns(rows: list[Row]) -> list[Row]:
    if len(rows) < 2:
        return rows
    width = max(len(row) for row in rows)
    padded = [row + [""] * (width - len(row)) for row in rows]
    keep = [n for n in range(width) if not _is_index([row[n] for row in padded])]
    return [[row[n] for n in keep] for row in padded]


def _is_index(column: Row) -> bool:
    head, *cells = column
    filled = [cell for cell in cells if cell]
    if not filled:
        return not head
    return bool(_INDEX_COLUMN.match(head)) or (not head and all(_KANA_ROW.match(cell) for cell in filled))


def _schedule(header: Row, body: Iterable[Row], lead: str) -> Iterable[str]:
    first = next(n for n, cell in enumerate(header) if YEAR.match(cell))
    label = ""
    for row in body:
        own = " ".join(cell for cell in row[:first] if cell)
        label = own or label
        yield timed(label or lead, list(zip(header[first:], row[first:], strict=False)))


def timed(label: str, cells: Sequence[tuple[str, str]]) -> str:
    """A measure with its years: 「名前 — 2026年度: 検討、2027年度: 実施」. Empty cells are not filled in."""
    filled = [(year, text) for year, text in cells if text]
    if len(filled) == 1 and _REFERENCE.search(filled[0][1]):
        plan = filled[0][1]
    else:
        plan = "、".join(f"{year}: {text}" for year, text in filled)
    return f"{label} — {plan}" if label else plan


def _plain_row(header: Row, row: Row) -> str:
    if row is header and (len(header) > 2 or all(len(cell) < 8 and not re.search(r"\d", cell) for cell in header)):
        return ""
    if len(header) <= 2:
        return ": ".join(cell for cell in row if cell)
    pairs = [(head, cell) for head, cell in zip_longest(header, row, fillvalue="") if cell]
    if not header[0] and row and row[0]:
        return f"{row[0]} — " + "、".join(f"{head}: {cell}" if head else cell for head, cell in pairs[1:])
    return " / ".join(f"{head}: {cell}" if head and head != cell else cell for head, cell in pairs)
