"""A patch: the owners that differ from those of a whole snapshot, so that an edit needs no whole build.

A patch is a snapshot of its own (checksummed, immutable, named by its content) that names the whole one below it. It
holds every owner that differs since; opened, the two answer like one. Vectors are compared exactly as in a whole build.
Words of patched owners are weighed by how rare they are in the whole one, which a whole build would count anew.
"""

import json
from collections import Counter, defaultdict
from collections.abc import Mapping
from dataclasses import dataclass
from functools import cached_property
from pathlib import Path

import numpy as np
from numpy.typing import NDArray
from pydantic import BaseModel, ConfigDict, ValidationError

from knowledge.details import Detailed
from knowledge.layer import Layer
from knowledge.passages import Field, Owner, OwnerKind
from knowledge.rarity import rarity
from knowledge.snapshot import (
    FORMAT,
    LENGTHS,
    Snapshot,
    SnapshotDamagedError,
    SnapshotForeignError,
    WordIndex,
    Wording,
    read_manifest,
    verify,
)
from knowledge.spelling import Spellings
from knowledge.vectors import FieldVectors, Levels, Likeness, Scores, Vectors

PATCH = "patch.json"
K1, B = 1.2, 0.75
"""As in the whole index (`indexer.build`)."""


class PatchRecord(BaseModel):
    """What a patch holds beside its passages and vectors: whom it replaces, and each own owner's words and sounds."""

    model_config = ConfigDict(frozen=True, extra="forbid")

    replaced: list[tuple[OwnerKind, str]]
    words: list[list[str]]
    sounds: list[list[str]]


@dataclass(frozen=True)
class JoinedVectors:
    """One field of a whole snapshot without some owners (`kept` are the others' numbers), and of a patch."""

    whole: Likeness
    kept: NDArray[np.intp]
    count: int
    own: FieldVectors
    own_count: int

    @property
    def passages(self) -> int:
        """How many vectors there are, also those of replaced owners."""
        return self.whole.passages + self.own.passages

    @property
    def common(self) -> Vectors:
        """What the vectors of the whole snapshot have in common; a patch is too few to tell."""
        return self.whole.common

    @cached_property
    def owners(self) -> NDArray[np.intp]:
        """The owners that have this field, by their number in the joined snapshot."""
        number = np.full(self.count, -1, np.intp)
        number[self.kept] = np.arange(len(self.kept))
        left = number[self.whole.owners]
        return np.concatenate([left[left >= 0], self.own.owners + len(self.kept)])

    def best(self, query: Vectors, count: int) -> Scores:
        """The best similarity of each owner, -1 where it has none; `count` is kept and own together."""
        assert count == len(self.kept) + self.own_count
        return np.concatenate([self.whole.best(query, self.count)[self.kept], self.own.best(query, self.own_count)])

    def summed(self, owners: NDArray[np.intp]) -> Vectors:
        """The sum of the vectors of each of some owners, shape (n, dimensions); zero where it has none."""
        sums, old = np.zeros((len(owners), len(self.common)), np.float32), owners < len(self.kept)
        sums[old] = self.whole.summed(self.kept[owners[old]])
        sums[~old] = self.own.summed(owners[~old] - len(self.kept))
        return sums


@dataclass(frozen=True)
class JoinedDetails:
    """The details of a whole snapshot without some owners (`kept` are the others' numbers), and of a patch."""

    whole: Detailed
    kept: NDArray[np.intp]
    own: Detailed

    def of(self, owner: int) -> Levels:
        """Those of an owner, by its number, shape (n, dimensions)."""
        count = len(self.kept)
        return self.whole.of(int(self.kept[owner])) if owner < count else self.own.of(owner - count)


Postings = Mapping[str, tuple[NDArray[np.intp], Scores]]
"""By term the owners that have it, by number, and its share of BM25 in each."""
_NOBODY = np.zeros(0, np.intp), np.zeros(0, np.float32)


