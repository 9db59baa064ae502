"""Writing a patch: all owners that differ from the whole snapshot below, those of the patch before it included."""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from pathlib import Path

from indexer.encoding import encoded
from indexer.standing import Standing
from knowledge.encoder import Encoder
from knowledge.layer import Encoded, Mark, dump, write_layer
from knowledge.passages import IndexedPassage, Owner, OwnerKind
from knowledge.patch import PATCH, PatchRecord
from knowledge.spelling import Spellings
from knowledge.text import normalise
from knowledge.words import WordSplitter, terms_of

Changed = Mapping[Owner, Sequence[IndexedPassage]]
"""Owners whose passages are others now, with all of them; an owner without any is gone."""


@dataclass(frozen=True)
class Entry:
    """An owner of a patch: its passages, what the encoder made of each, its words and sounds."""

    marks: list[Mark]
    encoded: list[Encoded]
    words: list[str]
    sounds: list[str]


@dataclass(frozen=True)
class Patch:
    """Everything a patch says."""

    entries: dict[Owner, Entry]
    replaced: set[Owner]
    spellings: Spellings
    encoded: int

    def write(self, directory: Path, width: int, *, detailed: bool) -> None:
        """Write everything but the manifest."""
        owners = sorted(owner for owner, entry in self.entries.items() if entry.marks)
        entries = [self.entries[owner] for owner in owners]
        record = PatchRecord(
            replaced=[(owner.kind, owner.id) for owner in sorted(self.replaced)],
            words=[entry.words for entry in entries],
            sounds=[entry.sounds for entry in entries],
        )
        passages = [(owner, mark) for owner, entry in zip(owners, entries, strict=True) for mark in entry.marks]
        encoded = [each for entry in entries for each in entry.encoded]
        write_layer(directory, passages, encoded, width, detailed=detailed)
        (directory / PATCH).write_bytes(dump(record))
        self.spellings.save(directory)


@dataclass(frozen=True)
class Patcher:
    """Makes patches on what stands."""

    encoder: Encoder
    splitter: WordSplitter

    def patch(self, standing: Standing, changed: Changed, known: Mapping[str, Encoded]) -> Patch:
        """The patch that stands, with these owners changed; what is `known` by its digest needs no encoding."""
        entries, spellings = _entries(standing), standing.spellings
        missing = [row for rows in changed.values() for row in rows if row.digest not in known]
        fresh = encoded(self.encoder, missing, standing.rarity, detailed=standing.detailed)
        for owner, rows in changed.items():
            entries[owner] = self._entry(rows, {**known, **fresh})
            spellings = self._spellings(rows).over(spellings)
        replaced = {owner for owner in entries if owner in standing.base.rows}
        return Patch(entries, replaced, spellings, len(fresh))

    def _entry(self, rows: Sequence[IndexedPassage], made: Mapping[str, Encoded]) -> Entry:
        rows = sorted(set(rows), key=lambda row: (row.field, row.text))
        terms = [terms_of(self.splitter.morphemes(normalise(row.text))) for row in rows]
        return Entry(
            marks=[(row.field, row.digest) for row in rows],
            encoded=[made[row.digest] for row in rows],
            words=[word for each in terms for word in each.words],
            sounds=[sound for each in terms for sound in each.sounds],
        )

    def _spellings(self, rows: Sequence[IndexedPassage]) -> Spellings:
        taught = (row for row in rows if row.owner.kind != OwnerKind.SOURCE)
        return Spellings.learned(self.splitter.morphemes(normalise(row.text)) for row in taught)


def _entries(standing: Standing) -> dict[Owner, Entry]:
    """The owners of the patch that stands, and those it took away."""
    if standing.patch is None or standing.record is None:
        return {}
    nothing = Entry([], [], [], [])
    entries = {Owner(kind, id_): nothing for kind, id_ in standing.record.replaced}
    for number, owner in enumerate(standing.patch.rows):
        rows = standing.patch.of(owner)
        entries[owner] = Entry(
            marks=standing.patch.marks(rows),
            encoded=standing.patch.encoded(rows),
            words=standing.record.words[number],
            sounds=standing.record.sounds[number],
        )
    return entries
