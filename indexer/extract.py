"""Extraction: a file to a document. Run it through `indexer.sandbox`; uploads are hostile until proven otherwise."""

import re
from collections.abc import Iterator
from dataclasses import replace
from html import unescape
from pathlib import Path

from indexer.documents import Document
from indexer.errors import BrokenPdfError, NoTextError, SourceMissingError, SourceTooLargeError
from indexer.files import MOST_BYTES, SourceKind, check_size, kind_of
from indexer.formats.encodings import decode, decode_html
from indexer.formats.hiding import hidden_findings
from indexer.formats.html import read_html
from indexer.formats.markdown import read_markdown
from indexer.formats.pdf import read_pdf
from indexer.formats.plain import read_text
from indexer.formats.sheets import read_csv, read_excel
from indexer.formats.word import read_word
from indexer.suspicion import ordered, suspicions
from knowledge.findings import Finding

_MOST_CHARACTERS = 5_000_000
_PDF_MARK = b"%PDF-"
_CODE = re.compile(r"<(script|style)\b.*?</\1\s*>|\bdata:[^\s\"'>]+", re.IGNORECASE | re.DOTALL)
_READ_BY_PATH = (SourceKind.PDF, SourceKind.WORD, SourceKind.EXCEL)


def extract(path: Path, most: int = MOST_BYTES) -> Document:
    """The document in a file of a known kind and at most `most` bytes, else a subclass of SourceError."""
    kind = kind_of(path)
    check_size(path, most)
    document = _read(path, kind)
    if not any(block.text.strip() for block in document.blocks):
        raise NoTextError
    if sum(len(block.text) for block in document.blocks) > _MOST_CHARACTERS:
        raise SourceTooLargeError
    return replace(document, title=document.title[:200], findings=ordered(document.findings))


def _read(path: Path, kind: SourceKind) -> Document:
    try:
        with path.open("rb") as file:
            head = file.read(1024)
            data = b"" if kind in _READ_BY_PATH else head + file.read()
    except OSError as error:
        raise SourceMissingError from error
    match kind:
        case SourceKind.PDF if _PDF_MARK not in head:
            raise BrokenPdfError
        case SourceKind.PDF:
            return read_pdf(path, path.stem)
        case SourceKind.WORD:
            return read_word(path, path.stem)
        case SourceKind.EXCEL:
            return read_excel(path, path.stem)
        case _:
            return _read_text(data, kind, path.stem)


def _read_text(data: bytes, kind: SourceKind, name: str) -> Document:
    text = decode_html(data) if kind is SourceKind.HTML else decode(data)
    match kind:
        case SourceKind.HTML:
            document = read_html(text, name)
        case SourceKind.MARKDOWN:
            document = read_markdown(text, name)
        case SourceKind.CSV:
            document = read_csv(text, name)
        case _:
            document = read_text(text, name)
    return replace(document, findings=(*document.findings, *_findings(text, kind)))


def _findings(text: str, kind: SourceKind) -> Iterator[Finding]:
    """What is suspicious in a text as it stands in the file; a page also in what its parts say once they are read."""
    if kind in (SourceKind.HTML, SourceKind.MARKDOWN):
        yield from hidden_findings(text)
        text = unescape(_CODE.sub("", text))
    if kind is not SourceKind.CSV:
        yield from suspicions(text, "本文")
