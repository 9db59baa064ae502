"""Guides that are found by the same words: the product's own search, for staff, and before a guide is made twice."""

from collections.abc import Sequence
from dataclasses import dataclass

from sqlalchemy.orm import Session

from bot.console.guides.asked import known_names
from bot.console.guides.form import GuideForm
from bot.console.guides.listing import Line, lines_of
from bot.console.guides.typed import lines
from handlers.decision import Limits
from knowledge import library
from knowledge.guide import Guide
from knowledge.passages import OwnerKind
from knowledge.search import Searcher
from knowledge.text import normalise

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
        for hit in searcher.search(text).of(OwnerKind.GUIDE)[:NEAREST]:
            if hit.score >= limits.offer and hit.name >= limits.near and hit.owner.id != but:
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
    hits = {hit.owner.id: hit for hit in searcher.search(text).of(OwnerKind.GUIDE)[:FOUND]}
    wholes = {guide.id: guide for guide in library.guides(session, list(hits))}
    words = set(searcher.splitter.split(normalise(text)).words)
    return [
        Found(line, hit.score, hit.name, hit.fact, _shared(searcher, words, wholes.get(line.id)))
        for line in lines_of(session, list(hits))
        for hit in (hits[line.id],)
    ]


def _shared(searcher: Searcher, words: set[str], guide: Guide | None) -> tuple[str, ...]:
    if guide is None:
        return ()
    named = searcher.splitter.split(normalise(" ".join(known_names(guide)))).words
    return tuple(dict.fromkeys(word for word in named if word in words))
