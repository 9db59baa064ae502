"""A layer: the passages in one snapshot's own files, with what the encoder made of them."""

import json
from collections.abc import Sequence
from dataclasses import dataclass
from functools import cached_property
from pathlib import Path
from typing import Any, Self

import numpy as np
from numpy.lib.format import open_memmap
from numpy.typing import NDArray
from pydantic import BaseModel, ConfigDict

from knowledge.details import Details
from knowledge.passages import Field, Owner, OwnerKind
from knowledge.vectors import FieldVectors, Levels, Vectors, grouped

PASSAGES = "passages.json"
VECTORS = "vectors.npy"
DETAILS = "details.npy"
Mark = tuple[Field, str]
"""A passage as a snapshot knows it: its field and the digest of its text."""


class PassageTable(BaseModel):
    """The passages in the order of the vectors, grouped by owner and field.

    `details` is how many details each has (see `details`); None where none are kept.
    """

    model_config = ConfigDict(frozen=True, extra="forbid")

    owners: list[tuple[OwnerKind, str]]
    owner: list[int]
    field: list[Field]
    digest: list[str]
    details: list[int] | None


@dataclass(frozen=True)
class Encoded:
    """What the encoder made of a passage: its vector, shape (d,), and, where kept, its details, shape (n, d)."""

    vector: Vectors
    details: Levels | None = None


@dataclass(frozen=True)
class Layer:
    """The passages in one snapshot's own files."""

    table: PassageTable
    vectors: Vectors
    details: Levels | None

    @classmethod
    def read(cls, directory: Path) -> Self:
        """The layer in a snapshot's directory; vectors and details stay on the disk until they are asked for."""
        table = PassageTable.model_validate_json((directory / PASSAGES).read_bytes())
        details = None if table.details is None else _mapped(directory / DETAILS)
        return cls(table, _mapped(directory / VECTORS), details)

    @property
    def owners(self) -> tuple[Owner, ...]:
        """All owners, in the order of their numbers."""
        return tuple(Owner(kind, id_) for kind, id_ in self.table.owners)

    @cached_property
    def rows(self) -> dict[Owner, list[int]]:
        """The rows of each owner, the owners by their number."""
        found: list[list[int]] = [[] for _ in self.table.owners]
        for row, number in enumerate(self.table.owner):
            found[number].append(row)
        return dict(zip(self.owners, found, strict=True))

    def of(self, owner: Owner) -> list[int]:
        """The rows of an owner."""
        return self.rows.get(owner, [])

    def marks(self, rows: Sequence[int]) -> list[Mark]:
        """Field and digest of rows."""
        return [(self.table.field[row], self.table.digest[row]) for row in rows]

    def encoded(self, rows: Sequence[int]) -> list[Encoded]:
        """What the encoder made of rows."""
        return [Encoded(self.vectors[row], self._details_of(row)) for row in rows]

    @cached_property
    def _ends(self) -> NDArray[np.intp]:
        """Where the details of each row begin, and those of the last one end."""
        return np.append(0, np.cumsum(np.asarray(self.table.details or [], np.intp)))

    def _details_of(self, row: int) -> Levels | None:
        return None if self.details is None else self.details[self._ends[row] : self._ends[row + 1]]

    def field(self, field: Field, common: Vectors | None = None) -> FieldVectors:
        """The vectors of a field by owner; `common` is what they have in common, where that is known from elsewhere."""
        rows = np.flatnonzero(np.asarray(self.table.field) == field)
        return grouped(self.vectors, np.asarray(self.table.owner, np.intp), rows, common)

    def by_owner(self) -> Details | None:
        """The details of each owner; None where none are kept."""
        if self.details is None:
            return None
        first = np.searchsorted(self.table.owner, np.arange(len(self.table.owners) + 1))
        return Details(self.details, self._ends[first])


def write_layer(
    directory: Path, passages: Sequence[tuple[Owner, Mark]], encoded: Sequence[Encoded], width: int
) -> None:
    """Write passages, grouped by owner, and what the encoder made of each: vectors, and details where they are kept."""
    owners = sorted({owner for owner, _ in passages})
    number = {owner: at for at, owner in enumerate(owners)}
    details = [each.details for each in encoded if each.details is not None]
    table = PassageTable(
        owners=[(owner.kind, owner.id) for owner in owners],
        owner=[number[owner] for owner, _ in passages],
        field=[field for _, (field, _) in passages],
        digest=[digest for _, (_, digest) in passages],
        details=[len(each) for each in details] if len(details) == len(encoded) else None,
    )
    (directory / PASSAGES).write_bytes(dump(table))
    np.save(directory / VECTORS, np.array([each.vector for each in encoded], np.float32).reshape(-1, width))
    if table.details is not None:
        kept = open_memmap(directory / DETAILS, "w+", np.int8, (sum(table.details), width))
        np.concatenate([kept[:0], *details], out=kept)
        kept.flush()


def dump(value: BaseModel) -> bytes:
    """A model as canonical JSON bytes, so that the same content has the same checksum."""
    return json.dumps(value.model_dump(mode="json"), ensure_ascii=False, sort_keys=True, separators=(",", ":")).encode()


def _mapped(path: Path) -> NDArray[Any]:
    return np.asarray(np.load(path, mmap_mode="r", allow_pickle=False))
