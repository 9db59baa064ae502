"""Imports: a table's cells and a zip's texts as they are written, for content that is checked field by field."""

import re
from pathlib import Path

from indexer.errors import HostileArchiveError, UnreadableEncodingError, UnsupportedSourceError
from indexer.files import SourceKind, check_size, kind_of
from indexer.formats.archive import Archive
from indexer.formats.encodings import decode
from indexer.formats.sheets import csv_rows, excel_rows

_TEXTS = re.compile(r"^(?:[\w-]{1,60}/)*[\w-]{1,60}\.ya?ml$", re.ASCII)

_ESCAPED = re.compile("_x(00(?:0[0-8BCDEFbcdef]|1[0-9A-Fa-f]|5[Ff])|[Ff]{3}[EFef])_")
_DEEPEST = 100
_STEEP = re.compile(r"^ {100}|^ *(?:[-?:] +){20}", re.MULTILINE)


def read_rows(path: Path, most: int) -> list[list[str]]:
    """The rows of a CSV (UTF-8, Shift_JIS) or Excel file, else a subclass of SourceError."""
    kind = kind_of(path)
    check_size(path, most)
    match kind:
        case SourceKind.CSV:
            return csv_rows(decode(path.read_bytes()))
        case SourceKind.EXCEL:
            return [[_unescaped(cell) for cell in row] for row in excel_rows(path)]
        case _:
            raise UnsupportedSourceError


def _unescaped(cell: str) -> str:
    """The text of a cell in which _x000D_ stands for what XML can not hold (ECMA-376, ST_Xstring)."""
    return _ESCAPED.sub(lambda found: chr(int(found[1], 16)), cell)


def read_texts(path: Path, most: int) -> dict[str, str]:
    """The YAML files in a zip; HostileArchiveError when it holds anything else."""
    check_size(path, most)
    archive = Archive(path)
    names = [name for name in archive.names if not name.endswith("/")]
    if not all(map(_TEXTS.match, names)):
        raise HostileArchiveError
    try:
        texts = {name: archive.read(name).decode("utf-8") for name in names}
    except UnicodeDecodeError as error:
        raise UnreadableEncodingError from error
    if any(map(_is_deep, texts.values())):
        raise HostileArchiveError
    return texts


def _is_deep(text: str) -> bool:
    """Whether reading it as YAML could nest deeper than any record does: the reader of YAML recurses."""
    depth = deepest = 0
    for sign in text:
        depth += (sign in "[{") - (sign in "]}")
        deepest = max(deepest, depth)
    return deepest > _DEEPEST or bool(_STEEP.search(text))
