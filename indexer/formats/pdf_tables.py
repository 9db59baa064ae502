"""PDF: tables by their ruling lines, cell by cell; what a page says around them stays in its place."""

import ctypes
import re
from collections.abc import Iterable, Iterator
from dataclasses import dataclass
from itertools import islice, pairwise

import pypdfium2
import pypdfium2.raw as pdfium

from indexer.formats.tables import clean_cell

_NEAR = 2.5  # points within which two lines are one
_MOST_OBJECTS, _MOST_LINES = 5_000, 400
_MOST_ROWS, _MOST_COLUMNS = 300, 30
_FILLED_SHARE = 0.4
"""A grid with fewer cells that hold text is a chart or a form, not a table."""
_WRAP = re.compile(r"(?<=[^\x00-\x7f])\s*[\r\n]+\s*(?=[^\x00-\x7f])")


@dataclass(frozen=True)
class Rule:
    """A straight line: where it lies across its direction, and from where to where it runs."""

    at: float
    start: float
    end: float

    def crosses(self, other: "Rule") -> bool:
        """Whether this line and one at a right angle to it meet."""
        return (
            self.start - _NEAR <= other.at <= self.end + _NEAR and other.start - _NEAR <= self.at <= other.end + _NEAR
        )


@dataclass(frozen=True)
class Grid:
    """A table's place in points from below left, and its rows of cells."""

    left: float
    bottom: float
    right: float
    top: float
    rows: tuple[tuple[str, ...], ...]


def with_tables(page: pypdfium2.PdfPage, text: pypdfium2.PdfTextPage) -> tuple[str, tuple[Grid, ...]]:
    """The text of a page in which each ruled table stands as piped rows, and the tables, from above to below."""
    grids = tuple(sorted(_grids(page, text), key=lambda grid: -grid.top))
    if not grids:
        return str(text.get_text_bounded()), ()
    width, height = page.get_size()
    parts, top = [], height
    for grid in grids:
        if grid.top > top + _NEAR:
            continue
        parts += [_said(text, 0, grid.top, width, top), _said(text, 0, grid.bottom, grid.left, grid.top)]
        parts += ["| " + " | ".join(row) + " |" for row in grid.rows]
        parts.append(_said(text, grid.right, grid.bottom, width, grid.top))
        top = grid.bottom
    parts.append(_said(text, 0, 0, width, top))
    return "\n".join(part for part in parts if part.strip()), grids


def _said(text: pypdfium2.PdfTextPage, left: float, bottom: float, right: float, top: float) -> str:
    return str(text.get_text_bounded(left, bottom, right, top)) if right > left and top > bottom else ""


def _grids(page: pypdfium2.PdfPage, text: pypdfium2.PdfTextPage) -> Iterator[Grid]:
    upright, level = _rules(page)
    if max(len(upright), len(level)) > _MOST_LINES:
        return
    while upright:
        mine, across = _connected([upright[0]], upright, level)
        upright = [each for each in upright if each not in mine]
        level = [each for each in level if each not in across]
        xs, ys = _places(mine), _places(across)
        if 3 <= len(xs) <= _MOST_COLUMNS + 1 and 3 <= len(ys) <= _MOST_ROWS + 1:
            rows = _rows(text, xs, ys[::-1], mine, across)
            filled = sum(bool(cell) for row in rows for cell in row)
            if filled >= _FILLED_SHARE * (len(xs) - 1) * (len(ys) - 1):
                yield Grid(xs[0], ys[0], xs[-1], ys[-1], rows)


def _connected(mine: list[Rule], upright: list[Rule], level: list[Rule]) -> tuple[list[Rule], list[Rule]]:
    """The lines that hang together with these upright ones."""
    across: list[Rule] = []
    while True:
        more = [each for each in level if each not in across and any(each.crosses(line) for line in mine)]
        across += more
        beside = [each for each in upright if each not in mine and any(each.crosses(line) for line in across)]
        mine = mine + beside
        if not more and not beside:
            return mine, across


def _places(rules: Iterable[Rule]) -> list[float]:
    """Where lines lie, those near each other once, in order."""
    found: list[float] = []
    for at in sorted(rule.at for rule in rules):
        if not found or at - found[-1] > _NEAR:
            found.append(at)
    return found


