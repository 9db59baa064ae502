"""Details and their likeness to a question, beside the same reckoned in the plainest way."""

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st

from knowledge.details import details_of, likeness
from knowledge.encoder import Reading
from knowledge.vectors import Vectors, unit


def _drawn(chance: np.random.Generator, count: int, dimensions: int) -> Vectors:
    return chance.standard_normal((count, dimensions)).astype(np.float32)


def _means(pieces: Vectors, weights: Vectors) -> list[Vectors]:
    """The weighed mean of each three pieces."""
    runs = (slice(start, start + 3) for start in range(0, len(pieces), 3))
    return [(pieces[run] * weights[run, None]).sum(axis=0) / weights[run].sum() for run in runs]


def _cosine(one: Vectors, other: Vectors) -> float:
    return float(one @ other / (np.linalg.norm(one) * np.linalg.norm(other)))


@given(st.integers(0, 2**32 - 1), st.integers(0, 20))
def test_each_three_pieces_are_one_detail(seed: int, count: int) -> None:
    """Their mean by weight, the last ones' too, as near as bytes come; no piece, no detail."""
    chance = np.random.default_rng(seed)
    pieces, weights = _drawn(chance, count, 64), chance.uniform(0.1, 5, count).astype(np.float32)
    found = details_of(Reading(pieces.sum(axis=0), pieces, weights))
    expected = _means(pieces, weights)
    assert found.shape == (len(expected), 64)
    assert found.dtype == np.int8
    for detail, mean in zip(found.astype(np.float32), expected, strict=True):
        assert _cosine(detail, mean) > 0.999


@given(st.integers(0, 2**32 - 1), st.integers(1, 9), st.lists(st.integers(0, 12), min_size=1, max_size=6))
def test_a_likeness_is_that_of_the_best_details(seed: int, asked: int, sizes: list[int]) -> None:
    """Each piece's best cosine with what a text's details are without the common part, by the pieces' weights."""
    chance = np.random.default_rng(seed)
    common = 0.6 * unit(_drawn(chance, 1, 128)[0])
    pieces, weights = unit(_drawn(chance, asked, 128)), chance.uniform(0.1, 5, asked).astype(np.float32)
    ones = np.ones(36, np.float32)
    texts = [Reading(common, _drawn(chance, 3 * size, 128) / 8 + common, ones[: 3 * size]) for size in sizes]
    found = likeness(pieces, weights, [details_of(text) for text in texts], common)
    for score, text in zip(found, texts, strict=True):
        left = [unit(unit(mean) - common) for mean in _means(text.pieces, text.weights)]
        if not left:
            assert np.isnan(score)
            continue
        best = [max(_cosine(piece, each) for each in left) for piece in pieces]
        assert score == pytest.approx(np.average(best, weights=weights), abs=0.01)


def test_a_question_without_pieces_is_like_nothing() -> None:
    """A blank one has nothing to compare, nor has one to an encoder that tells no pieces."""
    details = np.full((2, 8), 45, np.int8)
    assert np.isnan(
        likeness(np.zeros((0, 8), np.float32), np.zeros(0, np.float32), [details], np.zeros(8, np.float32))
    ).all()
    assert details_of(Reading.whole(np.ones(8, np.float32))).shape == (0, 8)
