"""Extraction: a file to a document. Run it through `indexer.sandbox`; uploads are hostile until proven otherwise."""

import json
import resource
import sys
from dataclasses import replace
from pathlib import Path

from indexer.documents import Document
from indexer.errors import (
    BrokenPdfError,
    ExtractionTooHeavyError,
    NoTextError,
    SourceError,
    SourceMissingError,
    SourceTooLargeError,
)
from indexer.files import MOST_BYTES, SourceKind, check_size, kind_of
from indexer.formats.encodings import decode, decode_html
from indexer.formats.html import read_html
from indexer.formats.markdown import read_markdown
from indexer.formats.pdf import read_pdf
from indexer.formats.plain import read_text

_MOST_CHARACTERS = 5_000_000
_PDF_MARK = b"%PDF-"


def extract(path: Path, most: int = MOST_BYTES) -> Document:
    """The document in a PDF, HTML, Markdown or text file of at most `most` bytes, else a subclass of SourceError."""
    kind = kind_of(path)
    check_size(path, most)
    document = _read(path, kind)
    if not any(block.text.strip() for block in document.blocks):
        raise NoTextError
    if sum(len(block.text) for block in document.blocks) > _MOST_CHARACTERS:
        raise SourceTooLargeError
    return replace(document, title=document.title[:200])


def _read(path: Path, kind: SourceKind) -> Document:
    try:
        with path.open("rb") as file:
            head = file.read(1024)
            data = b"" if kind is SourceKind.PDF else head + file.read()
    except OSError as error:
        raise SourceMissingError from error
    match kind:
        case SourceKind.PDF if _PDF_MARK not in head:
            raise BrokenPdfError
        case SourceKind.PDF:
            return read_pdf(path, path.stem)
        case SourceKind.HTML:
            return read_html(decode_html(data), path.stem)
        case SourceKind.MARKDOWN:
            return read_markdown(decode(data), path.stem)
        case SourceKind.TEXT:
            return read_text(decode(data), path.stem)


def _limit(seconds: int, memory: int) -> None:
    """Bound this process: CPU seconds, bytes of address space, no file output, no core."""
    for name, value in (
        (resource.RLIMIT_CPU, seconds),
        (resource.RLIMIT_AS, memory),
        (resource.RLIMIT_FSIZE, 0),
        (resource.RLIMIT_CORE, 0),
        (resource.RLIMIT_NOFILE, 64),
    ):
        resource.setrlimit(name, (value, value))


def main(arguments: list[str]) -> None:
    """Write the document at PATH, or the name of its error, to standard output as JSON: PATH BYTES SECONDS MEMORY."""
    path, most, seconds, memory = arguments
    _limit(int(seconds), int(memory))
    try:
        answer = {"document": extract(Path(path), int(most)).to_json()}
    except SourceError as error:
        answer = {"error": {"name": type(error).__name__, "message": str(error)}}
    except MemoryError:
        answer = {"error": {"name": ExtractionTooHeavyError.__name__, "message": str(ExtractionTooHeavyError())}}
    sys.stdout.write(json.dumps(answer, ensure_ascii=True))


if __name__ == "__main__":
    main(sys.argv[1:])
