"""What an encoder can learn from a ward's own content: how things are called there, and what is said of them."""

import random
import re
from collections import defaultdict
from collections.abc import Iterable, Sequence
from dataclasses import dataclass

from knowledge.passages import Field, IndexedPassage, Owner
from knowledge.text import normalise
from knowledge.words import WordSplitter

LEFT_OUT = 0.3
"""The share of words left out of a name, as people leave them out."""
TITLED = 0.5
"""How often a fact keeps the name it starts with; always, and the name alone would give it away."""
_SENTENCE = re.compile(r"[^。\n]{8,}")
_LONGEST_SENTENCE = 60
_EARLY = 4
"""Of an owner's facts the first are about its matter, later ones more and more about contacts and exceptions."""


@dataclass(frozen=True)
class Recipe:
    """How is learned from lessons; an adapted model is cached under each of these figures."""

    rounds: int = 1
    batch: int = 64
    tokens: int = 96
    rate: float = 1e-4
    temperature: float = 0.03
    warm_up: float = 0.1
    saved_every: int = 5


@dataclass(frozen=True)
class Lesson:
    """One owner: what it is called, and what is said of it, both normalised."""

    names: tuple[str, ...]
    facts: tuple[str, ...]


@dataclass(frozen=True)
class Example:
    """One owner as it is seen once: questions `hurried` and `name`, a `sentence` said of it, and a passage, `fact`."""

    hurried: str
    name: str
    sentence: str
    fact: str


def lessons_of(passages: Iterable[IndexedPassage]) -> tuple[Lesson, ...]:
    """One lesson an owner that has both a name and a fact, in the order of owners."""
    texts: defaultdict[Owner, dict[Field, list[str]]] = defaultdict(lambda: {field: [] for field in Field})
    for passage in passages:
        texts[passage.owner][passage.field].append(normalise(passage.text))
    found = (Lesson(tuple(each[Field.NAME]), tuple(each[Field.FACT])) for _, each in sorted(texts.items()))
    return tuple(lesson for lesson in found if any(lesson.names) and any(lesson.facts))


def example(lesson: Lesson, splitter: WordSplitter, chance: random.Random) -> Example:
    """A fresh look at a lesson."""
    hurried, name = chance.choice(lesson.names), chance.choice(lesson.names)
    whole = chance.choice(lesson.facts[:_EARLY])
    bare = untitled(whole, lesson.names)
    sentences = _SENTENCE.findall(" ".join(untitled(fact, lesson.names) for fact in lesson.facts)[:1000]) or [bare]
    return Example(
        hurry(hurried, splitter, chance),
        name,
        chance.choice(sentences)[:_LONGEST_SENTENCE],
        whole if chance.random() < TITLED else bare,
    )


def hurry(text: str, splitter: WordSplitter, chance: random.Random) -> str:
    """A text with some of its words left out, never all."""
    kept = [each.surface for each in splitter.morphemes(text) if chance.random() >= LEFT_OUT]
    return "".join(kept) or text


def untitled(fact: str, names: Sequence[str]) -> str:
    """A fact without the name it starts with; a fact that is no more than its name stays."""
    title = next((name for name in names if name and fact.startswith(name)), "")
    return fact[len(title) :].strip() or fact
