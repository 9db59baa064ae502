"""Schedules that extraction flattened: years and cells on lines of their own, put back together where order tells."""

import re
from collections.abc import Sequence
from dataclasses import dataclass

from indexer.formats.lines import Line, is_marker
from indexer.formats.tables import YEAR, timed

_STATUS = re.compile(
    r"^(?:[─—―-]|[\d,.]+\s?\S{0,6}(?:[(（]\S{1,6}[)）])?"
    r"|(?:検討|実施|推進|導入|運用|構築|拡充|継続|準備|調査|研究|開始|完了|試行|設計|改修|整備|策定|稼働|[/・、])+)$"
)
_YEAR_ROW = re.compile(r"^(?:(?:令和|平成)?\s?\d{1,4}\s?(?:[(（]\d{4}[)）])?年度\s?){2,}$")
_YEAR_IN_ROW = re.compile(r"(?:令和|平成)?\s?\d{1,4}\s?(?:[(（]\d{4}[)）])?年度")
_END = re.compile(r"^(?:№|No\.?\s?\d|基本方針|推進体制強化|第\d+章|資料編|※|\d{1,2} \S+?[：:])")
_VALUE = re.compile(r"^(?:・|[（(]|[\d,.]+ ?\S|総数|約)|[：:]\s?[\d,約]")
_UNSPLIT = "年度ごとの内訳は原本を参照"


@dataclass(frozen=True)
class Schedule:
    """A schedule read from `used` lines; empty text means years of a chart without readable cells."""

    text: str
    used: int


def vertical_schedule(lines: Sequence[Line], start: int, lead: str) -> Schedule | None:
    """The schedule whose years stand on lines of their own from `start`, or None."""
    texts = [line.text for line in lines[start : start + 60]]
    years = _leading(texts)
    if len(years) >= 2:
        return _stacked(texts, years, lead)
    if len(years) == 1:
        return _interleaved(texts, lead)
    return None


def _leading(texts: Sequence[str]) -> list[str]:
    count = next((n for n, text in enumerate(texts) if not YEAR.match(text)), len(texts))
    return list(texts[:count])


def _interleaved(texts: Sequence[str], lead: str) -> Schedule | None:
    pairs: list[tuple[str, str]] = []
    while len(texts) >= 2 * len(pairs) + 2:
        year, cell = texts[2 * len(pairs) : 2 * len(pairs) + 2]
        if not YEAR.match(year) or not _STATUS.match(cell):
            break
        pairs.append((year, cell))
    return Schedule(timed(lead, pairs), 2 * len(pairs)) if len(pairs) >= 2 else None


def _stacked(texts: Sequence[str], years: list[str], lead: str) -> Schedule:
    width = len(years)
    at = width
    rows: list[str] = []
    if _all_status(texts[at : at + width], width):
        rows, at = [timed(lead, list(zip(years, texts[at : at + width], strict=True)))], at + width
    while row := _named_row(texts[at:], years):
        rows.append(row[0])
        at += row[1]
    if rows:
        return Schedule("\n".join(rows), at)
    loose = _loose(texts[width:])
    if not loose:
        return Schedule("", width)
    span = f"{years[0]}から{years[-1]}まで"
    return Schedule(timed("", [(span, "、".join(loose) + f"({_UNSPLIT})")]), width + len(loose))


def _all_status(cells: Sequence[str], width: int) -> bool:
    return len(cells) == width and all(_STATUS.match(cell) for cell in cells)


def _named_row(texts: Sequence[str], years: list[str]) -> tuple[str, int] | None:
    """A measure's name and its cells: on lines of their own, or in one tab-separated row without header."""
    width = len(years)
    if not texts or len(texts[0]) > 60 or _STATUS.match(texts[0]) or is_marker(texts[0]):
        return None
    cells = texts[0].split("\t")
    if len(cells) == width + 1 and cells[0]:
        return timed(cells[0], list(zip(years, cells[1:], strict=True))), 1
    if "\t" not in texts[0] and _all_status(texts[1 : width + 1], width):
        return timed(texts[0], list(zip(years, texts[1 : width + 1], strict=True))), width + 1
    return None


def _loose(texts: Sequence[str]) -> list[str]:
    """Words of an arrow chart under its years: readable, but not tied to one year."""
    loose: list[str] = []
    for text in texts[:6]:
        if len(text) > 24 or is_marker(text) or re.search(r"[。\t]|^(?:重点方針|取組|施策|出典|\d{1,2} )", text):
            break
        loose.append(text)
    return loose


def year_row_schedule(lines: Sequence[Line], start: int) -> Schedule | None:
    """The schedule under one line of years, as in 「令和6(2024)年度 令和7(2025)年度」, or None."""
    if not _YEAR_ROW.match(lines[start].text):
        return None
    years = [match.strip() for match in _YEAR_IN_ROW.findall(lines[start].text)]
    end = start + 1
    while end < len(lines) and not _END.match(lines[end].text) and len(lines[end].text) <= 45:
        end += 1
    rows = _grouped(_unwrapped(lines[start + 1 : end]), len(years))
    text = "\n".join(_year_row(name, values, years) for name, values in rows)
    return Schedule(text, end - start)


def _unwrapped(lines: Sequence[Line]) -> list[str]:
    texts: list[str] = []
    open_line = False
    for line in lines:
        if open_line and not is_marker(line.text):
            texts[-1] += line.text
        else:
            texts.append(line.text)
        open_line = line.wraps
    return texts


def _cells(text: str, width: int) -> list[str] | None:
    """The cells of a line that holds one for each year; None for any other line."""
    parts = text.split(" ")
    if len(parts) != width or any(re.match(r"[（(等]", part) for part in parts):
        return None
    return parts


def _grouped(texts: Sequence[str], width: int) -> list[tuple[str, list[str]]]:
    """The rows under a line of years: the words that name each, and the lines that tell of it."""
    rows: list[tuple[list[str], list[str]]] = []
    for text in texts:
        names, values = rows[-1] if rows else ([], [])
        if text in names[1:]:  # said once for each year: the first time was a cell as well
            at = names.index(text, 1)
            values[:0] = names[at:]
            del names[at:]
            values.append(text)
        elif names and (_VALUE.search(text) or _cells(text, width) or (values and _STATUS.match(text))):
            values.append(text)
        elif names and not values:
            names.append(text)
        else:
            rows.append(([text], []))
    return [(" ".join(names), values) for names, values in rows]


def _year_row(name: str, values: list[str], years: list[str]) -> str:
    split = [_cells(value, len(years)) for value in values]
    if values and all(split):
        columns = [" ".join(cells[n] for cells in split if cells) for n in range(len(years))]
        return timed(name, list(zip(years, columns, strict=True)))
    size, rest = divmod(len(values), len(years))
    parts = [values[n * size : (n + 1) * size] for n in range(len(years))] if size and not rest else []
    if parts and len({re.sub(r"[\d,]+", "0", "".join(part)) for part in parts}) == 1:
        return timed(name, list(zip(years, [" ".join(part) for part in parts], strict=True)))
    if not values:
        return name
    return f"{name} — {years[0]}から{years[-1]}まで: {' '.join(values)}({_UNSPLIT})"
