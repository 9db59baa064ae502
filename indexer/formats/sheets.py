"""Excel and CSV: each sheet a section, each run of rows a table; what is hidden is reported, not read."""

import csv
import io
import re
from collections.abc import Iterator, Sequence
from dataclasses import dataclass, field
from datetime import date, datetime, time
from pathlib import Path

from openpyxl import load_workbook
from openpyxl.cell.cell import Cell, MergedCell
from openpyxl.utils.exceptions import InvalidFileException
from openpyxl.workbook import Workbook
from openpyxl.worksheet.worksheet import Worksheet

from indexer.documents import Block, BlockKind, Document, LeftOut, Reason
from indexer.errors import BrokenOfficeError, BrokenTableError, SourceTooLargeError
from indexer.formats.archive import Archive
from indexer.formats.tables import Row, clean_cell, render
from indexer.suspicion import shown, suspicions
from knowledge.findings import Finding, FindingKind, Table

MOST_CELLS = 500_000
_ACTIVE = re.compile(r"vbaProject|/embeddings/|/activeX/|externalLink|\.bin$|\.exe$", re.IGNORECASE)
_PRINTERS = re.compile(r"printerSettings")
_WHITE = re.compile(r"(?:[0-9A-F]{2})?F[C-F]F[C-F]F[C-F]", re.IGNORECASE)
_NO_SHOW = re.compile(r"^;;;")
_ERRORS = ("#REF!", "#N/A", "#VALUE!", "#DIV/0!", "#NAME?", "#NUM!", "#NULL!")
_FAULTS = (KeyError, ValueError, TypeError, IndexError, AttributeError, InvalidFileException, SyntaxError, EOFError)


@dataclass
class Sheet:
    """What was seen of one sheet: its name, rows of texts, and what a reader of it would not see."""

    name: str
    rows: list[Row] = field(default_factory=list)
    findings: list[Finding] = field(default_factory=list)
    raw: list[str] = field(default_factory=list)
    left: list[LeftOut] = field(default_factory=list)


def read_excel(path: Path, name: str) -> Document:
    """The document of an .xlsx file; values as they were last calculated, nothing is calculated or run here."""
    archive = Archive(path)
    archive.check_xml()
    book = _workbook(path)
    sheets = [_sheet(book, sheet) for sheet in book.worksheets]
    active = [part for part in archive.names if _ACTIVE.search(part) and not _PRINTERS.search(part)]
    findings = [
        Finding(FindingKind.ACTIVE, "マクロや外のファイルへのつながり(使っていません)", part) for part in active
    ]
    return _document(sheets, name, findings)


def read_csv(text: str, name: str) -> Document:
    """The document of a comma- or tab-separated text."""
    rows = csv_rows(text)
    sheet = Sheet("", [[clean_cell(cell) for cell in row] for row in rows], raw=["\n".join(map("\n".join, rows))])
    return _document([sheet], name, [])


def csv_rows(text: str) -> list[list[str]]:
    """The cells as they are written; BrokenTableError where quotes do not close."""
    first = text.partition("\n")[0]
    delimiter = "\t" if first.count("\t") > first.count(",") else ","
    try:
        rows = list(csv.reader(io.StringIO(text.removeprefix("\ufeff"), newline=""), delimiter=delimiter, strict=True))
    except csv.Error as error:
        raise BrokenTableError from error
    if sum(map(len, rows)) > MOST_CELLS:
        raise SourceTooLargeError
    return rows


def excel_rows(path: Path) -> list[list[str]]:
    """The cells of the first sheet as texts, hidden or not, for an import that checks each of them."""
    Archive(path).check_xml()
    sheet = _workbook(path).worksheets[0]
    _check_size(sheet)
    return [[_raw(cell) for cell in row] for row in sheet.iter_rows()]


def _workbook(path: Path) -> Workbook:
    try:
        book = load_workbook(path, data_only=True, keep_links=False)
    except _FAULTS as error:
        raise BrokenOfficeError from error
    if not book.worksheets:
        raise BrokenOfficeError
    return book


def _document(sheets: Sequence[Sheet], name: str, findings: Sequence[Finding]) -> Document:
    blocks: list[Block] = []
    tables: list[Table] = []
    for sheet in sheets:
        if sheet.name and len(sheets) > 1 and any(map(any, sheet.rows)):
            blocks.append(Block(BlockKind.HEADING, sheet.name, 1))
        for block, rows in _regions(sheet.rows):
            blocks.append(block)
            if block.kind is BlockKind.TABLE:
                tables.append(Table.of(sheet.name, rows))
    found = [*findings, *(each for sheet in sheets for each in sheet.findings)]
    found += [each for sheet in sheets for each in suspicions("\n".join(sheet.raw), sheet.name or "表")]
    left = tuple(each for sheet in sheets for each in sheet.left)
    return Document(name, tuple(blocks), left, tuple(found), tuple(tables))


