"""From hits to a named outcome: answer, ask which is meant, or say honestly that nothing was found.

The limits are set on the development half of the golden questions (`pocket eval`) and reported on the other.
"""

import re
from collections.abc import Iterable, Sequence
from dataclasses import dataclass, field
from enum import StrEnum

from handlers.actions import MOST_CITED
from handlers.sureness import Evidence, Sureness, evidence
from knowledge.passages import Owner, OwnerKind
from knowledge.search import Hit, Hits

GUIDES = (OwnerKind.GUIDE, OwnerKind.LIFE_EVENT)
OTHERS = (OwnerKind.OTHER_BODY, OwnerKind.CRISIS, OwnerKind.SMALLTALK, OwnerKind.OFFTOPIC)
OFFERED = 3
ALL_WORDS = 0.999
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
    """When what was found is said. A score is a sum of standard deviations, a lead how much it exceeds another's."""

    sureness: Sureness = field(default_factory=Sureness)
    answer: float = 0.75
    """The chance from which on a guide is answered,"""
    offer: float = 0.3
    """and that from which on it is offered."""
    lead: float = 1.3
    """The lead over the next guide that an answer needs; none where the text is the very wording of this one alone."""
    bare: float = 0.76
    """From this share of its score on another guide makes a bare name ambiguous."""
    life_event: float = 1.5
    """What a life event's score is lowered by: it is like many questions for one of its guides."""
    verbatim: float = 0.95
    """The similarity to a name from which on the text is the very wording of something,"""
    named: float = 0.8
    """and that from which on it names a guide of the life event that is meant."""
    other: float = 2.7
    """The least score with which anything but a guide is meant,"""
    body: float = 1.5
    """and its lead over every guide: that of another body,"""
    unheld: float = 5.0
    """of another body where a guide has every word of the question and the body has not,"""
    crisis: float = 2.0
    """of danger,"""
    talk: float = 2.0
    """and of small talk or nobody's matters."""
    body_near: float = 0.4
    """The similarity to a name below which another body is not meant."""
    feared: float = -2.2
    """The lead over everything else from which on danger is thought of where something else is said,"""
    alarm: float = 8.0
    """if it is likely by itself: by this score,"""
    alarm_near: float = 0.42
    """or by this similarity to a name (in other languages words and sounds add nothing)."""
    source: float = 9.0
    """The least score of a passage that is cited;"""
    plan: float = 1.0
    """it may lie so much behind everything else where the question is about plans,"""
    unasked: float = 7.0
    """and needs so much of a lead elsewhere,"""
    cited: float = 0.15
    """and this similarity to what it says."""
    read: float = 7.0
    """The least score of a passage that may be read instead of what is answered,"""
    instead: float = 4.0
    """which it may lie so much behind."""
    also: float = 0.7
    """The share of the first passage's score from which on a second is cited, too."""
    follow_up: float = 2.0
    """The lead by which a text must be more like a question for a fact than like anything else;"""
    further: float = 10.0
    """where a guide was just shown, so many times what the chance of another exceeds `answer` by, or falls short of."""
    behind: float = 3.0
    """How much less likely than all else the guide just shown may be and is still meant."""


class Ground(StrEnum):
    """Why a decision fell as it did: what staff are told when they try a question."""

    CLEAR = "clear"
    FAINT = "faint"
    CLOSE = "close"
    BARE = "bare"
    LOW = "low"
    ELSEWHERE = "elsewhere"
    NOBODY = "nobody"
    CITED = "cited"


@dataclass(frozen=True)
class Decision:
    """The owners to answer (one, or two passages) or to offer (two or three), and how sure that is.

    `others` are guides that may have been meant instead of the one answered; `chance` is that of the first guide found.
    """

    sure: Sure
    owners: tuple[Owner, ...] = ()
    others: tuple[Owner, ...] = ()
    ground: Ground = field(default=Ground.LOW, compare=False)
    chance: float = field(default=0.0, compare=False)


NOTHING = Decision(Sure.NOTHING)


