"""Risk and coverage."""

from xml.etree import ElementTree as ET

from hypothesis import given
from hypothesis import strategies as st

from indexer.coverage import Guess, curve, picture, surest

GUESSES = st.lists(st.builds(Guess, st.booleans(), st.floats(0, 10)), min_size=1, max_size=40)


def test_the_surest_come_first() -> None:
    """One wrong of two at half of the questions, and of four at all."""
    found = curve([Guess(True, 1.0), Guess(False, 4.0), Guess(True, 9.0), Guess(True, 2.0)])
    assert [(point.coverage, point.risk) for point in found] == [(0.25, 0.0), (0.5, 0.5), (0.75, 1 / 3), (1.0, 0.25)]
    assert surest([Guess(True, 1.0), Guess(False, 4.0)], 0.5) == (Guess(False, 4.0),)


@given(GUESSES)
def test_a_curve_ends_with_everything_answered(guesses: list[Guess]) -> None:
    """Coverage grows to one, where the risk is the share of all wrong ones; limits fall."""
    found = curve(guesses)
    assert found[-1].coverage == 1.0
    assert found[-1].risk == sum(not guess.right for guess in guesses) / len(guesses)
    assert [point.sure for point in found] == sorted((point.sure for point in found), reverse=True)


@given(GUESSES)
def test_a_picture_is_a_picture(guesses: list[Guess]) -> None:
    """Well-formed SVG with a line and a name for each half."""
    root = ET.fromstring(picture({"dev": curve(guesses), "test": curve(guesses)}))
    assert len(root.findall("{http://www.w3.org/2000/svg}polyline")) == 2
    assert {"dev", "test"} <= {node.text for node in root.iter("{http://www.w3.org/2000/svg}text")}
