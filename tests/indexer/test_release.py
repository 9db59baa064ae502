"""Figures beside the released ones."""

from pathlib import Path

import pytest
from hypothesis import given
from hypothesis import strategies as st

from indexer.release import Figure, fallen, figure, page, read_release, write_release


def test_noise_is_what_drawing_again_would_do() -> None:
    """Of 400 questions half right: 1.645 standard errors; of questions all right: none."""
    assert figure([0.0, 1.0] * 200).value == 0.5
    assert figure([0.0, 1.0] * 200).noise == pytest.approx(1.645 * 0.025, rel=0.1)
    assert figure([1.0] * 20) == Figure(1.0, 0.0, 20)
    assert figure([]) == Figure(1.0, 0.0, 0)


@pytest.mark.parametrize(("now", "low"), [(0.80, False), (0.79, False), (0.78, True), (0.95, False)])
def test_only_a_fall_by_more_than_noise_counts(now: float, low: bool) -> None:
    """The larger of both noises; a figure that is new can not have fallen."""
    found = {"first": Figure(now, 0.01, 100), "new": Figure(0.1, 0.0, 5)}
    assert fallen(found, {"first": Figure(0.80, 0.015, 100)}) == (["first"] if low else [])


@given(
    st.dictionaries(st.text("abc ", min_size=1), st.builds(Figure, st.floats(0, 1), st.floats(0, 1), st.integers(0)))
)
def test_what_is_released_is_read_again(tmp_path_factory: pytest.TempPathFactory, figures: dict[str, Figure]) -> None:
    """The same figures, whatever is told beside them, and nothing fell against itself."""
    path = tmp_path_factory.mktemp("release") / "figures.json"
    assert read_release(path) == {}
    write_release(path, figures, {"ms": [1.0]})
    assert read_release(path) == figures
    assert fallen(figures, read_release(path)) == []


def test_the_page_marks_what_fell() -> None:
    """A line a figure, now and released side by side."""
    lines = page({"a": Figure(0.5, 0.1, 9), "b": Figure(1.0, 0.0, 3)}, {"a": Figure(0.7, 0.1, 9)}).splitlines()
    assert lines[1].split() == ["a", "0.500", "0.700", "0.100", "9", "▼"]
    assert lines[2].split() == ["b", "1.000", "–", "0.000", "3"]


def test_the_released_figures_of_this_house_can_be_read() -> None:
    """`docs/figures.json` is what `pocket eval` compares with."""
    found = read_release(Path(__file__).parents[2] / "docs" / "figures.json")
    assert found["test first"].count > 300