def _rows(
    text: pypdfium2.PdfTextPage, xs: list[float], ys: list[float], upright: list[Rule], level: list[Rule]
) -> tuple[tuple[str, ...], ...]:
    """The cells from above; one that spans rows is said in each of them, one that spans columns once."""

    def wall(rules: list[Rule], at: float, middle: float) -> bool:
        return any(abs(rule.at - at) <= _NEAR and rule.start <= middle <= rule.end for rule in rules)

    def cell(row: int, column: int) -> str:
        across, down = (xs[column] + xs[column + 1]) / 2, (ys[row] + ys[row + 1]) / 2
        if column and not wall(upright, xs[column], down):
            return ""
        last = next(n for n in range(column + 1, len(xs)) if n == len(xs) - 1 or wall(upright, xs[n], down))
        first = next(n for n in range(row, -1, -1) if n == 0 or wall(level, ys[n], across))
        end = next(n for n in range(row + 1, len(ys)) if n == len(ys) - 1 or wall(level, ys[n], across))
        return _cell(_said(text, xs[column], ys[end], xs[last], ys[first]))

    return tuple(tuple(cell(row, column) for column in range(len(xs) - 1)) for row in range(len(ys) - 1))


def _cell(said: str) -> str:
    return clean_cell(_WRAP.sub("", said).replace("|", "｜").replace("\r", " ").replace("\n", " "))


def _rules(page: pypdfium2.PdfPage) -> tuple[list[Rule], list[Rule]]:
    """The upright and the level lines of a page, pieces of one line joined."""
    upright: list[Rule] = []
    level: list[Rule] = []
    for element in islice(page.get_objects(filter=(pdfium.FPDF_PAGEOBJ_PATH,), max_depth=3), _MOST_OBJECTS):
        for (x0, y0), (x1, y1) in _strokes(element):
            if abs(x0 - x1) <= 1 < abs(y0 - y1):
                upright.append(Rule((x0 + x1) / 2, min(y0, y1), max(y0, y1)))
            elif abs(y0 - y1) <= 1 < abs(x0 - x1):
                level.append(Rule((y0 + y1) / 2, min(x0, x1), max(x0, x1)))
    return _joined(upright), _joined(level)


def _joined(rules: list[Rule]) -> list[Rule]:
    found: list[Rule] = []
    for rule in sorted(rules, key=lambda each: (round(each.at), each.start)):
        last = found[-1] if found else None
        if last and abs(last.at - rule.at) <= 1 and rule.start <= last.end + _NEAR:
            found[-1] = Rule(last.at, last.start, max(last.end, rule.end))
        else:
            found.append(rule)
    return found


Point = tuple[float, float]


def _strokes(element: pypdfium2.PdfObject) -> Iterator[tuple[Point, Point]]:
    """The straight pieces of a stroked path, and a filled sliver as the line it looks like."""
    left, bottom, right, top = element.get_bounds()
    if min(right - left, top - bottom) <= _NEAR:
        across, up = (left + right) / 2, (bottom + top) / 2
        yield ((left, up), (right, up)) if right - left > top - bottom else ((across, bottom), (across, top))
        return
    mode, stroke = ctypes.c_int(), ctypes.c_int()
    pdfium.FPDFPath_GetDrawMode(element.raw, mode, stroke)
    if stroke.value:
        yield from _pieces(element)


def _pieces(element: pypdfium2.PdfObject) -> Iterator[tuple[Point, Point]]:
    matrix, count = element.get_matrix(), pdfium.FPDFPath_CountSegments(element.raw)
    points: list[tuple[Point, int, bool]] = []
    for number in range(min(count, _MOST_OBJECTS)):
        segment, x, y = pdfium.FPDFPath_GetPathSegment(element.raw, number), ctypes.c_float(), ctypes.c_float()
        pdfium.FPDFPathSegment_GetPoint(segment, x, y)
        kind, closes = pdfium.FPDFPathSegment_GetType(segment), bool(pdfium.FPDFPathSegment_GetClose(segment))
        points.append((matrix.on_point(x.value, y.value), kind, closes))
    begun = points[0][0] if points else (0.0, 0.0)
    for (before, _, _), (here, kind, closes) in pairwise(points):
        if kind == pdfium.FPDF_SEGMENT_MOVETO:
            begun = here
        elif kind == pdfium.FPDF_SEGMENT_LINETO:
            yield before, here
        if closes:
            yield here, begun
