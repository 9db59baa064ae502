"""The vectors of one field, by owner: kept in bytes, and what sets each apart from what all have in common."""

from dataclasses import dataclass
from typing import Protocol

import numpy as np
from numpy.typing import NDArray
from simsimd import cdist

Vectors = NDArray[np.float32]
Scores = NDArray[np.float32]
Levels = NDArray[np.int8]
"""Vectors in whole numbers, a byte each."""
FEW = 16
"""How many passages it takes until half of what they have in common is believed to be common to all."""


class Likeness(Protocol):
    """The vectors of one field: `owners` are the numbers of the owners that have it."""

    @property
    def passages(self) -> int:
        """How many vectors there are."""

    @property
    def owners(self) -> NDArray[np.intp]:
        """The owners that have this field, by number."""

    @property
    def common(self) -> Vectors:
        """What all had in common before it was taken out, shape (dimensions,)."""

    def best(self, query: Vectors, count: int) -> Scores:
        """The best similarity of each of `count` owners, -1 where it has none."""

    def summed(self, owners: NDArray[np.intp]) -> Vectors:
        """The sum of the vectors of each of some owners, shape (n, dimensions); zero where it has none."""


@dataclass(frozen=True)
class FieldVectors:
    """The vectors of one field, grouped by owner: what sets each passage apart from what all have in `common`.

    A number is kept in a byte, times the `steps` of its vector: the similarity of two is off by 0.003 at most, and a
    question has a quarter to read.
    """

    levels: Levels
    steps: Scores
    starts: NDArray[np.intp]
    owners: NDArray[np.intp]
    common: Vectors

    @property
    def passages(self) -> int:
        """How many vectors there are."""
        return len(self.levels)

    def best(self, query: Vectors, count: int) -> Scores:
        """The best similarity of each owner's passages in this field; -1 where it has none.

        `query` has shape (d,) and comes from `snapshot.Snapshot.apart`.
        """
        scores = np.full(count, -1.0, dtype=np.float32)
        if len(self.owners):
            levels, steps = in_bytes(query[np.newaxis])
            similar = np.asarray(cdist(levels, self.levels, "dot"))[0] * (self.steps * steps)
            scores[self.owners] = np.maximum.reduceat(similar, self.starts)
        return scores

    def summed(self, owners: NDArray[np.intp]) -> Vectors:
        """The sum of the vectors of each of some owners, shape (n, dimensions); zero where it has none."""
        sums = np.zeros((len(owners), len(self.common)), np.float32)
        first, after = (np.searchsorted(self.owners, owners, side) for side in ("left", "right"))
        having = np.flatnonzero(after > first)
        if having.size:
            starts = self.starts[first[having]]
            counts = np.asarray(np.append(self.starts, self.passages)[after[having]] - starts, np.intp)
            offsets = np.cumsum(counts) - counts
            rows = np.repeat(starts - offsets, counts) + np.arange(counts.sum())
            sums[having] = np.add.reduceat(self.levels[rows] * self.steps[rows, np.newaxis], offsets)
        return sums


def grouped(
    vectors: Vectors, owner: NDArray[np.intp], rows: NDArray[np.intp], common: Vectors | None = None
) -> FieldVectors:
    """Some rows of vectors, whose owners' numbers do not fall, as the vectors of a field.

    `common` is what they have in common, where that is known from elsewhere.
    """
    owners, starts = np.unique(owner[rows], return_index=True)
    chosen = np.asarray(vectors[rows])
    if common is None:
        common = chosen.sum(axis=0, dtype=np.float32) / np.float32(len(rows) + FEW)
    return FieldVectors(*in_bytes(apart(chosen, common)), starts, owners, common)


def in_bytes(vectors: Vectors) -> tuple[Levels, Scores]:
    """Vectors as whole numbers of -127 to 127, and the step of each vector."""
    steps = np.maximum(np.abs(vectors).max(axis=1, initial=0), np.float32(1e-6)) / np.float32(127)
    return np.rint(vectors / steps[:, np.newaxis]).astype(np.int8), steps


def apart(vectors: Vectors, common: Vectors) -> Vectors:
    """Unit vectors of what is left without the common part."""
    return unit(vectors - common)


def unit(vectors: Vectors) -> Vectors:
    """Vectors of length one in the same directions; what is hardly longer than nothing stays short."""
    made: Vectors = vectors / np.maximum(np.linalg.norm(vectors, axis=-1, keepdims=True), np.float32(1e-6))
    return made
