"""PDF: the text layer, page by page; pages that are only a picture are reported, not read."""

import re
from collections import Counter
from collections.abc import Sequence
from pathlib import Path

import pypdfium2

from indexer.documents import Document, LeftOut, Reason
from indexer.errors import BrokenPdfError, EncryptedPdfError, NoTextError, SourceTooLargeError
from indexer.formats.characters import clean
from indexer.formats.lines import lines_of
from indexer.formats.pdf_hidden import hidden_text
from indexer.formats.pdf_tables import Grid, with_tables
from indexer.formats.plain import structured
from indexer.formats.titles import title_of
from indexer.suspicion import suspicions
from knowledge.findings import Table

MOST_PAGES = 2000
_EDGE = 2  # lines at the head and foot of a page that may be running
_RUNNING_PAGES, _RUNNING_SHARE = 3, 0.4
_PAGE_NUMBER = re.compile(r"^[-–—\s]*\d{1,4}(?=[-–—\s]|$)[-–—\s]*|(?<=\s)[-–—]*\s*\d{1,4}[-–—\s]*$")
_NO_TITLE = re.compile(
    r"^(?:microsoft|untitled|無題|powerpoint|.*\.(?:docx?|xlsx?|pptx?|jtd|ai|indd)\b)", re.IGNORECASE
)


def read_pdf(path: Path, name: str) -> Document:
    """The document a PDF makes, each block with its page from 1; its title is its own metadata's where that is one."""
    title, pages, tables = _pages(path)
    if not any(page.strip() for page in pages):
        raise NoTextError
    bodies, dropped = _without_running_lines(pages)
    lines = lines_of("\f".join(bodies), pages=True)
    document = structured(lines, title or title_of(lines, name))
    pictures = tuple(LeftOut(f"p.{number}", Reason.PICTURE_PAGE) for number, body in enumerate(bodies, 1) if not body)
    running = (LeftOut(f"{dropped}行", Reason.RUNNING_HEADER),) if dropped else ()
    findings = (*hidden_text(path), *suspicions("\n".join(pages), "本文"), *suspicions(title, "題名"))
    return Document(document.title, document.blocks, document.left_out + running + pictures, findings, tables)


def _pages(path: Path) -> tuple[str, list[str], tuple[Table, ...]]:
    try:
        pdf = pypdfium2.PdfDocument(path)
    except pypdfium2.PdfiumError as error:
        raise EncryptedPdfError if "password" in str(error).lower() else BrokenPdfError from error
    try:
        if len(pdf) > MOST_PAGES:
            raise SourceTooLargeError
        title = clean(pdf.get_metadata_value("Title") or "")
        read = [_page(pdf, number) for number in range(len(pdf))]
        tables = (Table.of(f"p.{number}", grid.rows) for number, (_, grids) in enumerate(read, 1) for grid in grids)
        return "" if _NO_TITLE.match(title) else title, [text for text, _ in read], tuple(tables)
    except pypdfium2.PdfiumError as error:
        raise BrokenPdfError from error
    finally:
        pdf.close()


def _page(pdf: pypdfium2.PdfDocument, number: int) -> tuple[str, tuple[Grid, ...]]:
    page = pdf[number]
    text = page.get_textpage()
    try:
        said, grids = with_tables(page, text)
        return said.replace("\r\n", "\n").replace("\f", "\n"), grids
    finally:
        text.close()
        page.close()


def _without_running_lines(pages: Sequence[str]) -> tuple[list[str], int]:
    """The pages without head and foot lines that come on many of them, and how many such lines there were."""
    split = [[line for line in page.split("\n") if line.strip()] for page in pages]
    counts = Counter(
        mask
        for lines in split
        for mask in {_mask(line) for line in lines[:_EDGE] + lines[-_EDGE:]}
        if not mask.endswith("。")
    )
    enough = max(_RUNNING_PAGES, _RUNNING_SHARE * len(pages))
    running = {mask for mask, count in counts.items() if count >= enough}
    kept = [_body(lines, running) for lines in split]
    dropped = sum(len(lines) for lines in split) - sum(len(lines) for lines in kept)
    return ["\n".join(lines) for lines in kept], dropped


def _body(lines: list[str], running: set[str]) -> list[str]:
    last = len(lines) - _EDGE
    return [line for at, line in enumerate(lines) if not (at < _EDGE or at >= last) or _mask(line) not in running]


def _mask(line: str) -> str:
    """A line without the page number at its head or end, so that a running line is the same on every page."""
    return _PAGE_NUMBER.sub("#", clean(line))
