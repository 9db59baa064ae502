"""A snapshot: one immutable, checksummed build of the index, opened only when each byte is what its maker wrote.

A snapshot is a directory ``<built>-<first 12 of the manifest's SHA-256>``; ``CURRENT`` beside it names the one
that serves.
"""

import hashlib
from collections.abc import Mapping
from dataclasses import dataclass
from functools import cached_property
from pathlib import Path
from typing import Protocol, Self

import bm25s
import numpy as np
from numpy.typing import NDArray
from pydantic import BaseModel, ConfigDict, ValidationError

from knowledge.details import Detailed
from knowledge.errors import PocketError
from knowledge.layer import Layer
from knowledge.passages import Field, Owner
from knowledge.rarity import PieceRarity, rarity
from knowledge.spelling import Spellings
from knowledge.vectors import Likeness, Scores, Vectors, apart
from knowledge.words import Terms

FORMAT = "pocket-snapshot-9"
MANIFEST = "manifest.json"
CURRENT = "CURRENT"
LENGTHS = "lengths.json"
"""How many words and sounds an owner has on average: what a patch needs to score its own."""


class SnapshotDamagedError(PocketError):
    """索引のファイルが壊れています。`pocket index build` で作り直してください。"""


class SnapshotForeignError(PocketError):
    """索引が今のモデルや版に合いません。`pocket index build` で作り直してください。"""


class SnapshotMissingError(PocketError):
    """索引がまだありません。`pocket init` を実行してください。"""


class Manifest(BaseModel):
    """What a snapshot is made of; `files` maps each file to its SHA-256.

    `base` names the whole snapshot that a patch changes (see `patch`); a whole one has none.
    """

    model_config = ConfigDict(frozen=True, extra="forbid")

    format: str
    encoder: str
    normaliser: str
    built_at: str
    dimensions: int
    passages: int
    owners: int
    files: dict[str, str]
    base: str | None = None


def digest_of(path: Path) -> str:
    """The SHA-256 of a file."""
    with path.open("rb") as file:
        return hashlib.file_digest(file, "sha256").hexdigest()


def read_manifest(directory: Path) -> Manifest:
    """The manifest of a snapshot whose name fits it; raises SnapshotDamagedError."""
    try:
        raw = (directory / MANIFEST).read_bytes()
        if not directory.name.endswith(hashlib.sha256(raw).hexdigest()[:12]):
            raise SnapshotDamagedError
        return Manifest.model_validate_json(raw)
    except (OSError, ValidationError) as error:
        raise SnapshotDamagedError from error


def verify(directory: Path) -> Manifest:
    """The manifest after every file was found to be exactly what was written; raises SnapshotDamagedError."""
    manifest = read_manifest(directory)
    present = {str(path.relative_to(directory)) for path in directory.rglob("*") if path.is_file()} - {MANIFEST}
    if present != set(manifest.files):
        raise SnapshotDamagedError
    try:
        if any(digest_of(directory / name) != digest for name, digest in manifest.files.items()):
            raise SnapshotDamagedError
    except OSError as error:
        raise SnapshotDamagedError from error
    return manifest


class Wording(Protocol):
    """A word index over the owners."""

    def scores(self, terms: tuple[str, ...], owners: int) -> Scores:
        """One score an owner; zero where no term is shared."""

    def knows(self, term: str) -> bool:
        """Whether any owner has a term."""

    def rarity(self, term: str) -> float:
        """How much a term says: the more, the fewer owners have it; what nobody has is the rarest."""

    def held(self, weights: Mapping[str, float], owners: int) -> Scores:
        """The weights of the terms that each owner has, added up."""


def covered(wording: Wording, terms: Terms, owners: int) -> Scores:
    """How much of a text's words each owner has, by their rarity: 0…1.

    A pair of characters that nobody has is no word, but the seam between two.
    """
    words = [word for word in terms.words if not terms.paired or wording.knows(word)]
    weights = {word: wording.rarity(word) for word in words}
    return np.asarray(wording.held(weights, owners) / (sum(weights.values()) or 1), np.float32)


