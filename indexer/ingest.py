"""Ingestion: files become sources and passages; only what changed is written, so only that is encoded again."""

import hashlib
import re
import unicodedata
from collections import defaultdict
from collections.abc import Sequence
from dataclasses import dataclass, field
from datetime import datetime
from functools import cache
from pathlib import Path

from sqlalchemy import delete, func, select
from sqlalchemy.orm import Session

from indexer.documents import Document, LeftOut
from indexer.errors import SourceChangedError, SourceError, SourceMissingError
from indexer.files import check_size, kind_of
from indexer.passages import Passage, split
from indexer.sandbox import Limits, extract_apart
from knowledge.models import SourcePassage, SourceRow

_PACKAGE = Path(__file__).resolve().parent
_CODE = ("documents.py", "extract.py", "files.py", "passages.py", "formats/*.py")
_SLUG_LENGTH = 48


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


@dataclass
class _Changes:
    created: int = 0
    updated: int = 0
    skipped: int = 0
    deleted: int = 0
    kept: set[int] = field(default_factory=set)


def add_sources(session: Session, paths: Sequence[Path], *, now: datetime, limits: Limits) -> IngestReport:
    """Bring the sources in line with these files; the caller commits.

    A file whose bytes and extractor are those of its source is skipped. Passages with an equal digest keep their rows.
    A file that can not be read leaves what is stored untouched and is reported; the others are taken.
    """
    return IngestReport(tuple(_add(session, path, now, limits) for path in paths))


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
        source = session.scalar(select(SourceRow).where(SourceRow.origin == path.name))
        if source is not None and source.digest == digest and source.extractor == extractor_version():
            return _unchanged(session, source)
        document = _document(path, digest, limits)
    except SourceError as error:
        return FileReport(path.name, error=str(error))
    if source is None:
        source = SourceRow(id=_free_id(session, path), origin=path.name, added_at=now, updated_at=now)
        session.add(source)
    source.title, source.kind = document.title, kind.value
    source.digest, source.extractor = digest, extractor_version()
    return _sync(session, source, document, now)


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
    session.flush()
    changes = _Changes()
    stored = list(session.scalars(select(SourcePassage).where(SourcePassage.source_id == source.id)))
    known: defaultdict[str, list[SourcePassage]] = defaultdict(list)
    for row in sorted(stored, key=lambda row: row.position, reverse=True):
        known[row.digest].append(row)
    for position, passage in enumerate(cut.passages):
        rows = known[passage.digest]
        _place(session, source.id, position, passage, rows.pop() if rows else None, changes)
    for row in stored:
        if row.id not in changes.kept:
            session.delete(row)
            changes.deleted += 1
    if changes.created or changes.updated or changes.deleted:
        source.updated_at = now
    session.flush()
    counts = (changes.created, changes.updated, changes.skipped, changes.deleted)
    return FileReport(source.origin, source.id, source.title, *counts, document.left_out + cut.left_out)


def _place(
    session: Session, source_id: str, position: int, passage: Passage, row: SourcePassage | None, changes: _Changes
) -> None:
    if row is None:
        section = " > ".join(passage.section)
        values = {"position": position, "section": section, "page": passage.page, "text": passage.text}
        session.add(SourcePassage(source_id=source_id, digest=passage.digest, **values))
        changes.created += 1
        return
    changes.kept.add(row.id)
    if (row.position, row.page) == (position, passage.page):
        changes.skipped += 1
    else:
        row.position, row.page = position, passage.page
        changes.updated += 1


def _free_id(session: Session, path: Path) -> str:
    """A readable id made from the file's name; a digest is added when letters were lost or the id is taken."""
    stem = unicodedata.normalize("NFKC", path.stem).lower()
    slug = re.sub(r"[^a-z0-9]+", "-", stem).strip("-")[:_SLUG_LENGTH]
    if slug and stem.isascii() and session.get(SourceRow, slug) is None:
        return slug
    mark = hashlib.sha256(path.name.encode()).hexdigest()[:8]
    return f"{slug}-{mark}" if slug else mark
