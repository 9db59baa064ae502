"""How likely a guide that was found is the one that was meant."""

import math
from dataclasses import dataclass

from knowledge.search import Hit


@dataclass(frozen=True)
class Evidence:
    """What a hit tells of whether it was meant.

    `apart`: its score's lead over the best of what is no guide; `near`: the similarity to one of its names; `covered`:
    how much of the question it knows.
    """

    apart: float
    near: float
    covered: float


def evidence(hit: Hit, score: float, rival: float) -> Evidence:
    """What a hit of this score tells where the best of what is no guide has `rival`."""
    return Evidence(score - rival, hit.name, hit.covered)


@dataclass(frozen=True)
class Sureness:
    """A logistic regression: how much each piece of evidence weighs, learned by `python -m bench.sureness`."""

    apart: float = 0.17
    near: float = 2.6
    covered: float = 2.8
    bias: float = -2.8

    def of(self, told: Evidence) -> float:
        """The chance, 0…1, that the guide is the one that was meant."""
        weighed = self.apart * told.apart + self.near * told.near + self.covered * told.covered
        return 1 / (1 + math.exp(-weighed - self.bias))
