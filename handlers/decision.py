"""From hits to a named outcome: answer, ask which is meant, or say honestly that nothing was found.

The limits are set on the development half of the golden questions (`pocket eval`) and reported on the other.
"""

import re
from collections.abc import Sequence
from dataclasses import dataclass, field
from enum import StrEnum

from knowledge.passages import Owner, OwnerKind
from knowledge.search import Hit, Hits

GUIDES = (OwnerKind.GUIDE, OwnerKind.LIFE_EVENT)
OTHERS = (OwnerKind.OTHER_BODY, OwnerKind.CRISIS, OwnerKind.SMALLTALK, OwnerKind.OFFTOPIC)
OFFERED = 3
CITED = 2
_ABOUT_PLANS = re.compile(
    r"計画|方針|施策|取組|取り組|年度|推進|ビジョン|基本構想|予定|目標|dx|ポケット行政"
    r"|\bplan\b|计划|計劃|계획|kế hoạch"
)


class Sure(StrEnum):
    """How far the hits carry."""

    ANSWER = "answer"
    OFFER = "offer"
    NOTHING = "nothing"


@dataclass(frozen=True)
class Limits:
    """Scores from which on a guide is answered or offered, and the leads over the next that are needed.

    A score is a sum of standard deviations; where the question shares no word with the best guide (another script, say)
    only half of the views speak, and the `mute` limits hold. `near` is the similarity to a name, less what
    all names have in common, below which a guide is not what was meant, however far it stands out (`body_near` another
    body), `verbatim` that from which the text is the very wording of something. `further` and `follow_up` are the leads
    by which a text must be more like a question for a fact than like anything else, where a guide was just shown and
    where none was.
    """

    answer: float = 5.0
    offer: float = 3.9
    mute_answer: float = 2.7
    mute_offer: float = 2.2
    lead: float = 1.3
    near: float = 0.4
    bare: float = 0.76
    life_event: float = 1.5
    body: float = 1.5
    body_near: float = 0.4
    crisis: float = 2.0
    talk: float = 2.0
    verbatim: float = 0.95
    source: float = 9.0
    plan: float = 1.0
    unasked: float = 7.0
    cited: float = 0.15
    also: float = 0.7
    new_topic: float = 8.0
    follow_up: float = 2.0
    further: float = -1.0


class Ground(StrEnum):
    """Why a decision fell as it did: what staff are told when they try a question."""

    CLEAR = "clear"
    FAINT = "faint"
    CLOSE = "close"
    BARE = "bare"
    LOW = "low"
    FAR = "far"
    ELSEWHERE = "elsewhere"
    NOBODY = "nobody"
    CITED = "cited"


@dataclass(frozen=True)
class Decision:
    """The owners to answer (one, or two passages) or to offer (two or three), and how sure that is.

    `others` are guides that may have been meant instead of the one answered.
    """

    sure: Sure
    owners: tuple[Owner, ...] = ()
    others: tuple[Owner, ...] = ()
    ground: Ground = field(default=Ground.LOW, compare=False)


NOTHING = Decision(Sure.NOTHING)


def decide(text: str, hits: Hits, limits: Limits) -> Decision:
    """What the hits of a (normalised) question justify: another matter, a passage of a plan, a guide, or nothing."""
    guides = sorted(hits.of(*GUIDES), key=lambda hit: _score(hit, limits), reverse=True)
    other = _meant(hits.of(*OTHERS), limits)
    guide = _score(guides[0], limits) if guides else 0.0
    passage = next(iter(hits.of(OwnerKind.SOURCE)), None)
    if passage and _cited(text, passage, max(guide, other.score if other else 0.0), limits):
        near = [hit for hit in hits.of(OwnerKind.SOURCE)[:CITED] if hit.score >= limits.also * passage.score]
        return Decision(Sure.ANSWER, tuple(hit.owner for hit in near), ground=Ground.CITED)
    if other and _stands_out(other, guide, limits):
        if other.owner.kind == OwnerKind.OFFTOPIC:
            return Decision(Sure.NOTHING, ground=Ground.NOBODY)
        return Decision(Sure.ANSWER, (other.owner,), ground=Ground.ELSEWHERE)
    return _guide(hits, guides, limits) if guides else NOTHING


def _meant(others: Sequence[Hit], limits: Limits) -> Hit | None:
    """The best of some hits, or the one of which the question is the very wording."""
    verbatim = [hit for hit in others if hit.name >= limits.verbatim]
    return next(iter([*verbatim, *others]), None)


def _score(hit: Hit, limits: Limits) -> float:
    return hit.score - (limits.life_event if hit.owner.kind == OwnerKind.LIFE_EVENT else 0.0)


def _stands_out(other: Hit, guide: float, limits: Limits) -> bool:
    """Whether danger, small talk, another body's matter or nobody's is meant rather than any guide."""
    if other.owner.kind == OwnerKind.OTHER_BODY and other.name < limits.body_near:
        return False
    needed = {OwnerKind.OTHER_BODY: limits.body, OwnerKind.CRISIS: limits.crisis}
    return other.score >= limits.mute_answer and other.score - guide >= needed.get(other.owner.kind, limits.talk)


def _cited(text: str, passage: Hit, rival: float, limits: Limits) -> bool:
    """Whether a passage answers: the question is about plans, or nothing else comes near it."""
    lead = passage.score - rival
    asked = lead >= -limits.plan and _ABOUT_PLANS.search(text)
    clear = lead >= limits.unasked and passage.fact >= limits.cited
    return passage.score >= limits.source and bool(asked or clear)


def _guide(hits: Hits, guides: list[Hit], limits: Limits) -> Decision:
    scores = [_score(hit, limits) for hit in guides]
    mute = not guides[0].words
    answer, offer = (limits.mute_answer, limits.mute_offer) if mute else (limits.answer, limits.offer)
    second = scores[1] if len(scores) > 1 else 0.0
    if scores[0] < offer or guides[0].name < limits.near:
        return Decision(Sure.NOTHING, ground=Ground.LOW if scores[0] < offer else Ground.FAR)
    ambiguous = hits.bare and second >= limits.bare * scores[0]
    if scores[0] >= answer and scores[0] - second >= limits.lead and not ambiguous:
        others = (hit.owner for hit, score in zip(guides[1:OFFERED], scores[1:], strict=False) if score >= offer)
        return Decision(Sure.ANSWER, (guides[0].owner,), tuple(others), Ground.CLEAR)
    ground = Ground.BARE if ambiguous else Ground.FAINT if scores[0] < answer else Ground.CLOSE
    return Decision(Sure.OFFER, tuple(hit.owner for hit in guides[:OFFERED]), ground=ground)
