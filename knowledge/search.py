"""Finding: a question's vector against what things are called and what is said of them, with shared words and sounds.

The scores of one question are made comparable with those of another by looking at how far a hit stands out from the
rest (standard scores over everything that has a name), because the encoder's similarities all lie close together.
"""

import time
from collections.abc import Mapping
from dataclasses import dataclass
from typing import Protocol

import numpy as np
from numpy.typing import NDArray

from knowledge.contrast import meant
from knowledge.details import likeness
from knowledge.encoder import Encoder, Reading
from knowledge.passages import FEW_NAMES, Field, Owner, OwnerKind
from knowledge.snapshot import Snapshot
from knowledge.text import LONGEST_QUESTION, normalise
from knowledge.vectors import Scores, unit
from knowledge.words import WordSplitter

HITS = 50
NAMELESS_WORDS = 0.2
"""How much words speak for the name of what has none; set on the plan questions of the development half."""
LEADING, ALIKE = 100, 5
"""How many of the best owners are compared in detail and lean on each other, and on how many others each of them."""


@dataclass(frozen=True)
class Blend:
    """How much each view of an owner counts in its score, where owners go by many names.

    Where they go by few, what is said of them, their words and sounds count for more: twice as much beside one name.
    Where hardly any has a second one, `details` of what is said and the scores of others that are `alike` count, too.
    """

    name: float = 1.0
    fact: float = 0.5
    words: float = 0.3
    sounds: float = 0.2
    details: float = 0.5
    alike: float = 0.3


@dataclass(frozen=True)
class Hit:
    """An owner found: its score, and the four views it came from (similarities in -1…1, terms as BM25).

    Where owners go by few names, its details and those beside it count in the score, too, and stand nowhere else.
    `covered` is how much of the question's words it has, by their rarity (0…1); it does not count in the score.
    """

    owner: Owner
    score: float
    name: float
    fact: float
    words: float
    sounds: float
    covered: float


@dataclass(frozen=True)
class Hits:
    """What a question found, best first, in which snapshot, and how many milliseconds each stage took.

    `bare`: the question was the name of something and no more.
    """

    hits: tuple[Hit, ...]
    snapshot: str
    ms: Mapping[str, float]
    bare: bool = False

    def of(self, *kinds: OwnerKind) -> tuple[Hit, ...]:
        """The hits of some kinds, best first."""
        return tuple(hit for hit in self.hits if hit.owner.kind in kinds)


class Snapshots(Protocol):
    """Where the snapshot to search in comes from: `knowledge.shelf.Shelf`, or one snapshot alone."""

    def snapshot(self) -> Snapshot:
        """The snapshot to search in."""


@dataclass(frozen=True)
class Searcher:
    """Everything a search needs; shared by all threads."""

    encoder: Encoder
    splitter: WordSplitter
    shelf: Snapshots
    blend: Blend = Blend()
    most: int = HITS

    def search(self, text: str) -> Hits:
        """The best owners for a question, of every kind; raises SnapshotMissingError when nothing was built yet."""
        started = time.perf_counter()
        snapshot = self.shelf.snapshot()
        question = snapshot.spellings.respell(meant(normalise(text)[:LONGEST_QUESTION]))
        terms = self.splitter.split(question)
        split = time.perf_counter()
        reading = self.encoder.read_question(question, snapshot.rarity)
        encoded = time.perf_counter()
        hits = Views.of(snapshot, reading, snapshot.terms_scores(terms)).best(self.blend, self.most)
        done = time.perf_counter()
        stages = {"split": split - started, "encode": encoded - split, "rank": done - encoded}
        return Hits(hits, snapshot.name, {name: 1000 * spent for name, spent in stages.items()}, terms.bare)


