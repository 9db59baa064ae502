"""How much a piece counts: by how few texts have it."""

from collections import Counter
from itertools import pairwise
from pathlib import Path

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st

from knowledge.rarity import PieceRarity, rarity

TEXTS = st.lists(st.lists(st.integers(0, 9), max_size=6), max_size=12)


def test_weights_are_inverse_document_frequencies() -> None:
    """Of three texts all have 7, two have 2, none has 5 or 9: ln(8/7), ln 1.6 and ln 8; twice in a text is once."""
    pieces = PieceRarity.learned([[7, 2, 2], [7, 2], [7]], 3)
    ids = np.array([[7, 2], [5, 9], [10_000, 0]])
    assert pieces.of(ids) == pytest.approx(np.log(np.array([[8 / 7, 1.6], [8, 8], [8, 8]])))


@given(TEXTS)
def test_the_fewer_texts_have_a_piece_the_more_it_counts(texts: list[list[int]]) -> None:
    """Always more than nothing, so that no vector is empty; what is in all counts least, what is in none most."""
    pieces = PieceRarity.learned(texts, len(texts))
    having = Counter(piece for text in texts for piece in set(text))
    weights = pieces.of(np.arange(12))
    assert weights.min() > 0
    order = sorted(range(12), key=lambda piece: -having[piece])
    assert all(weights[one] <= weights[other] for one, other in pairwise(order))
    assert weights[11] == pytest.approx(rarity(0, len(texts)))


def test_what_is_kept_comes_back(tmp_path: Path) -> None:
    """The same weights, to the bit, and the number of texts."""
    pieces = PieceRarity.learned([[3], [3, 4]], 20)
    pieces.save(tmp_path)
    again = PieceRarity.open(tmp_path)
    assert np.array_equal(again.weights, pieces.weights)
    assert again.texts == 20


@pytest.mark.parametrize(("texts", "fits"), [(66, False), (67, True), (100, True), (150, True), (151, False)])
def test_it_is_kept_while_the_texts_are_about_as_many(texts: int, fits: bool) -> None:
    """Learned from a hundred, it fits two thirds to one and a half times as many."""
    assert PieceRarity.learned([], 100).fits(texts) == fits
