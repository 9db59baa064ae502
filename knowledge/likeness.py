"""How alike two questions are: by what they mean and by what they come near to.

The default encoder finds all texts alike to 0.75, so vectors are compared after what all names share was taken off.
What a question came near to says more: two ways of asking for one thing stand out to the same owners. Shares and
threshold were chosen on the development half of the golden questions (decision 0012).
"""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from typing import Any

import numpy as np
from numpy.typing import NDArray

from knowledge.passages import OwnerKind
from knowledge.vectors import Vectors

ALIKE = 0.5
MEANING_SHARE = 0.4
NEAR = 6.0
"""A score (a sum of standard deviations) from which on an owner stands out at all."""
NEAREST = 3
Neighbours = Mapping[str, float]


@dataclass(frozen=True)
class Signature:
    """What a question is about: its vector of shape (d,), and how far owners ("kind:id") stand out to it."""

    meaning: Vectors
    neighbours: Neighbours

    @classmethod
    def of(cls, meaning: Vectors, hits: Sequence[Sequence[Any]]) -> "Signature":
        """The signature of a vector and of the first hits as a question's trace keeps them: kind, id, score."""
        near = {f"{kind}:{id_}": (score - NEAR) ** 2 for kind, id_, score in hits if score > NEAR}
        return cls(meaning, _unit(near))


def stored(vector: Vectors) -> bytes:
    """A vector as it is kept, in half precision."""
    return vector.astype(np.float16).tobytes()


def restored(kept: bytes) -> Vectors:
    """A kept vector."""
    return np.frombuffer(kept, dtype=np.float16).astype(np.float32)


class Places:
    """Groups by their sums, which a signature is compared with; `background` is what all texts share, shape (d,)."""

    def __init__(self, background: Vectors) -> None:
        self._background = background
        self._centres: list[Vectors] = []
        self._near: list[dict[str, float]] = []
        self._matrix: Vectors | None = None

    def add(self, meaning: Vectors, neighbours: Neighbours) -> int:
        """Take in a group by the sum of its vectors and of its neighbours; the number it gets, from 0."""
        self._centres.append(np.asarray(meaning, dtype=np.float32))
        self._near.append(dict(neighbours))
        self._matrix = None
        return len(self._near) - 1

    def join(self, number: int, signature: Signature) -> None:
        """Let a group's sums grow by a member."""
        self._centres[number] = self._centres[number] + signature.meaning
        for owner, weight in signature.neighbours.items():
            self._near[number][owner] = self._near[number].get(owner, 0.0) + weight
        if self._matrix is not None:
            self._matrix[number] = self._centred(self._centres[number])

    def likest(self, signature: Signature) -> int | None:
        """The group a signature belongs to; None where none is alike enough."""
        if not self._near:
            return None
        if self._matrix is None:
            self._matrix = np.stack([self._centred(each) for each in self._centres])
        likeness = MEANING_SHARE * (self._matrix @ self._centred(signature.meaning)) + self._nearness(signature)
        best = int(np.argmax(likeness))
        return best if likeness[best] >= ALIKE else None

    def sums(self, number: int) -> tuple[Vectors, dict[str, float]]:
        """A group's sums as they are now."""
        return self._centres[number], self._near[number]

    def _nearness(self, signature: Signature) -> NDArray[np.float64]:
        """What neighbours in common add; nothing where the signature has none, and its meaning must carry alone."""
        share = 1 - MEANING_SHARE
        if not signature.neighbours:
            alone = np.array([not near for near in self._near])
            centred = self._centred(signature.meaning)
            assert self._matrix is not None
            return np.where(alone, share * (self._matrix @ centred), 0.0)
        return share * np.array([_cosine(signature.neighbours, near) for near in self._near])

    def _centred(self, vector: Vectors) -> Vectors:
        """A sum's direction, apart from what all texts share."""
        length = float(np.linalg.norm(vector))
        rest = vector / length - self._background if length else -self._background
        return np.asarray(rest / max(float(np.linalg.norm(rest)), 1e-9), dtype=np.float32)


def likely_guides(neighbours: Neighbours) -> list[str]:
    """The ids of the guides that stand out most, the likeliest first."""
    ranked = sorted(neighbours.items(), key=lambda item: (-item[1], item[0]))
    prefix = f"{OwnerKind.GUIDE.value}:"
    return [owner.removeprefix(prefix) for owner, _ in ranked if owner.startswith(prefix)][:NEAREST]


def _unit(weights: dict[str, float]) -> dict[str, float]:
    length = sum(weight**2 for weight in weights.values()) ** 0.5
    return {owner: round(weight / length, 4) for owner, weight in weights.items()} if length else {}


def _cosine(ours: Neighbours, theirs: Neighbours) -> float:
    shared = sum(weight * theirs.get(owner, 0.0) for owner, weight in ours.items())
    lengths = sum(w**2 for w in ours.values()) * sum(w**2 for w in theirs.values())
    return shared / lengths**0.5 if shared else 0.0