@dataclass(frozen=True)
class Quote:
    """The passages of sources that are quoted together, the best first, and those that come next.

    `score` is that of the best, `fact` its similarity to what it says, `lead` how far it is ahead of all that is no
    passage.
    """

    owners: tuple[Owner, ...]
    further: tuple[Owner, ...]
    score: float
    fact: float
    lead: float


def decide(text: str, hits: Hits, limits: Limits, parts: Iterable[Hits] = ()) -> Decision:
    """What the hits of a (normalised) question justify: another matter, a passage of a plan, a guide, or nothing.

    Of a long one also what its `parts` found, searched only where a guide is near: it is as likely as in that of them
    which makes it likeliest.
    """
    quote = quoted(hits, limits)
    if quote and _answers(text, quote, limits):
        return Decision(Sure.ANSWER, quote.owners, ground=Ground.CITED)
    guides, other = ranked(hits, limits), _meant(hits.of(*OTHERS), limits)
    if other and _stands_out(other, guides, limits):
        if other.owner.kind == OwnerKind.OFFTOPIC:
            return Decision(Sure.NOTHING, ground=Ground.NOBODY)
        return Decision(Sure.ANSWER, (other.owner,), ground=Ground.ELSEWHERE)
    return _guide(hits, guides, limits, parts) if guides else NOTHING


def quoted(hits: Hits, limits: Limits) -> Quote | None:
    """The best passages of sources found, if there are any."""
    found = hits.of(OwnerKind.SOURCE)
    if not found:
        return None
    best = found[0]
    other = _meant(hits.of(*OTHERS), limits)
    rivals = [_score(hit, limits) for hit in ranked(hits, limits)[:1]] + ([other.score] if other else [])
    near = [hit for hit in found[1:MOST_CITED] if hit.score >= limits.also * best.score]
    owners = [hit.owner for hit in found]
    together = 1 + len(near)
    further = owners[together : together + MOST_CITED]
    return Quote(tuple(owners[:together]), tuple(further), best.score, best.fact, best.score - max(rivals, default=0.0))


def may_tell(quote: Quote, limits: Limits) -> bool:
    """Whether a quotation may tell what an answer does not: it is hardly less likely than that."""
    return quote.score >= limits.read and quote.lead >= -limits.instead


def ranked(hits: Hits, limits: Limits) -> list[Hit]:
    """The guides and life events found, the best first; before them what the question is the very wording of.

    A rare word (同行援護) may let another's score be higher, because part of it is rare there, too.
    """
    return sorted(hits.of(*GUIDES), key=lambda hit: (worded(hit, limits), _score(hit, limits)), reverse=True)


def _meant(others: Sequence[Hit], limits: Limits) -> Hit | None:
    """The best of some hits, or the one of which the question is the very wording."""
    verbatim = [hit for hit in others if worded(hit, limits)]
    return next(iter([*verbatim, *others]), None)


def worded(hit: Hit, limits: Limits) -> bool:
    """Whether the question is the very wording of a hit."""
    return hit.name >= limits.verbatim


def _score(hit: Hit, limits: Limits) -> float:
    return hit.score - (limits.life_event if hit.owner.kind == OwnerKind.LIFE_EVENT else 0.0)


def _stands_out(other: Hit, guides: Sequence[Hit], limits: Limits) -> bool:
    """Whether danger, small talk, another body's matter or nobody's is meant rather than any guide."""
    kind, lead = other.owner.kind, other.score - (_score(guides[0], limits) if guides else 0.0)
    if kind != OwnerKind.CRISIS and guides and worded(guides[0], limits) and not worded(other, limits):
        return False  # スズメバチ is what the guide is called, though a joke about one has the rarer word to itself.
    if kind == OwnerKind.OTHER_BODY and other.name < limits.body_near:
        return False
    if kind == OwnerKind.CRISIS and not _alarming(other, limits):
        return False
    needed = {OwnerKind.OTHER_BODY: _lead_of_body(other, guides, limits), OwnerKind.CRISIS: limits.crisis}
    return other.score >= limits.other and lead >= needed.get(kind, limits.talk)