@dataclass(frozen=True)
class WordIndex:
    """BM25 over the owners, by one kind of term."""

    index: bm25s.BM25

    @classmethod
    def open(cls, directory: Path) -> Self:
        """The index kept in a directory."""
        return cls(bm25s.BM25.load(directory, mmap=False))

    def scores(self, terms: tuple[str, ...], owners: int) -> Scores:
        """One score an owner; zero where no term is shared."""
        known = [term for term in terms if term in self.index.vocab_dict]
        if not known:
            return np.zeros(owners, dtype=np.float32)
        return np.asarray(self.index.get_scores(known), dtype=np.float32)

    @property
    def count(self) -> int:
        """How many owners it was built of."""
        return int(self.index.scores["num_docs"])

    def knows(self, term: str) -> bool:
        """Whether any owner has a term."""
        return self.owners_of(term).size > 0

    def rarity(self, term: str) -> float:
        """How much a term says: the more, the fewer owners have it; what nobody has is the rarest."""
        return rarity(self.owners_of(term).size, self.count)

    def held(self, weights: Mapping[str, float], owners: int) -> Scores:
        """The weights of the terms that each owner has, added up."""
        found = np.zeros(owners, dtype=np.float32)
        for term, weight in weights.items():
            found[self.owners_of(term)] += np.float32(weight)
        return found

    def owners_of(self, term: str) -> NDArray[np.integer]:
        """The numbers of the owners that have a term."""
        number, scores = self.index.vocab_dict.get(term), self.index.scores
        if number is None:
            return np.zeros(0, dtype=np.intp)
        found: NDArray[np.integer] = scores["indices"][scores["indptr"][number] : scores["indptr"][number + 1]]
        return found


@dataclass(frozen=True)
class Snapshot:
    """An opened snapshot: owners, vectors by field, words and sounds; a patched one knows the whole one below it.

    Questions are encoded as its passages were, by the `rarity` of pieces in them.
    """

    name: str
    manifest: Manifest
    owners: tuple[Owner, ...]
    fields: Mapping[Field, Likeness]
    words: Wording
    sounds: Wording
    spellings: Spellings
    rarity: PieceRarity
    details: Detailed | None = None
    base: "Snapshot | None" = None

    @classmethod
    def open(cls, directory: Path, *, encoder: str, normaliser: str) -> Self:
        """Verify and open a whole one; raises SnapshotDamagedError, or SnapshotForeignError where it is another's."""
        manifest = verify(directory)
        if (manifest.format, manifest.encoder, manifest.normaliser) != (FORMAT, encoder, normaliser) or manifest.base:
            raise SnapshotForeignError
        layer = Layer.read(directory)
        return cls(
            name=directory.name,
            manifest=manifest,
            owners=layer.owners,
            fields={field: layer.field(field) for field in Field},
            words=WordIndex.open(directory / "words"),
            sounds=WordIndex.open(directory / "sounds"),
            spellings=Spellings.open(directory),
            rarity=PieceRarity.open(directory),
            details=layer.by_owner(),
        )

    @cached_property
    def named(self) -> NDArray[np.bool_]:
        """Which owners have a name, shape (owners,)."""
        named = np.zeros(len(self.owners), dtype=bool)
        named[self.fields[Field.NAME].owners] = True
        return named

    @property
    def names_each(self) -> float:
        """How many names an owner has that has any."""
        names = (self.base or self).fields[Field.NAME]
        return names.passages / max(1, len(names.owners))

    def apart(self, question: Vectors) -> Vectors:
        """What sets a question's vector apart from what questions have in common: names are such questions."""
        field = Field.NAME if len(self.fields[Field.NAME].owners) else Field.FACT
        return apart(question, self.fields[field].common)

    def terms_scores(self, terms: Terms) -> tuple[Scores, Scores, Scores]:
        """BM25 of the words, of the sounds, and how much of the words is covered: one figure an owner each."""
        count = len(self.owners)
        return (
            self.words.scores(terms.words, count),
            self.sounds.scores(terms.sounds, count),
            covered(self.words, terms, count),
        )


def current_name(root: Path) -> str:
    """The name of the snapshot that serves; raises SnapshotMissingError."""
    try:
        name = (root / CURRENT).read_text().strip()
    except (OSError, UnicodeDecodeError) as error:
        raise SnapshotMissingError from error
    if not name or "/" in name or name.startswith("."):
        raise SnapshotMissingError
    return name


def names(root: Path) -> list[str]:
    """All snapshots in the directory, newest first."""
    return sorted((path.name for path in root.glob("2*") if path.is_dir()), reverse=True) if root.is_dir() else []
