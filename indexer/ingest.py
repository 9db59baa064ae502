"""Ingestion: files become sources and passages; only what changed is written, so only that is encoded again."""

import hashlib
from collections.abc import Sequence
from dataclasses import dataclass
from datetime import datetime
from functools import cache
from pathlib import Path

from sqlalchemy import delete, func, select
from sqlalchemy.orm import Session

from indexer.documents import Document, LeftOut
from indexer.errors import NoTextError, SourceChangedError, SourceError, SourceMissingError
from indexer.files import check_size, kind_of
from indexer.passages import Passage, split
from indexer.sandbox import Limits, extract_apart
from knowledge.bookshelf import Piece, by_origin, free_id, place
from knowledge.models import SourcePassage, SourceRow, SourceStatus
from knowledge.submissions import Reading

_PACKAGE = Path(__file__).resolve().parent
_CODE = ("documents.py", "extract.py", "files.py", "passages.py", "suspicion.py", "instructions.yaml", "formats/*.py")
TERMINAL = "terminal"
"""Who approved what the operator added at the command line, by adding it there."""


@dataclass(frozen=True)
class FileReport:
    """What became of one file: its passages by what was done to them, what was left out and why, or the error."""

    origin: str
    source_id: str | None = None
    title: str = ""
    created: int = 0
    updated: int = 0
    skipped: int = 0
    deleted: int = 0
    left_out: tuple[LeftOut, ...] = ()
    error: str | None = None


@dataclass(frozen=True)
class IngestReport:
    """One report a file, in the order given."""

    files: tuple[FileReport, ...]

    @property
    def changed(self) -> bool:
        """Whether anything was written."""
        return any(file.created + file.updated + file.deleted for file in self.files)

    @property
    def failed(self) -> tuple[FileReport, ...]:
        """The files that were not taken."""
        return tuple(file for file in self.files if file.error is not None)


def add_sources(session: Session, paths: Sequence[Path], *, now: datetime, limits: Limits) -> IngestReport:
    """Bring the sources in line with these files, approved by being added here; the caller commits.

    A file whose bytes and extractor are those of its source is skipped. Passages with an equal digest keep their rows.
    A file that can not be read leaves what is stored untouched and is reported; the others are taken.
    """
    return IngestReport(tuple(_add(session, path, now, limits) for path in paths))


def read_submission(path: Path, limits: Limits) -> Reading:
    """What a file says, for a second person to look at; nothing is stored. Raises a subclass of SourceError."""
    kind = kind_of(path)
    check_size(path, limits.size)
    digest = _digest(path)
    document = _document(path, digest, limits)
    cut = split(document)
    left = tuple((part.where, str(part.why)) for part in document.left_out + cut.left_out)
    size, pieces = path.stat().st_size, _pieces(cut.passages)
    if not pieces:
        raise NoTextError
    return Reading(
        document.title, kind.value, digest, extractor_version(), size, pieces, document.tables, document.findings, left
    )


def remove_source(session: Session, source_id: str) -> int:
    """Delete a source and return how many passages went with it; SourceMissingError when there is no such source."""
    source = session.get(SourceRow, source_id)
    if source is None:
        raise SourceMissingError(
            f"「{source_id}」という資料はありません。pocket source list で名前を確かめてください。"
        )
    count = session.scalar(select(func.count()).where(SourcePassage.source_id == source_id)) or 0
    session.execute(delete(SourcePassage).where(SourcePassage.source_id == source_id))
    session.delete(source)
    session.flush()
    return count


@cache
def extractor_version() -> str:
    """A digest of the code that makes passages: changed code reads every source anew."""
    code = hashlib.sha256()
    for pattern in _CODE:
        for path in sorted(_PACKAGE.glob(pattern)):
            code.update(path.read_bytes())
    return code.hexdigest()[:16]


def _add(session: Session, path: Path, now: datetime, limits: Limits) -> FileReport:
    try:
        kind = kind_of(path)
        check_size(path, limits.size)
        digest = _digest(path)
        source = by_origin(session, path.name)
        if source is not None and _is_current(source, digest):
            return _unchanged(session, source)
        document = _document(path, digest, limits)
    except SourceError as error:
        return FileReport(path.name, error=str(error))
    if source is None:
        fresh = free_id(session, path.name, path.stem)
        source = SourceRow(id=fresh, origin=path.name, added_at=now, updated_at=now)
        session.add(source)
    source.status, source.approved_by = SourceStatus.APPROVED, TERMINAL
    source.title, source.kind = document.title, kind.value
    source.digest, source.extractor = digest, extractor_version()
    return _sync(session, source, document, now)


def _is_current(source: SourceRow, digest: str) -> bool:
    read = source.digest == digest and source.extractor == extractor_version()
    return read and source.status == SourceStatus.APPROVED


def _digest(path: Path) -> str:
    try:
        with path.open("rb") as file:
            return hashlib.file_digest(file, "sha256").hexdigest()
    except OSError as error:
        raise SourceMissingError from error


def _document(path: Path, digest: str, limits: Limits) -> Document:
    """The file's document, if the file is still the one that was hashed."""
    document = extract_apart(path, limits)
    if _digest(path) != digest:
        raise SourceChangedError
    return document


def _unchanged(session: Session, source: SourceRow) -> FileReport:
    count = session.scalar(select(func.count()).where(SourcePassage.source_id == source.id)) or 0
    return FileReport(source.origin, source.id, source.title, skipped=count)


def _sync(session: Session, source: SourceRow, document: Document, now: datetime) -> FileReport:
    cut = split(document)
    placed = place(session, source, _pieces(cut.passages), now)
    counts = (placed.created, placed.updated, placed.skipped, placed.deleted)
    return FileReport(source.origin, source.id, source.title, *counts, document.left_out + cut.left_out)


def _pieces(passages: Sequence[Passage]) -> tuple[Piece, ...]:
    return tuple(Piece(" > ".join(each.section), each.page, each.text, each.digest) for each in passages)
