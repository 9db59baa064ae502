"""Writing a patch: all owners that differ from the whole snapshot below, those of the patch before it included."""

import json
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from pathlib import Path

import numpy as np

from indexer.encoding import encoded
from indexer.standing import Standing
from knowledge.encoder import Encoder
from knowledge.passages import Field, IndexedPassage, Owner, OwnerKind
from knowledge.patch import PATCH, PatchRecord
from knowledge.snapshot import SPELLINGS, PassageTable, dump
from knowledge.text import normalise
from knowledge.vectors import Vectors
from knowledge.words import WordSplitter, spellings_of, terms_of

Changed = Mapping[Owner, Sequence[IndexedPassage]]
"""Owners whose passages are others now, with all of them; an owner without any is gone."""


@dataclass(frozen=True)
class Entry:
    """An owner of a patch: its passages' fields and digests, their vectors, its words and sounds."""

    fields: list[Field]
    digests: list[str]
    vectors: Vectors
    words: list[str]
    sounds: list[str]


@dataclass(frozen=True)
class Patch:
    """Everything a patch says."""

    entries: dict[Owner, Entry]
    replaced: set[Owner]
    spellings: dict[str, str]
    encoded: int

    def write(self, directory: Path) -> None:
        """Write everything but the manifest."""
        owners = sorted(owner for owner, entry in self.entries.items() if entry.digests)
        entries = [self.entries[owner] for owner in owners]
        table = PassageTable(
            owners=[(owner.kind, owner.id) for owner in owners],
            owner=[number for number, entry in enumerate(entries) for _ in entry.digests],
            field=[field for entry in entries for field in entry.fields],
            digest=[digest for entry in entries for digest in entry.digests],
        )
        record = PatchRecord(
            replaced=[(owner.kind, owner.id) for owner in sorted(self.replaced)],
            words=[entry.words for entry in entries],
            sounds=[entry.sounds for entry in entries],
            spellings=self.spellings,
        )
        (directory / "passages.json").write_bytes(dump(table))
        (directory / PATCH).write_bytes(dump(record))
        (directory / SPELLINGS).write_text(json.dumps(self.spellings, ensure_ascii=False), encoding="utf-8")
        # Owners that are gone bring no rows but keep the width.
        vectors = [entry.vectors for entry in entries] or [entry.vectors[:0] for entry in self.entries.values()]
        np.save(directory / "vectors.npy", np.concatenate(vectors).astype(np.float32))


@dataclass(frozen=True)
class Patcher:
    """Makes patches on what stands."""

    encoder: Encoder
    splitter: WordSplitter

    def patch(self, standing: Standing, changed: Changed, known: Mapping[str, Vectors]) -> Patch:
        """The patch that stands, with these owners changed; `known` are vectors by digest that need no encoding."""
        entries, spellings = _entries(standing), dict(standing.record.spellings if standing.record else {})
        missing = [row for rows in changed.values() for row in rows if row.digest not in known]
        fresh = encoded(self.encoder, missing, standing.rarity)
        for owner, rows in changed.items():
            entries[owner] = self._entry(rows, {**known, **fresh})
            spellings |= self._spellings(rows)
        return Patch(entries, {owner for owner in entries if owner in standing.base.rows}, spellings, len(fresh))

    def _entry(self, rows: Sequence[IndexedPassage], vectors: Mapping[str, Vectors]) -> Entry:
        rows = sorted(set(rows), key=lambda row: (row.field, row.text))
        terms = [terms_of(self.splitter.morphemes(normalise(row.text))) for row in rows]
        own = [vectors[row.digest] for row in rows]
        return Entry(
            fields=[row.field for row in rows],
            digests=[row.digest for row in rows],
            vectors=np.array(own, np.float32) if own else np.zeros((0, self.encoder.dimensions), np.float32),
            words=[word for each in terms for word in each.words],
            sounds=[sound for each in terms for sound in each.sounds],
        )

    def _spellings(self, rows: Sequence[IndexedPassage]) -> dict[str, str]:
        taught = (row for row in rows if row.owner.kind != OwnerKind.SOURCE)
        return spellings_of([self.splitter.morphemes(normalise(row.text)) for row in taught])


def _entries(standing: Standing) -> dict[Owner, Entry]:
    """The owners of the patch that stands, and those it took away."""
    if standing.patch is None or standing.record is None:
        return {}
    nothing = Entry([], [], standing.patch.vectors[:0], [], [])
    entries = {Owner(kind, id_): nothing for kind, id_ in standing.record.replaced}
    for number, owner in enumerate(standing.patch.rows):
        rows = standing.patch.of(owner)
        marks = standing.patch.marks(rows)
        entries[owner] = Entry(
            fields=[field for field, _ in marks],
            digests=[digest for _, digest in marks],
            vectors=standing.patch.vectors[rows],
            words=standing.record.words[number],
            sounds=standing.record.sounds[number],
        )
    return entries
