"""A layer: the passages in one snapshot's own files, with what the encoder made of them."""

import json
from collections.abc import Sequence
from dataclasses import dataclass
from functools import cached_property
from pathlib import Path
from typing import Any, Self

import numpy as np
from numpy.lib.format import write_array_header_1_0
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

    `detail_counts` is how many details each has (see `details`); None where none are kept.
    """

    model_config = ConfigDict(frozen=True, extra="forbid")

    owners: list[tuple[OwnerKind, str]]
    owner: list[int]
    field: list[Field]
    digest: list[str]
    detail_counts: list[int] | None


@dataclass(frozen=True)
class Encoded:
    """What the encoder made of a passage: its vector, shape (d,), and its details, shape (n, d), if they are wanted."""

    vector: Vectors
    details: Levels


@dataclass(frozen=True)
class Layer:
    """The passages in one snapshot's own files."""

    table: PassageTable
    vectors: Vectors
    details: Levels | None

    @classmethod
    def read(cls, directory: Path) -> Self:
        """The layer in a snapshot's directory; its vectors and details are mapped."""
        table = PassageTable.model_validate_json((directory / PASSAGES).read_bytes())
        details = None if table.detail_counts is None else _mapped(directory / DETAILS)
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
        return np.append(0, np.cumsum(np.asarray(self.table.detail_counts or [], np.intp)))

    def _details_of(self, row: int) -> Levels:
        if self.details is None:
            return np.zeros((0, self.vectors.shape[1]), np.int8)
        return self.details[self._ends[row] : self._ends[row + 1]]

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
    directory: Path, passages: Sequence[tuple[Owner, Mark]], encoded: Sequence[Encoded], width: int, *, detailed: bool
) -> None:
    """Write passages, grouped by owner, and what the encoder made of each, with its details where `detailed`."""
    owners = sorted({owner for owner, _ in passages})
    number = {owner: at for at, owner in enumerate(owners)}
    table = PassageTable(
        owners=[(owner.kind, owner.id) for owner in owners],
        owner=[number[owner] for owner, _ in passages],
        field=[field for _, (field, _) in passages],
        digest=[digest for _, (_, digest) in passages],
        detail_counts=[len(each.details) for each in encoded] if detailed else None,
    )
    (directory / PASSAGES).write_bytes(dump(table))
    np.save(directory / VECTORS, np.array([each.vector for each in encoded], np.float32).reshape(-1, width))
    if detailed:
        _write_details(directory / DETAILS, [each.details for each in encoded], width)


def _write_details(path: Path, details: Sequence[Levels], width: int) -> None:
    """One after the other, for together they may be large; not by a map, for a full disk would end the process."""
    shape = sum(map(len, details)), width
    with path.open("wb") as file:
        write_array_header_1_0(file, {"descr": "|i1", "fortran_order": False, "shape": shape})
        for each in details:
            file.write(each.tobytes())


def dump(value: BaseModel) -> bytes:
    """A model as canonical JSON bytes, so that the same content has the same checksum."""
    return json.dumps(value.model_dump(mode="json"), ensure_ascii=False, sort_keys=True, separators=(",", ":")).encode()


def _mapped(path: Path) -> NDArray[Any]:
    return np.asarray(np.load(path, mmap_mode="r", allow_pickle=False))