def _lead_of_body(body: Hit, guides: Sequence[Hit], limits: Limits) -> float:
    """住民税の通知 sounds like what is asked about 固定資産税, but 住民税 is a word of the ward's own."""
    held = bool(guides) and guides[0].covered >= ALL_WORDS > body.covered
    return limits.unheld if held else limits.body


def asked_for(hits: Hits, limits: Limits) -> list[str]:
    """The guide that somebody asks for who seems to be in danger, if it is as likely as one that is answered."""
    best = [hit for hit in ranked(hits, limits)[:1] if hit.owner.kind == OwnerKind.GUIDE]
    likely = zip(best, chances(best, hits, limits), strict=True)
    return [hit.owner.id for hit, chance in likely if chance >= limits.answer]


def feared(hits: Hits, limits: Limits) -> list[str]:
    """The dangers that may be meant though something else is said, for they are hardly less likely than that."""
    rest = (hit.score for hit in hits.hits if hit.owner.kind not in (OwnerKind.CRISIS, OwnerKind.SOURCE))
    least = max(limits.other, max(rest, default=0.0) + limits.feared)
    return [hit.owner.id for hit in hits.of(OwnerKind.CRISIS) if hit.score >= least and _alarming(hit, limits)]


def _alarming(danger: Hit, limits: Limits) -> bool:
    """An everyday complaint is like nothing else in the pack, and so a little like a cry for help, too."""
    return danger.score >= limits.alarm or danger.name >= limits.alarm_near


def _answers(text: str, quote: Quote, limits: Limits) -> bool:
    """Whether a quotation answers: the question is about plans, or nothing else comes near it."""
    asked = quote.lead >= -limits.plan and _ABOUT_PLANS.search(text)
    clear = quote.lead >= limits.unasked and quote.fact >= limits.cited
    return quote.score >= limits.source and bool(asked or clear)


def told(guides: Sequence[Hit], hits: Hits, limits: Limits) -> list[Evidence]:
    """What each of some guides found tells of whether it was meant."""
    rival = max((hit.score for hit in hits.of(*OTHERS)), default=0.0)
    return [evidence(hit, _score(hit, limits), rival) for hit in guides]


def chances(guides: Sequence[Hit], hits: Hits, limits: Limits) -> list[float]:
    """How likely each of some guides found is the one that was meant."""
    return [limits.sureness.of(each) for each in told(guides, hits, limits)]


def _likeliest(guides: Sequence[Hit], hits: Hits, limits: Limits, parts: Iterable[Hits]) -> list[float]:
    found = dict(zip([hit.owner for hit in guides], chances(guides, hits, limits), strict=True))
    for part in parts:
        among = [hit for hit in part.of(*GUIDES) if hit.owner in found]
        for hit, chance in zip(among, chances(among, part, limits), strict=True):
            found[hit.owner] = max(found[hit.owner], chance)
    return [*found.values()]


def _guide(hits: Hits, guides: list[Hit], limits: Limits, parts: Iterable[Hits]) -> Decision:
    found, scores = _likeliest(guides[:OFFERED], hits, limits, parts), [_score(hit, limits) for hit in guides]
    if found[0] < limits.offer:
        return Decision(Sure.NOTHING, ground=Ground.LOW, chance=found[0])
    second = scores[1] if len(scores) > 1 else 0.0
    ambiguous = hits.bare and second >= limits.bare * scores[0]
    alone = [worded(hit, limits) for hit in guides[:2]] == [True, False]
    if found[0] >= limits.answer and scores[0] - second >= (0.0 if alone else limits.lead) and not ambiguous:
        rest = () if alone else zip(guides[1:], found[1:], strict=False)
        others = tuple(hit.owner for hit, chance in rest if chance >= limits.offer)
        return Decision(Sure.ANSWER, (guides[0].owner,), others, Ground.CLEAR, found[0])
    ground = Ground.BARE if ambiguous else Ground.FAINT if found[0] < limits.answer else Ground.CLOSE
    return Decision(Sure.OFFER, tuple(hit.owner for hit in guides[:OFFERED]), ground=ground, chance=found[0])
