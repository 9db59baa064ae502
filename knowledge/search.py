"""Finding: a question's vector against what things are called and what is said of them, with the words and sounds they share.

The scores of one question are made comparable with those of another by looking at how far a hit stands out from the
rest (standard scores over all owners), because the encoder's similarities all lie close together.
"""

import time
from collections.abc import Mapping
from dataclasses import dataclass

import numpy as np

from knowledge.encoder import Encoder
from knowledge.passages import Field, Owner, OwnerKind
from knowledge.shelf import Shelf
from knowledge.snapshot import Scores, Snapshot
from knowledge.text import LONGEST_QUESTION, normalise
from knowledge.words import WordSplitter

HITS = 50


@dataclass(frozen=True)
class Blend:
    """How much each view of an owner counts in its score."""

    name: float = 1.0
    fact: float = 0.5
    words: float = 0.3
    sounds: float = 0.2


@dataclass(frozen=True)
class Hit:
    """An owner found: its score, and the views it came from (similarities in -1…1, terms as BM25)."""

    owner: Owner
    score: float
    name: float
    fact: float
    words: float
    sounds: float


@dataclass(frozen=True)
class Hits:
    """What a question found, best first, in which snapshot, and how many milliseconds each stage took."""

    hits: tuple[Hit, ...]
    snapshot: str
    ms: Mapping[str, float]

    def of(self, *kinds: OwnerKind) -> tuple[Hit, ...]:
        """The hits of some kinds, best first."""
        return tuple(hit for hit in self.hits if hit.owner.kind in kinds)


@dataclass(frozen=True)
class Searcher:
    """Everything a search needs; shared by all threads."""

    encoder: Encoder
    splitter: WordSplitter
    shelf: Shelf
    blend: Blend = Blend()

    def search(self, text: str) -> Hits:
        """The best owners for a question, of every kind; raises SnapshotMissingError when nothing was built yet."""
        started = time.perf_counter()
        question = normalise(text)[:LONGEST_QUESTION]
        vector = self.encoder.encode_query(question)
        encoded = time.perf_counter()
        snapshot = self.shelf.snapshot()
        terms = self.splitter.split(question)
        views = Views.of(snapshot, vector, snapshot.terms_scores(terms))
        hits = views.best(self.blend, HITS)
        done = time.perf_counter()
        return Hits(hits, snapshot.name, {"encode": 1000 * (encoded - started), "rank": 1000 * (done - encoded)})


@dataclass(frozen=True)
class Views:
    """The four views of every owner for one question, each of shape (owners,)."""

    snapshot: Snapshot
    name: Scores
    fact: Scores
    words: Scores
    sounds: Scores

    @classmethod
    def of(cls, snapshot: Snapshot, vector: Scores, terms: tuple[Scores, Scores]) -> "Views":
        """The views of a question's vector and term scores."""
        count = len(snapshot.owners)
        name, fact = (snapshot.fields[field].best(vector, count) for field in (Field.NAME, Field.FACT))
        return cls(snapshot, _filled(name, fact), _filled(fact, name), *terms)

    def scores(self, blend: Blend) -> Scores:
        """The blended score of every owner."""
        return (
            blend.name * _standard(self.name)
            + blend.fact * _standard(self.fact)
            + blend.words * _standard(self.words)
            + blend.sounds * _standard(self.sounds)
        )

    def best(self, blend: Blend, count: int) -> tuple[Hit, ...]:
        """The best owners by blended score."""
        scores = self.scores(blend)
        order = np.argsort(-scores, kind="stable")[:count]
        return tuple(
            Hit(
                self.snapshot.owners[i],
                float(scores[i]),
                float(self.name[i]),
                float(self.fact[i]),
                float(self.words[i]),
                float(self.sounds[i]),
            )
            for i in order
        )


def _filled(scores: Scores, other: Scores) -> Scores:
    """An owner that lacks a field is seen through the one it has."""
    return np.where(scores < -0.99, other, scores)


def _standard(scores: Scores) -> Scores:
    spread = float(scores.std())
    return (scores - scores.mean()) / spread if spread > 1e-6 else np.zeros_like(scores)
