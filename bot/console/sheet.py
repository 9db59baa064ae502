"""Sheets: rows for a spreadsheet, in which no cell is run, and the same rows back."""

import csv
import io
import re
from collections.abc import Iterable, Sequence

Cell = str | int | float
Row = Sequence[Cell]

# What OWASP's page on CSV injection lists: = + - @ TAB CR (and LF, NUL), and the full-width forms that a Japanese
# spreadsheet takes for them; blanks and invisible characters before them are skipped by some. Marked once more each
# time, so that a text that began with the mark is still told apart: any text comes back as it was.
_MARK = "'"
_RUN = re.compile("'*(?:[\t\r\n\x00]|[\\s\x00-\x1f\u200b-\u200f\u2060\ufeff]*[=+\\-@＝＋－＠−﹢﹣])")


def neutral(text: str) -> str:
    """The text as a cell that no spreadsheet runs: one ' before what could be a formula, anything else unchanged."""
    return _MARK + text if _RUN.match(text) else text


def original(cell: str) -> str:
    """The text `neutral` was given; a cell somebody typed without the mark is itself."""
    return cell.removeprefix(_MARK) if _RUN.match(cell) else cell


def to_csv(header: Sequence[str], rows: Iterable[Row]) -> bytes:
    """A CSV file (RFC 4180, UTF-8 with the mark Excel needs) of a header and rows; texts are neutralised."""
    written = io.StringIO(newline="")
    writer = csv.writer(written, quoting=csv.QUOTE_ALL)
    for row in (header, *rows):
        writer.writerow([neutral(cell) if isinstance(cell, str) else cell for cell in row])
    return written.getvalue().encode("utf-8-sig")


def from_csv(text: str) -> list[list[str]]:
    """The rows of a CSV text, header included, every cell as it was before `to_csv`; csv.Error when it is none."""
    return [[original(cell) for cell in row] for row in csv.reader(io.StringIO(text, newline=""), strict=True)]
