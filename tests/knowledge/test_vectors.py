"""The vectors of a snapshot, kept in bytes, beside the same vectors as they were."""

import numpy as np
from hypothesis import given
from hypothesis import strategies as st

from knowledge.vectors import grouped


def _unit(chance: np.random.Generator, count: int, dimensions: int, spikes: float) -> np.ndarray:
    """Unit vectors whose length lies in ever fewer of their numbers, the higher `spikes`."""
    drawn = chance.standard_normal((count, dimensions))
    vectors = np.sign(drawn) * np.abs(drawn) ** spikes
    return np.asarray(vectors / np.linalg.norm(vectors, axis=1, keepdims=True), np.float32)


@given(st.integers(0, 2**32 - 1), st.integers(1, 60), st.sampled_from((8, 384)), st.floats(0.1, 4.0))
def test_a_similarity_is_off_by_its_rounding_at_most(seed: int, count: int, dimensions: int, spikes: float) -> None:
    """Half a step in each number of either vector, however its length is spread; who has none has -1."""
    chance = np.random.default_rng(seed)
    vectors, question = _unit(chance, count, dimensions, spikes), _unit(chance, 1, dimensions, spikes)[0]
    owner = np.sort(chance.integers(0, 5, count))
    nothing = np.zeros(dimensions, np.float32)
    found = grouped(vectors, owner, np.arange(count), nothing).best(question, 6)
    similar = vectors.astype(np.float64) @ question
    steps, step = np.abs(vectors).max(axis=1) / 127, np.abs(question).max() / 127
    off = (np.abs(question).sum() * steps + (np.abs(vectors) + steps[:, np.newaxis] / 2).sum(axis=1) * step) / 2
    for number in range(6):
        mine = owner == number
        if not mine.any():
            assert found[number] == -1.0
            continue
        assert abs(found[number] - similar[mine].max()) <= off[mine].max() + 1e-5


def test_of_384_numbers_hardly_anything_is_lost() -> None:
    """Vectors as the encoder makes them, with no number that stands out: 0.003 at most, of 1,000."""
    chance = np.random.default_rng(7)
    vectors, question = _unit(chance, 1000, 384, 1.0), _unit(chance, 1, 384, 1.0)[0]
    found = grouped(vectors, np.arange(1000), np.arange(1000), np.zeros(384, np.float32)).best(question, 1000)
    assert np.abs(found - vectors @ question).max() < 0.003