@dataclass(frozen=True)
class Views:
    """The four views of every owner for one question and what each covers of it, all of shape (owners,)."""

    snapshot: Snapshot
    reading: Reading
    name: Scores
    fact: Scores
    words: Scores
    sounds: Scores
    covered: Scores

    @classmethod
    def of(cls, snapshot: Snapshot, reading: Reading, terms: tuple[Scores, Scores, Scores]) -> "Views":
        """The views of what the encoder makes of a question and of its term scores."""
        count, vector = len(snapshot.owners), snapshot.apart(reading.vector)
        name, fact = (snapshot.fields[field].best(vector, count) for field in (Field.NAME, Field.FACT))
        return cls(snapshot, reading, _filled(name, fact), _filled(fact, name), *terms)

    def scores(self, blend: Blend) -> Scores:
        """The blended score of every owner; one without a name is known by its facts and words alone."""
        named = self.snapshot.named
        among = named if named.any() and not named.all() else slice(None)
        views = (self.name, self.fact, self.words, self.sounds)
        name, fact, words, sounds = (_standard(view, among) for view in views)
        if not named.all():
            name = np.where(named, name, (1 - NAMELESS_WORDS) * fact + NAMELESS_WORDS * words)
        said = blend.fact * fact + blend.words * words + blend.sounds * sounds
        total: Scores = blend.name * name + self._weight_of_said * said
        return total

    @property
    def _weight_of_said(self) -> float:
        return 1 + 1 / max(1.0, self.snapshot.names_each)

    def best(self, blend: Blend, count: int) -> tuple[Hit, ...]:
        """The best owners by blended score."""
        scores = self.scores(blend)
        order = _first(scores, max(count, LEADING))
        if self.snapshot.names_each < FEW_NAMES:
            leading = order[:LEADING]
            scores[leading] += blend.details * self._weight_of_said * self._in_detail(leading)
            if len(leading) > ALIKE:
                scores[leading] += blend.alike * self._beside(scores, leading)
            order[:LEADING] = leading[np.argsort(-scores[leading], kind="stable")]
        order = order[:count]
        views = (scores, self.name, self.fact, self.words, self.sounds, self.covered)
        figures = np.stack([view[order] for view in views], axis=1).tolist()
        return tuple(Hit(self.snapshot.owners[i], *row) for i, row in zip(order.tolist(), figures, strict=True))

    def _in_detail(self, leading: NDArray[np.intp]) -> Scores:
        """How much more the details of each of some owners are like the question than the others', as standard scores.

        Zero for one that has none.
        """
        snapshot, scores = self.snapshot, np.zeros(len(leading), np.float32)
        if snapshot.details:
            texts = [snapshot.details.of(owner) for owner in leading.tolist()]
            pieces, common = snapshot.apart(unit(self.reading.pieces)), snapshot.fields[Field.FACT].common
            found = likeness(pieces, self.reading.weights, texts, common)
            told = ~np.isnan(found)
            scores[told] = _standard(found[told], slice(None))
        return scores

    def _beside(self, scores: Scores, leading: NDArray[np.intp]) -> Scores:
        """For each of some owners the mean score of those among the others of whom the most similar things are said."""
        said = unit(self.snapshot.fields[Field.FACT].summed(leading))
        similar = said @ said.T
        np.fill_diagonal(similar, -1)
        alike = np.argpartition(-similar, ALIKE, axis=1)[:, :ALIKE]
        beside: Scores = scores[leading[alike]].mean(axis=1)
        return beside


def _first(scores: Scores, count: int) -> NDArray[np.intp]:
    """The places of the highest scores, best first, the earlier of equals first; only those are sorted."""
    if len(scores) <= count:
        return np.argsort(-scores, kind="stable")
    least = np.partition(scores, len(scores) - count)[len(scores) - count]
    among = np.flatnonzero(scores >= least)
    return among[np.argsort(-scores[among], kind="stable")][:count]


def _filled(scores: Scores, other: Scores) -> Scores:
    """An owner that lacks a field is seen through the one it has."""
    lacking = scores < -0.99
    return np.where(lacking, other, scores) if lacking.any() else scores


def _standard(scores: Scores, among: NDArray[np.bool_] | slice) -> Scores:
    """How many standard deviations of the scores of some owners, by place, each score lies above their mean."""
    if not len(scores):
        return scores
    apart: Scores = scores - scores[among].mean()
    own = apart[among]
    spread = np.float32(np.sqrt(own @ own / len(own)))
    return apart / spread if spread > 1e-6 else np.zeros_like(scores)
