"""Files: which may become sources, by name and size, before a byte of them is read."""

from enum import StrEnum
from pathlib import Path

from indexer.errors import EmptySourceError, SourceMissingError, SourceTooLargeError, UnsupportedSourceError

MOST_BYTES = 50 * 1024 * 1024


class SourceKind(StrEnum):
    """The formats a source may have."""

    PDF = "pdf"
    WORD = "word"
    EXCEL = "excel"
    CSV = "csv"
    HTML = "html"
    MARKDOWN = "markdown"
    TEXT = "text"


_SUFFIXES = {
    ".pdf": SourceKind.PDF,
    ".docx": SourceKind.WORD,
    ".xlsx": SourceKind.EXCEL,
    ".csv": SourceKind.CSV,
    ".html": SourceKind.HTML,
    ".htm": SourceKind.HTML,
    ".md": SourceKind.MARKDOWN,
    ".markdown": SourceKind.MARKDOWN,
    ".txt": SourceKind.TEXT,
    ".text": SourceKind.TEXT,
}


def kind_of(path: Path) -> SourceKind:
    """The format a file's name promises; UnsupportedSourceError for any other name."""
    kind = _SUFFIXES.get(path.suffix.lower())
    if kind is None:
        raise UnsupportedSourceError
    return kind


def check_size(path: Path, most: int = MOST_BYTES) -> None:
    """Refuse, before a byte is read, what is no regular file, has 0 bytes or more than `most`."""
    try:
        size = path.stat().st_size
    except OSError as error:
        raise SourceMissingError from error
    if not path.is_file():
        raise SourceMissingError
    if size == 0:
        raise EmptySourceError
    if size > most:
        raise SourceTooLargeError(f"{SourceTooLargeError.__doc__}(上限 {most // 1024 // 1024}MB)")
