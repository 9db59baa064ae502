"""What the snapshot that serves holds: its passages and vectors, whole or with a patch on top."""

from collections.abc import Callable, Iterator, Sequence
from dataclasses import dataclass
from functools import lru_cache
from pathlib import Path
from typing import Self

from knowledge.errors import PocketError
from knowledge.layer import Encoded, Layer, Mark
from knowledge.passages import Owner
from knowledge.patch import PatchRecord, read_lengths, read_patch
from knowledge.rarity import PieceRarity
from knowledge.snapshot import FORMAT, Manifest, current_name, read_manifest, verify
from knowledge.spelling import NO_SPELLINGS, Spellings
from knowledge.text import NORMALISER


@dataclass(frozen=True)
class Standing:
    """The serving snapshot and its number of passages; `patch`, `record` and `spellings` are those of a patched one."""

    base_name: str
    base: Layer
    rarity: PieceRarity
    passages: int
    patch: Layer | None = None
    record: PatchRecord | None = None
    spellings: Spellings = NO_SPELLINGS
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
        layer, record, spellings = Layer.read(root / name), read_patch(root / name), Spellings.open(root / name)
        return cls(base_name, base, rarity, manifest.passages, layer, record, spellings, patchable)

    def of(self, owner: Owner) -> list[Mark]:
        """The passages that are found of an owner now."""
        if self.patch and self.record and ((owner.kind, owner.id) in self.record.replaced or self.patch.of(owner)):
            return self.patch.marks(self.patch.of(owner))
        return self.base.marks(self.base.of(owner))

    @property
    def detailed(self) -> bool:
        """Whether details are kept; a patch keeps what the whole snapshot below it keeps."""
        return self.base.details is not None

    def known_of(self, owner: Owner) -> dict[str, Encoded]:
        """What the encoder made of the passages that any layer holds of an owner, by the digest of their text."""
        return {digest: each for layer in self._layers() for digest, each in _by_digest(layer, layer.of(owner))}

    def marks(self) -> dict[Owner, set[Mark]]:
        """The passages that are found of every owner now."""
        replaced = {Owner(kind, id_) for kind, id_ in self.record.replaced} if self.record else set()
        found = {owner: marks for owner, marks in _grouped(self.base) if owner not in replaced}
        return {**found, **dict(_grouped(self.patch))} if self.patch else found

    def known(self) -> dict[str, Encoded]:
        """What the encoder made of all passages, by the digest of their text."""
        rows = ((layer, range(len(layer.table.digest))) for layer in self._layers())
        return {digest: each for layer, all_ in rows for digest, each in _by_digest(layer, all_)}

    def _layers(self) -> list[Layer]:
        return [layer for layer in (self.base, self.patch) if layer]


@lru_cache(maxsize=1)
def _known(directory: Path) -> Layer:
    """The layer of a whole snapshot, kept from one edit to the next: what has its name never changes."""
    return Layer.read(directory)


def _ours(manifest: Manifest, encoder: str) -> bool:
    return (manifest.encoder, manifest.normaliser, manifest.format) == (encoder, NORMALISER, FORMAT)


def _by_digest(layer: Layer, rows: Sequence[int]) -> Iterator[tuple[str, Encoded]]:
    return zip((layer.table.digest[row] for row in rows), layer.encoded(rows), strict=True)


def _grouped(layer: Layer) -> Iterator[tuple[Owner, set[Mark]]]:
    marks: list[set[Mark]] = [set() for _ in layer.table.owners]
    for number, mark in zip(layer.table.owner, zip(layer.table.field, layer.table.digest, strict=True), strict=True):
        marks[number].add(mark)
    return zip(layer.rows, marks, strict=True)
