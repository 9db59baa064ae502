"""From hits to a named outcome: answer, ask which is meant, or say honestly that nothing was found.

The limits are set on the development half of the golden questions (`pocket eval`) and reported on the other.
"""

from dataclasses import dataclass
from enum import StrEnum

from knowledge.passages import Owner, OwnerKind
from knowledge.search import Hit, Hits

ANSWERABLE = (OwnerKind.GUIDE, OwnerKind.LIFE_EVENT)
OFFERED = 3


class Sure(StrEnum):
    """How far the hits carry."""

    ANSWER = "answer"
    OFFER = "offer"
    NOTHING = "nothing"


@dataclass(frozen=True)
class Limits:
    """Scores (standard deviations, blended) from which on a hit is answered or offered, and leads it needs."""

    answer: float = 6.0
    lead: float = 0.35
    offer: float = 4.5
    talk: float = 0.0
    source: float = 1.0


@dataclass(frozen=True)
class Decision:
    """The owners to answer (one) or to offer (two or three), and how sure that is."""

    sure: Sure
    owners: tuple[Owner, ...] = ()


def decide(hits: Hits, limits: Limits) -> Decision:
    """What the hits of one question justify."""
    ranked = sorted(hits.hits, key=lambda hit: hit.score - _handicap(hit, limits), reverse=True)
    if not ranked or ranked[0].owner.kind == OwnerKind.OFFTOPIC:
        return Decision(Sure.NOTHING)
    best = ranked[0]
    if best.owner.kind not in ANSWERABLE:
        return Decision(Sure.ANSWER, (best.owner,))
    guides = [hit for hit in ranked if hit.owner.kind in ANSWERABLE]
    lead = best.score - guides[1].score if len(guides) > 1 else best.score
    if best.score >= limits.answer and lead >= limits.lead:
        return Decision(Sure.ANSWER, (best.owner,))
    if best.score >= limits.offer:
        return Decision(Sure.OFFER, tuple(hit.owner for hit in guides[:OFFERED]))
    return Decision(Sure.NOTHING)


def _handicap(hit: Hit, limits: Limits) -> float:
    match hit.owner.kind:
        case OwnerKind.SOURCE:
            return limits.source
        case OwnerKind.GUIDE | OwnerKind.LIFE_EVENT:
            return 0.0
        case _:
            return limits.talk
