"""How sure a guide is: a chance that grows with each piece of evidence."""

from dataclasses import replace

import pytest
from hypothesis import given
from hypothesis import strategies as st

from handlers.sureness import Evidence, Sureness, evidence
from knowledge.passages import Owner, OwnerKind
from knowledge.search import Hit

EVIDENCE = st.builds(Evidence, st.floats(-20, 40), st.floats(-1, 1), st.floats(0, 1))
HIT = Hit(Owner(OwnerKind.GUIDE, "juminhyo"), 8.0, 0.6, 0.4, 2.0, 1.0, 0.75)


def test_a_hit_tells_three_things() -> None:
    """Its lead over the rival, its name's likeness, and what it covers."""
    assert evidence(HIT, 8.0, 3.0) == Evidence(5.0, 0.6, 0.75)


def test_a_chance_is_a_logistic_of_the_weighed_evidence() -> None:
    """By hand: 0.1 * 5 + 2 * 0.6 + 1 * 0.75 - 2.45 = 0, even odds; ln 3 more, three to one."""
    even = Sureness(apart=0.1, near=2.0, covered=1.0, bias=-2.45)
    told = evidence(HIT, 8.0, 3.0)
    assert even.of(told) == pytest.approx(0.5)
    assert replace(even, bias=even.bias + 1.0986123).of(told) == pytest.approx(0.75)


@given(EVIDENCE, st.sampled_from(["apart", "near", "covered"]), st.floats(0.01, 5))
def test_more_evidence_is_surer(told: Evidence, piece: str, more: float) -> None:
    """Whatever else is known, more of one piece makes the serving weights surer."""
    after = replace(told, **{piece: getattr(told, piece) + more})
    assert 0 < Sureness().of(told) < Sureness().of(after) < 1