@dataclass(frozen=True)
class JoinedWords:
    """BM25 of a whole snapshot without some owners, and of a patch's owners by the whole one's statistics."""

    whole: WordIndex
    kept: NDArray[np.intp]
    postings: Postings
    own_count: int

    def scores(self, terms: tuple[str, ...], owners: int) -> Scores:
        """One score an owner; zero where no term is shared."""
        own = np.zeros(self.own_count, np.float32)
        for term in terms:
            numbers, shares = self.postings.get(term, _NOBODY)
            own[numbers] += np.float32(self.rarity(term)) * shares
        return self._beside(self.whole.scores(terms, self.whole.count), own, owners)

    def knows(self, term: str) -> bool:
        """Whether any owner has a term, or had it before the patch."""
        return term in self.postings or self.whole.knows(term)

    def rarity(self, term: str) -> float:
        """How much a term says in the whole one, or among the patch's owners where only these have it."""
        numbers, _ = self.postings.get(term, _NOBODY)
        return rarity(self.whole.owners_of(term).size or numbers.size, self.whole.count)

    def held(self, weights: Mapping[str, float], owners: int) -> Scores:
        """The weights of the terms that each owner has, added up."""
        own = np.zeros(self.own_count, np.float32)
        for term, weight in weights.items():
            numbers, _ = self.postings.get(term, _NOBODY)
            own[numbers] += np.float32(weight)
        return self._beside(self.whole.held(weights, self.whole.count), own, owners)

    def _beside(self, whole: Scores, own: Scores, owners: int) -> Scores:
        assert owners == len(self.kept) + self.own_count
        return np.concatenate([whole[self.kept], own])


def open_snapshot(directory: Path, *, encoder: str, normaliser: str, known: Snapshot | None = None) -> Snapshot:
    """Verify and open a snapshot, whole or patched; `known` spares opening a base that is open already.

    Raises SnapshotDamagedError, also where the base is missing, and SnapshotForeignError.
    """
    base_name = read_manifest(directory).base
    if base_name is None:
        return Snapshot.open(directory, encoder=encoder, normaliser=normaliser)
    base = next((each for each in (known, known.base if known else None) if each and each.name == base_name), None)
    return _patched(
        directory,
        base or Snapshot.open(directory.parent / base_name, encoder=encoder, normaliser=normaliser),
        (encoder, normaliser),
    )


def _patched(directory: Path, base: Snapshot, of: tuple[str, str]) -> Snapshot:
    manifest = verify(directory)
    if (manifest.format, manifest.encoder, manifest.normaliser) != (FORMAT, *of):
        raise SnapshotForeignError
    record, layer = read_patch(directory), Layer.read(directory)
    lengths = read_lengths(directory.parent / base.name)
    if lengths is None or not isinstance(base.words, WordIndex) or not isinstance(base.sounds, WordIndex):
        raise SnapshotDamagedError
    replaced = {Owner(kind, id_) for kind, id_ in record.replaced}
    kept = np.flatnonzero([owner not in replaced for owner in base.owners])
    own, fields = layer.owners, {field: layer.field(field, base.fields[field].common) for field in Field}
    count, details = len(base.owners), layer.by_owner()
    return Snapshot(
        name=directory.name,
        manifest=manifest,
        owners=(*(base.owners[at] for at in kept), *own),
        fields={field: JoinedVectors(base.fields[field], kept, count, fields[field], len(own)) for field in Field},
        words=_joined(base.words, kept, record.words, lengths["words"]),
        sounds=_joined(base.sounds, kept, record.sounds, lengths["sounds"]),
        spellings=base.spellings.over(Spellings.open(directory)),
        rarity=base.rarity,
        details=JoinedDetails(base.details, kept, details) if base.details and details else None,
        base=base,
    )


def _joined(whole: WordIndex, kept: NDArray[np.intp], documents: list[list[str]], average: float) -> Wording:
    return JoinedWords(whole, kept, _postings(documents, average), len(documents))


def _postings(documents: list[list[str]], average: float) -> Postings:
    found: defaultdict[str, list[tuple[int, float]]] = defaultdict(list)
    for number, words in enumerate(documents):
        for term, times in Counter(words).items():
            found[term].append((number, times / (K1 * (1 - B + B * len(words) / average) + times)))
    return {
        term: (np.array([number for number, _ in rows], np.intp), np.array([share for _, share in rows], np.float32))
        for term, rows in found.items()
    }


def read_patch(directory: Path) -> PatchRecord:
    """What a patch holds beside its passages and vectors; raises SnapshotDamagedError."""
    try:
        return PatchRecord.model_validate_json((directory / PATCH).read_bytes())
    except (OSError, ValidationError) as error:
        raise SnapshotDamagedError from error


def read_lengths(directory: Path) -> dict[str, float] | None:
    """How many words and sounds an owner of a whole snapshot has on average; None for one that can not be patched."""
    try:
        lengths: dict[str, float] = json.loads((directory / LENGTHS).read_bytes())
    except (OSError, ValueError):
        return None
    return lengths
