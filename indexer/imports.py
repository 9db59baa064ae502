"""Imports: a table's cells and a zip's texts as they are written, for content that is checked field by field."""

import re
from pathlib import Path

from indexer.errors import HostileArchiveError, UnreadableEncodingError, UnsupportedSourceError
from indexer.files import SourceKind, check_size, kind_of
from indexer.formats.archive import Archive
from indexer.formats.encodings import decode
from indexer.formats.sheets import csv_rows, excel_rows

_TEXTS = re.compile(r"^(?:[\w-]{1,60}/)*[\w-]{1,60}\.ya?ml$", re.ASCII)


def read_rows(path: Path, most: int) -> list[list[str]]:
    """The rows of a CSV (UTF-8, Shift_JIS) or Excel file, else a subclass of SourceError."""
    kind = kind_of(path)
    check_size(path, most)
    match kind:
        case SourceKind.CSV:
            return csv_rows(decode(path.read_bytes()))
        case SourceKind.EXCEL:
            return excel_rows(path)
        case _:
            raise UnsupportedSourceError


def read_texts(path: Path, most: int) -> dict[str, str]:
    """The YAML files in a zip; HostileArchiveError when it holds anything else."""
    check_size(path, most)
    archive = Archive(path)
    names = [name for name in archive.names if not name.endswith("/")]
    if not all(map(_TEXTS.match, names)):
        raise HostileArchiveError
    try:
        return {name: archive.read(name).decode("utf-8") for name in names}
    except UnicodeDecodeError as error:
        raise UnreadableEncodingError from error
