"""What the snapshot that serves holds: its passages and vectors, whole or with a patch on top."""

from collections.abc import Callable, Iterator
from dataclasses import dataclass
from functools import cached_property, lru_cache
from pathlib import Path
from typing import Self

import numpy as np

from knowledge.errors import PocketError
from knowledge.passages import Field, Owner
from knowledge.patch import PatchRecord, read_lengths, read_patch
from knowledge.rarity import PieceRarity
from knowledge.snapshot import FORMAT, Manifest, PassageTable, current_name, read_manifest, verify
from knowledge.text import NORMALISER
from knowledge.vectors import Vectors

Mark = tuple[Field, str]
"""A passage as a snapshot knows it: its field and the digest of its text."""


@dataclass(frozen=True)
class Layer:
    """The passages and vectors of one snapshot's own files."""

    table: PassageTable
    vectors: Vectors

    @classmethod
    def read(cls, directory: Path) -> Self:
        """The layer in a snapshot's directory."""
        table = PassageTable.model_validate_json((directory / "passages.json").read_bytes())
        return cls(table, np.load(directory / "vectors.npy", mmap_mode="r", allow_pickle=False))

    @cached_property
    def rows(self) -> dict[Owner, list[int]]:
        """The rows of each owner, the owners by their number."""
        found: list[list[int]] = [[] for _ in self.table.owners]
        for row, number in enumerate(self.table.owner):
            found[number].append(row)
        return {Owner(kind, id_): rows for (kind, id_), rows in zip(self.table.owners, found, strict=True)}

    def of(self, owner: Owner) -> list[int]:
        """The rows of an owner."""
        return self.rows.get(owner, [])

    def marks(self, rows: list[int]) -> list[Mark]:
        """Field and digest of rows."""
        return [(self.table.field[row], self.table.digest[row]) for row in rows]


@dataclass(frozen=True)
class Standing:
    """The serving snapshot and its number of passages; `patch` and `record` are those of a patched one."""

    base_name: str
    base: Layer
    rarity: PieceRarity
    passages: int
    patch: Layer | None = None
    record: PatchRecord | None = None
    patchable: bool = True

    @classmethod
    def read(cls, root: Path, encoder: str, *, verified: bool = False) -> Self | None:
        """What serves in `root`, or None where nothing does or another encoder made it.

        `verified` leaves out reading every file: for a process that has opened this very snapshot.
        """
        look = read_manifest if verified else verify
        try:
            name = current_name(root)
            manifest = look(root / name)
            if manifest.base:
                look(root / manifest.base)
        except PocketError:
            return None
        return cls._of(root, name, manifest, _known if verified else Layer.read) if _ours(manifest, encoder) else None

    @classmethod
    def _of(cls, root: Path, name: str, manifest: Manifest, read: Callable[[Path], Layer]) -> Self:
        base_name = manifest.base or name
        base, patchable = read(root / base_name), read_lengths(root / base_name) is not None
        rarity = PieceRarity.open(root / base_name)
        if manifest.base is None:
            return cls(base_name, base, rarity, manifest.passages, patchable=patchable)
        layer, record = Layer.read(root / name), read_patch(root / name)
        return cls(base_name, base, rarity, manifest.passages, layer, record, patchable)

    def of(self, owner: Owner) -> list[Mark]:
        """The passages that are found of an owner now."""
        if self.patch and self.record and ((owner.kind, owner.id) in self.record.replaced or self.patch.of(owner)):
            return self.patch.marks(self.patch.of(owner))
        return self.base.marks(self.base.of(owner))

    def vectors_of(self, owner: Owner) -> list[tuple[str, Vectors]]:
        """Digest and vector of the passages that any layer holds of an owner."""
        layers = [layer for layer in (self.base, self.patch) if layer]
        return [(layer.table.digest[row], layer.vectors[row]) for layer in layers for row in layer.of(owner)]

    def marks(self) -> dict[Owner, set[Mark]]:
        """The passages that are found of every owner now."""
        replaced = {Owner(kind, id_) for kind, id_ in self.record.replaced} if self.record else set()
        found = {owner: marks for owner, marks in _grouped(self.base) if owner not in replaced}
        return {**found, **dict(_grouped(self.patch))} if self.patch else found

    def known(self) -> dict[str, Vectors]:
        """Vectors by the digest of their text."""
        layers = [layer for layer in (self.base, self.patch) if layer]
        return {digest: row for layer in layers for digest, row in zip(layer.table.digest, layer.vectors, strict=True)}


@lru_cache(maxsize=1)
def _known(directory: Path) -> Layer:
    """The layer of a whole snapshot, kept from one edit to the next: what has its name never changes."""
    return Layer.read(directory)


def _ours(manifest: Manifest, encoder: str) -> bool:
    return (manifest.encoder, manifest.normaliser, manifest.format) == (encoder, NORMALISER, FORMAT)


def _grouped(layer: Layer) -> Iterator[tuple[Owner, set[Mark]]]:
    marks: list[set[Mark]] = [set() for _ in layer.table.owners]
    for number, mark in zip(layer.table.owner, zip(layer.table.field, layer.table.digest, strict=True), strict=True):
        marks[number].add(mark)
    return zip(layer.rows, marks, strict=True)
