"""What is learned from: owners with names and facts, and the looks at them."""

import random

import pytest
from hypothesis import given
from hypothesis import strategies as st

from indexer.lessons import Lesson, example, hurry, lessons_of, untitled
from knowledge.passages import Field, IndexedPassage, Owner, OwnerKind
from knowledge.words import WordSplitter

DOG = Lesson(("犬の登録をしたい",), ("犬の登録をしたい 飼いはじめたら30日以内に届け出ます。窓口は保健所です。",))


@pytest.fixture(scope="module")
def splitter() -> WordSplitter:
    """One splitter for all tests."""
    return WordSplitter.open()


def test_a_lesson_needs_a_name_and_a_fact() -> None:
    """Owners that have both are lessons, in the order of owners, normalised."""

    def passage(id_: str, field: Field, text: str) -> IndexedPassage:
        return IndexedPassage(Owner(OwnerKind.GUIDE, id_), field, text)

    passages = [
        *(passage("b", Field.NAME, "ＡＥＤ"), passage("b", Field.FACT, "貸し出し")),
        *(passage("a", Field.NAME, "犬"), passage("a", Field.FACT, "登録"), passage("a", Field.NAME, "いぬ")),
        *(passage("c", Field.NAME, "名だけ"), passage("d", Field.FACT, "説明だけ"), passage("e", Field.NAME, " ")),
    ]
    assert lessons_of(passages) == (Lesson(("犬", "いぬ"), ("登録",)), Lesson(("aed",), ("貸し出し",)))


@given(seed=st.integers())
def test_a_look_shows_only_what_is_there(splitter: WordSplitter, seed: int) -> None:
    """A name with words left out but never all, a name, a sentence and a fact of the lesson, some without the name."""
    seen = example(DOG, splitter, random.Random(seed))
    assert seen.name == DOG.names[0]
    assert 0 < len(seen.hurried) <= len(seen.name)
    left = iter(seen.name)
    assert all(letter in left for letter in seen.hurried)
    assert seen.sentence in DOG.facts[0]
    assert not seen.sentence.startswith("犬の登録")
    assert seen.fact in {DOG.facts[0], "飼いはじめたら30日以内に届け出ます。窓口は保健所です。"}


@given(st.text(max_size=20), st.integers())
def test_hurrying_leaves_something(splitter: WordSplitter, text: str, seed: int) -> None:
    """Whatever the text, what is left is part of it and not empty unless it was."""
    left = hurry(text, splitter, random.Random(seed))
    assert bool(left) == bool(text)
    assert len(left) <= len(text)


@pytest.mark.parametrize(
    ("fact", "bare"),
    [("転入届 14日以内", "14日以内"), ("転入届", "転入届"), ("別の話", "別の話"), ("転入届転入届", "転入届")],
)
def test_a_fact_without_its_name(fact: str, bare: str) -> None:
    """The name goes once; a fact that is only its name stays."""
    assert untitled(fact, ("", "転入届")) == bare
