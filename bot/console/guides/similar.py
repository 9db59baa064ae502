"""Guides that are found by the same words: the product's own search, for staff, and before a guide is made twice."""

from collections.abc import Sequence
from dataclasses import dataclass

from sqlalchemy.orm import Session

from bot.console.guides.form import GuideForm
from bot.console.guides.listing import Line, lines_of
from handlers.decision import Limits, chances
from knowledge.passages import Owner, OwnerKind
from knowledge.search import Searcher
from knowledge.text import normalise
from knowledge.typed import lines

TEXTS = 6
NEAREST = 2
SHOWN = 5
FOUND = 15


@dataclass(frozen=True)
class Similar:
    """A guide that is there already, and which of the given wordings lead to it."""

    line: Line
    by: tuple[str, ...]


def wordings(form: GuideForm) -> list[str]:
    """The title and the first aliases, by which a new guide would be found."""
    return [text for text in (form["title"].strip(), *lines(form["aliases"])) if text][:TEXTS]


def similar(session: Session, searcher: Searcher, texts: Sequence[str], limits: Limits, but: str = "") -> list[Similar]:
    """The guides that the wordings lead to already, those with most of them first; `but` is the guide itself."""
    by: dict[str, list[str]] = {}
    for text in texts:
        hits = searcher.search(text)
        near = hits.of(OwnerKind.GUIDE)[:NEAREST]
        for hit, chance in zip(near, chances(near, hits, limits), strict=True):
            if chance >= limits.offer and hit.owner.id != but:
                by.setdefault(hit.owner.id, []).append(text)
    ids = sorted(by, key=lambda id_: -len(by[id_]))[:SHOWN]
    return [Similar(line, tuple(by[line.id])) for line in lines_of(session, ids)]


@dataclass(frozen=True)
class Found:
    """A guide that a search found, and why: its score, how near its names and facts are, the words it shares."""

    line: Line
    score: float
    name: float
    fact: float
    shared: tuple[str, ...]


def found(session: Session, searcher: Searcher, text: str) -> list[Found]:
    """The guides that residents would be led to by a text, best first."""
    hits = {hit.owner: hit for hit in searcher.search(text).of(OwnerKind.GUIDE)[:FOUND]}
    shared = _shared(searcher, text, set(hits))
    lines = {line.id: line for line in lines_of(session, [owner.id for owner in hits])}
    return [
        Found(lines[owner.id], hit.score, hit.name, hit.fact, tuple(shared[owner]))
        for owner, hit in hits.items()
        if owner.id in lines
    ]


def _shared(searcher: Searcher, text: str, owners: set[Owner]) -> dict[Owner, list[str]]:
    """The words of a text that the index knows of each owner."""
    snapshot = searcher.shelf.snapshot()
    places = {owner: place for place, owner in enumerate(snapshot.owners) if owner in owners}
    found: dict[Owner, list[str]] = {owner: [] for owner in owners}
    for word in dict.fromkeys(searcher.splitter.split(normalise(text)).words):
        scores = snapshot.words.scores((word,), len(snapshot.owners))
        for owner, place in places.items():
            found[owner] += [word] if scores[place] > 0 else []
    return found
