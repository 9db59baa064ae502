"""The accuracy gate: which questions a change breaks, and which are asked at all."""

import numpy as np
import pytest

from indexer.evaluate import Expected, Golden, Half, Judged
from indexer.gate import broken, nearest

RIGHT = Judged("answered", guide="tennyu")
OFFERED = Judged("clarify", candidates=("sodai", "tennyu"))
WRONG = Judged("answered", guide="sodai")
MISSED = Judged("not_found")
GOLDEN = Golden(
    id="1",
    kind="kept",
    text="引っ越した",
    lang="ja",
    half=Half.DEV,
    expect=Expected(outcome="answered", guide="tennyu"),
)


@pytest.mark.parametrize(
    ("before", "after", "held"),
    [
        (RIGHT, RIGHT, False),
        (RIGHT, OFFERED, True),
        (RIGHT, WRONG, True),
        (RIGHT, MISSED, True),
        (OFFERED, RIGHT, False),
        (OFFERED, WRONG, True),
        (OFFERED, MISSED, False),
        (WRONG, WRONG, False),
        (WRONG, MISSED, False),
        (MISSED, WRONG, False),
        (MISSED, RIGHT, False),
    ],
)
def test_what_was_right_must_stay_right(before: Judged, after: Judged, held: bool) -> None:
    """And what was offered must not become a wrong answer; what was wrong before is nobody's fault now."""
    found = broken([GOLDEN], lambda _: before, lambda _: after)
    assert [(each.before, each.after) for each in found] == ([(before, after)] if held else [])


def test_the_present_index_is_asked_only_about_what_goes_wrong() -> None:
    """Half of the work is spared."""
    asked: list[Golden] = []

    def before(golden: Golden) -> Judged:
        asked.append(golden)
        return RIGHT

    assert broken([GOLDEN] * 3, before, lambda _: RIGHT) == ()
    assert asked == []


def test_questions_near_the_new_words_are_asked() -> None:
    """The nearest first, none that is far, and no more than so many."""
    questions = np.array([[1, 0], [0, 1], [0.8, 0.6]], np.float32)
    assert list(nearest(questions, np.array([[1, 0]], np.float32), near=0.7)) == [0, 2]
    assert list(nearest(questions, np.array([[1, 0], [0, 1]], np.float32), most=2, near=0.7)) == [0, 1]
    assert list(nearest(questions, np.zeros((0, 2), np.float32))) == []
    assert list(nearest(np.zeros((0, 2), np.float32), questions)) == []
