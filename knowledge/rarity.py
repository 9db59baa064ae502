"""How much a word or a piece of a text says: the more, the fewer of the ward's own texts have it."""

import math
from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from itertools import chain
from pathlib import Path
from typing import Self

import numpy as np
from numpy.typing import NDArray

from knowledge.vectors import Scores

RARITY = "rarity.npz"
GROWN = 1.5
"""Texts may become so many times more, or fewer, before it is asked anew how rare their pieces are."""


def rarity(having: int, all_: int) -> float:
    """How much something says that so many of all have (the inverse document frequency of BM25)."""
    return math.log(1 + (all_ - having + 0.5) / (having + 0.5))


@dataclass(frozen=True)
class PieceRarity:
    """How much each piece of a text counts in its vector, by the piece's id; the last weight is that of all others.

    Learned from so many `texts`.
    """

    weights: Scores
    texts: int

    @classmethod
    def learned(cls, texts: Iterable[Sequence[int]], of: int) -> Self:
        """What some texts tell, by the ids of their pieces, that were drawn from `of` texts."""
        each = [set(ids) for ids in texts]
        having = np.append(np.bincount(np.fromiter(chain.from_iterable(each), np.int64)), 0)
        counts, places = np.unique(having, return_inverse=True)
        return cls(np.array([rarity(int(count), len(each)) for count in counts], np.float32)[places], of)

    @classmethod
    def open(cls, directory: Path) -> Self:
        """The one kept in a snapshot's directory."""
        with np.load(directory / RARITY, allow_pickle=False) as kept:
            return cls(kept["weights"], int(kept["texts"]))

    def save(self, directory: Path) -> None:
        """Keep it in a snapshot's directory."""
        np.savez(directory / RARITY, weights=self.weights, texts=self.texts)

    def of(self, ids: NDArray[np.int64]) -> Scores:
        """The weights of pieces, in the same shape."""
        found: Scores = self.weights[np.minimum(ids, len(self.weights) - 1)]
        return found

    def fits(self, texts: int) -> bool:
        """Whether so many texts are still about as many as it was learned from."""
        return self.texts / GROWN <= texts <= self.texts * GROWN


EVEN = PieceRarity(np.ones(1, np.float32), 0)
"""No piece is rarer than another: the model's own mean."""
