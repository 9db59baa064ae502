"""Details: what each few words of a text say, where the mean of the whole no longer tells.

Compared only with the leading owners of a question, and kept only where owners go by few names (`FEW_NAMES`): many
wordings of residents tell more, and need less room.
"""

from collections.abc import Sequence
from dataclasses import dataclass
from typing import Protocol

import numpy as np
from numpy.typing import NDArray
from simsimd import cdist, dot

from knowledge.encoder import Reading
from knowledge.vectors import Levels, Scores, Vectors, in_bytes, unit

TOGETHER = 3
"""How many pieces of a text make a detail; apart they need three times the room and tell no more."""


def details_of(reading: Reading) -> Levels:
    """Each few pieces of a text as the direction of their mean, shape (n, dimensions); no piece, no detail."""
    if not len(reading.pieces):
        return np.zeros(reading.pieces.shape, np.int8)
    weighed = reading.pieces * reading.weights[:, np.newaxis]
    return in_bytes(unit(np.add.reduceat(weighed, np.arange(0, len(weighed), TOGETHER))))[0]


class Detailed(Protocol):
    """The details of every owner."""

    def of(self, owner: int) -> Levels:
        """Those of an owner, by its number, shape (n, dimensions)."""


@dataclass(frozen=True)
class Details:
    """The details of all owners, one owner after the other; those of number i lie from ends[i] to ends[i + 1]."""

    levels: Levels
    ends: NDArray[np.intp]

    def of(self, owner: int) -> Levels:
        """Those of an owner, by its number, shape (n, dimensions)."""
        return self.levels[self.ends[owner] : self.ends[owner + 1]]


def likeness(pieces: Vectors, weights: Scores, texts: Sequence[Levels], common: Vectors) -> Scores:
    """How like a question each text's details are, -1…1; nan where there is nothing to compare.

    Each piece of the question, shape (n, dimensions), is answered by the detail most like it, once what all passages
    have in `common` is taken out; pieces count by their weights, shape (n,).
    """
    found, told = np.full(len(texts), np.nan, np.float32), [at for at, text in enumerate(texts) if len(text)]
    if told and len(pieces):
        starts = np.cumsum([0, *(len(texts[at]) for at in told[:-1])])
        similar = _similar(pieces, np.concatenate([texts[at] for at in told]), common)
        found[told] = weights @ np.maximum.reduceat(similar, starts, axis=1) / weights.sum()
    return found


def _similar(pieces: Vectors, details: Levels, common: Vectors) -> Scores:
    """The cosine of each piece with what is left of each detail, shape (pieces, details).

    Of a detail d of length one, what is left without c has the length √(1 - 2 d·c + c·c).
    """
    levels, steps = in_bytes(np.vstack([pieces, common]))
    lengths = np.maximum(np.sqrt(np.asarray(dot(details, details), np.float32)), 1)
    along = np.asarray(cdist(levels, details, "dot"), np.float32) * steps[:, np.newaxis] / lengths
    left = np.sqrt(np.maximum(1 - 2 * along[-1] + common @ common, np.float32(1e-6)))
    similar: Scores = (along[:-1] - (pieces @ common)[:, np.newaxis]) / left
    return similar
