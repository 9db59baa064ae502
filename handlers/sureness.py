"""How likely a guide that was found is the one that was meant."""

import math
from dataclasses import dataclass

from knowledge.search import Hit


@dataclass(frozen=True)
class Evidence:
    """What a hit tells of whether it was meant.

    `apart`: its score's lead over the best of what is no guide; `near`: the similarity to one of its names; `covered`:
    how much of the question it knows; `mute`: 1.0 where it knows no word of it (another script, say), for then half of
    the views are silent and no score can be high.
    """

    apart: float
    near: float
    covered: float
    mute: float


def evidence(hit: Hit, score: float, rival: float) -> Evidence:
    """What a hit of this score tells where the best of what is no guide has `rival`."""
    return Evidence(score - rival, hit.name, hit.covered, 0.0 if hit.words else 1.0)


@dataclass(frozen=True)
class Sureness:
    """A logistic regression: how much each piece of evidence weighs, learned by `python -m bench.sureness`."""

    apart: float = 0.17
    near: float = 2.6
    covered: float = 2.8
    mute: float = 2.2
    bias: float = -2.8

    def of(self, told: Evidence) -> float:
        """The chance, 0…1, that the guide is the one that was meant."""
        weighed = self.apart * told.apart + self.near * told.near + self.covered * told.covered + self.mute * told.mute
        return 1 / (1 + math.exp(-weighed - self.bias))
