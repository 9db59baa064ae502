"""The bookshelf: sources as rows, their passages brought in line with what was read, piece by piece."""

import hashlib
import re
import unicodedata
from collections import defaultdict
from collections.abc import Sequence
from dataclasses import dataclass, field
from datetime import datetime

from sqlalchemy import select, update
from sqlalchemy.orm import Session

from knowledge.models import SourcePassage, SourceRow

_SLUG_LENGTH = 48


@dataclass(frozen=True)
class Piece:
    """A passage to be: its section path in one line, its page where known, its text and the digest of both."""

    section: str
    page: int | None
    text: str
    digest: str


@dataclass
class Placed:
    """How many passages were created, moved, left as they were, and deleted."""

    created: int = 0
    updated: int = 0
    skipped: int = 0
    deleted: int = 0
    kept: set[int] = field(default_factory=set)

    @property
    def changed(self) -> bool:
        """Whether anything was written."""
        return bool(self.created or self.updated or self.deleted)


def free_id(session: Session, name: str, stem: str) -> str:
    """A readable id made from a file's stem; a digest of the name is added when letters were lost or it is taken."""
    plain = unicodedata.normalize("NFKC", stem).lower()
    slug = re.sub(r"[^a-z0-9]+", "-", plain).strip("-")[:_SLUG_LENGTH]
    if slug and stem.isascii() and session.get(SourceRow, slug) is None:
        return slug
    mark = hashlib.sha256(name.encode()).hexdigest()[:8]
    return f"{slug}-{mark}" if slug else mark


def by_origin(session: Session, origin: str) -> SourceRow | None:
    """The source that came from a file of that name, or from that address."""
    return session.scalar(select(SourceRow).where(SourceRow.origin == origin))


def place(session: Session, source: SourceRow, pieces: Sequence[Piece], now: datetime) -> Placed:
    """Make a source's passages exactly these; those with an equal digest keep their rows, and so their encoding."""
    session.flush()
    placed = Placed()
    stored = list(session.scalars(select(SourcePassage).where(SourcePassage.source_id == source.id)))
    known: defaultdict[str, list[SourcePassage]] = defaultdict(list)
    for row in sorted(stored, key=lambda row: row.position, reverse=True):
        known[row.digest].append(row)
    for position, piece in enumerate(pieces):
        rows = known[piece.digest]
        _place(session, source.id, position, piece, rows.pop() if rows else None, placed)
    for row in stored:
        if row.id not in placed.kept:
            session.delete(row)
            placed.deleted += 1
    if placed.changed:
        source.updated_at, source.indexed_at = now, None
    session.flush()
    return placed


def waiting(session: Session) -> list[tuple[str, datetime]]:
    """The sources that changed since the index that serves was built, by id and time of the change."""
    found = select(SourceRow.id, SourceRow.updated_at).where(SourceRow.indexed_at.is_(None))
    return [(id_, changed) for id_, changed in session.execute(found)]


def indexed(session: Session, found: Sequence[tuple[str, datetime]], now: datetime) -> None:
    """Note that an index which holds these sources as they were then serves since `now`."""
    for id_, changed in found:
        same = (SourceRow.id == id_, SourceRow.updated_at == changed)
        session.execute(update(SourceRow).where(*same).values(indexed_at=now))


def _place(
    session: Session, source_id: str, position: int, piece: Piece, row: SourcePassage | None, placed: Placed
) -> None:
    if row is None:
        values = {"section": piece.section, "page": piece.page, "text": piece.text, "digest": piece.digest}
        session.add(SourcePassage(source_id=source_id, position=position, **values))
        placed.created += 1
        return
    placed.kept.add(row.id)
    if (row.position, row.page) == (position, piece.page):
        placed.skipped += 1
    else:
        row.position, row.page = position, piece.page
        placed.updated += 1
