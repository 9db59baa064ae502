"""Lines: plain text cut into cleaned lines that remember blank lines, pages and whether they run on."""

import re
from collections.abc import Iterable, Iterator
from dataclasses import dataclass, replace

from indexer.formats.characters import clean, unmarked

_MARKER = re.compile(
    r"^(?:[・●○■□◆◇★☆▶▷►➢✓⇒※→☞!①-⑳➀-➉【《<]|[-*+] |[(（]\d{1,2}[)）]|\d{1,2}[.．)] ?\D|\[\d|\d-\d+(?:-\d+)? )"
)
_SPLIT_YEAR = re.compile(r"^[(（]\d{4}[)）]年度$")
_TERMINAL = "。．！？」』）】〕]:：)"
_TRAILING_SHARE = 0.4  # above it a blank before the line break marks a paragraph's end, as PDF converters leave it
_FULL_LINE = 35
_FULL_SHARE = 0.2  # of the lines must be about as long as the longest before line breaks count as wrapping
_WRAP_WIDTHS = range(25, 81)  # characters a line: outside, line breaks are meant


@dataclass(frozen=True)
class Line:
    """A cleaned, non-empty line; `gap`: a blank line stands before it; `wraps`: the sentence goes on in the next."""

    text: str
    raw: str
    gap: bool = False
    page: int | None = None
    wraps: bool = False


def is_marker(text: str) -> bool:
    """Whether a line opens an item of its own: a bullet, a number, a bracketed title."""
    return bool(_MARKER.match(text))


def ends_sentence(text: str) -> bool:
    """Whether the line closes a sentence or a bracket."""
    return text.endswith(tuple(_TERMINAL))


def runs_on(text: str) -> bool:
    """Whether a line in a text box stops in the middle: on a kana, a comma or an opening bracket."""
    return bool(re.search("[ぁ-んァ-ヶー、,（「『(]$", text))


def lines_of(text: str, *, pages: bool = False) -> list[Line]:
    """Non-empty cleaned lines; with `pages`, form feeds count pages from 1."""
    raws = text.replace("\r\n", "\n").replace("\r", "\n").replace("\f", "\n\f").split("\n")
    filled = [raw for raw in raws if raw.strip()]
    spaced = bool(filled) and sum(raw.endswith(" ") for raw in filled) / len(filled) >= _TRAILING_SHARE
    return list(join_vertical(_read(raws, _wrap_width(filled), spaced=spaced, pages=pages)))


def _wrap_width(filled: list[str]) -> int:
    """The width at which the lines were broken, 0 when they were not."""
    widths = sorted(len(raw.strip()) for raw in filled)
    width = widths[len(widths) * 49 // 50] if widths else 0
    full = sum(length >= width - 3 for length in widths)
    return width if width in _WRAP_WIDTHS and full >= _FULL_SHARE * len(widths) else 0


def _read(raws: Iterable[str], width: int, *, spaced: bool, pages: bool) -> Iterator[Line]:
    gap, page = True, 1
    for raw in raws:
        page += raw.startswith("\f")
        text = unmarked(clean(raw))
        if not text.strip("!・\t "):
            gap = True
            continue
        whole = raw.endswith(" ") if spaced else not width or len(raw.strip()) < width - 3
        long = spaced and len(text) >= _FULL_LINE
        wraps = "\t" not in text and (not whole or long) and not (ends_sentence(text) and (whole or not spaced))
        yield Line(text, raw, gap or spaced, page if pages else None, wraps)
        gap = False


def join_vertical(lines: Iterable[Line]) -> Iterator[Line]:
    """Undo what extraction did to narrow boxes: one-character lines, 事業/計画, 取組/10/title, 令和7/(2025)年度."""
    queue = list(lines)
    wholes = {word for line in queue for word in (line.text, line.text.split(" ")[0])}
    index = 0
    while index < len(queue):
        count = _vertical(queue, index, wholes)
        joined = "".join(line.text for line in queue[index : index + count])
        if re.fullmatch(r"取組み?\d{1,2}", joined) and index + count < len(queue):
            joined = f"{joined} {queue[index + count].text}"
            count += 1
        last = queue[index + count - 1]
        yield replace(queue[index], text=joined, raw=joined, wraps=last.wraps) if count > 1 else queue[index]
        index += count


def _vertical(queue: list[Line], index: int, wholes: set[str]) -> int:
    texts = [line.text for line in queue[index : index + 12]]
    singles = next((n for n, text in enumerate(texts) if len(text) != 1 or not text.isalpha()), len(texts))
    if singles >= 3 or (singles == 2 and "".join(texts[:2]) in wholes):
        return singles
    if len(texts) < 2:
        return 1
    first, second = texts[:2]
    if _SPLIT_YEAR.match(second) or (re.fullmatch("取組み?", first) and re.fullmatch(r"\d{1,2}", second)):
        return 2
    return 2 if len(first) == len(second) == 2 and first + second in wholes else 1
