"""Sheets: rows for a spreadsheet, in which no cell is run, and the same rows back."""

import csv
import importlib
import io
import re
from collections.abc import Iterable, Sequence
from typing import TYPE_CHECKING

from knowledge.errors import PocketError

if TYPE_CHECKING:
    from types import ModuleType

Cell = str | int | float
Row = Sequence[Cell]

# What OWASP's page on CSV injection lists: = + - @ TAB CR (and LF, NUL), and the full-width forms that a Japanese
# spreadsheet takes for them; blanks and invisible characters before them are skipped by some. Marked once more each
# time, so that a text that began with the mark is still told apart: any text comes back as it was.
_MARK = "'"
_RUN = re.compile("'*(?:[\t\r\n\x00]|[\\s\x00-\x1f\u200b-\u200f\u2060\ufeff]*[=+\\-@＝＋－＠−﹢﹣])")


# What XML can not hold is written as _x000D_ (ECMA-376, ST_Xstring), and so is an underscore that would look like it.
_SIGN = "00(?:0[0-8BCDEFbcdef]|1[0-9A-Fa-f]|5[Ff])|[Ff]{3}[EFef]"
_UNWRITABLE = re.compile(f"[\x00-\x08\x0b-\x1f\ufffe\uffff]|_(?=x(?:{_SIGN})_)")
_LONGEST_CELL = 32_767


class CellTooLongError(PocketError):
    """Excel の1つのセルに入りきらない文章があります。CSV を使ってください。"""


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


def to_excel(header: Sequence[str], rows: Iterable[Row], title: str) -> bytes:
    """An Excel file of one sheet, the header fixed above; every text is a text, neutralised, never a formula."""
    excel = _excel()
    book, styles = excel.Workbook(), excel.styles
    sheet = book.active
    sheet.title, sheet.freeze_panes = title, "B2"
    for line, row in enumerate((header, *rows), 1):
        for column, value in enumerate(row, 1):
            cell = sheet.cell(line, column)
            cell.alignment, cell.font = styles.Alignment(wrap_text=True, vertical="top"), styles.Font(bold=line == 1)
            if isinstance(value, str):
                cell.value, cell.data_type = _written(value), "s"
            else:
                cell.value = value
    written = io.BytesIO()
    book.save(written)
    return written.getvalue()


def _excel() -> "ModuleType":
    """Loaded with the first Excel file: 13 MB that a process answering residents does without."""
    return importlib.import_module("openpyxl")


def _written(value: str) -> str:
    text = _UNWRITABLE.sub(lambda found: f"_x{ord(found[0]):04X}_", neutral(value))
    if len(text) > _LONGEST_CELL:
        raise CellTooLongError
    return text


def from_csv(text: str) -> list[list[str]]:
    """The rows of a CSV text, header included, every cell as it was before `to_csv`; csv.Error when it is none."""
    return [[original(cell) for cell in row] for row in csv.reader(io.StringIO(text, newline=""), strict=True)]