def _regions(rows: Sequence[Row]) -> Iterator[tuple[Block, list[Row]]]:
    """Runs of rows between empty ones; a row with one cell before a table is its title, after it a note."""
    run: list[Row] = []
    for row in [*rows, []]:
        filled = sum(map(bool, row))
        if filled > 1 or (filled and run and run[0][0] and not row[0]):
            run.append(row)
            continue
        if run and (text := render(run)):
            yield Block(BlockKind.TABLE, text), run
        run = []
        if filled:
            yield Block(BlockKind.PARAGRAPH, next(cell for cell in row if cell)), [row]


def _check_size(sheet: Worksheet) -> None:
    if sheet.max_row * sheet.max_column > MOST_CELLS:
        raise SourceTooLargeError


def _sheet(book: Workbook, sheet: Worksheet) -> Sheet:
    _check_size(sheet)
    seen = Sheet(sheet.title)
    whole = "" if sheet.sheet_state == "visible" else "隠れたシート"
    columns = {letter for letter, dimension in sheet.column_dimensions.items() if dimension.hidden}
    for line in sheet.iter_rows():
        how = whole or ("隠れた行" if line and sheet.row_dimensions[line[0].row].hidden else "")
        row = [_cell(seen, cell, how or ("隠れた列" if cell.column_letter in columns else "")) for cell in line]
        seen.rows.append(row)
    _say_merged(sheet, seen.rows)
    if whole:
        seen.rows.clear()
    for title in (name for name, defined in book.defined_names.items() if defined.hidden):
        seen.findings.append(Finding(FindingKind.HIDDEN, "隠れた名前の定義", shown(title)))
    return seen


def _cell(seen: Sheet, cell: Cell | MergedCell, hidden: str) -> str:
    """What a reader sees in a cell; what is kept from them is noted."""
    raw = _raw(cell)
    if isinstance(cell, Cell) and cell.comment is not None:
        seen.raw.append(cell.comment.text)
        seen.findings.append(
            Finding(FindingKind.HIDDEN, f"{seen.name} {cell.coordinate}：コメント", shown(cell.comment.text))
        )
    if not raw:
        return ""
    seen.raw.append(raw)
    if raw in _ERRORS:
        seen.left.append(LeftOut(f"{seen.name} {cell.coordinate}", Reason.ERROR_CELL))
        return ""
    if how := hidden or _unseen(cell):
        seen.findings.append(Finding(FindingKind.HIDDEN, f"{seen.name} {cell.coordinate}：{how}", shown(raw)))
        return ""
    return clean_cell(" ".join(raw.split("\n")))


def _unseen(cell: Cell | MergedCell) -> str:
    if isinstance(cell, MergedCell) or not cell.has_style:
        return ""
    if _NO_SHOW.match(str(cell.number_format)):
        return "表示しない書式"
    if cell.font.sz is not None and cell.font.sz <= 2:
        return "見えない大きさ"
    color = cell.font.color
    white = color is not None and (
        (color.type == "rgb" and isinstance(color.rgb, str) and bool(_WHITE.fullmatch(color.rgb)))
        or (color.type == "theme" and color.theme == 0 and not color.tint)
    )
    return "白い文字" if white and cell.fill.fill_type is None else ""


def _say_merged(sheet: Worksheet, rows: Sequence[Row]) -> None:
    """A cell that spans rows is said in each of them."""
    for area in sheet.merged_cells.ranges:
        for number in range(area.min_row, min(area.max_row, len(rows))):
            rows[number][area.min_col - 1] = rows[area.min_row - 1][area.min_col - 1]


def _raw(cell: Cell | MergedCell) -> str:
    value = None if isinstance(cell, MergedCell) else cell.value
    match value:
        case None:
            return ""
        case bool():
            return "はい" if value else "いいえ"
        case date() | time():
            return _moment(value)
        case int() | float():
            return _number(value, str(cell.number_format))
        case _:
            return str(value)


def _moment(value: date | time) -> str:
    if isinstance(value, time):
        return value.strftime("%H:%M")
    clock = " %H:%M" if isinstance(value, datetime) and value.time() != time() else ""
    return value.strftime(f"%Y-%m-%d{clock}")


def _number(value: float, form: str) -> str:
    if "%" in form:
        return f"{value * 100:g}%"
    plain = int(value) if float(value).is_integer() else value
    return f"{plain:,}" if "#,##" in form else f"{plain}"
