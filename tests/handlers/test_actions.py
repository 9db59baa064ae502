"""Button payloads: what is packed comes out again; anything else is nothing of ours."""

import pytest
from hypothesis import given
from hypothesis import strategies as st

from handlers.actions import (
    PAYLOAD_LIMIT,
    Action,
    AskFact,
    Cite,
    GiveFeedback,
    ShowGuide,
    ShowLifeEvent,
    ShowMenu,
    pack,
    unpack,
)
from knowledge.records import FactKind

words = st.from_regex(r"[A-Za-z0-9_-]{1,64}", fullmatch=True)
actions: st.SearchStrategy[Action] = st.one_of(
    st.builds(ShowGuide, words),
    st.builds(AskFact, words, st.sampled_from(FactKind)),
    st.builds(ShowLifeEvent, words),
    st.builds(ShowMenu),
    st.builds(Cite, st.lists(st.integers(1, 999_999_999), min_size=1, max_size=2).map(tuple)),
    st.builds(GiveFeedback, words, solved=st.booleans()),
)


@given(actions)
def test_what_is_packed_is_unpacked(action: Action) -> None:
    """Every action survives the way through LINE, within LINE's limit."""
    payload = pack(action)
    assert unpack(payload) == action
    assert len(payload) <= PAYLOAD_LIMIT


@given(st.one_of(st.text(max_size=400), st.text("guidefctvnmk:-_", max_size=40)))
def test_a_payload_is_ours_or_nothing(payload: str) -> None:
    """Whatever comes back is either exactly what we would have packed, or refused."""
    action = unpack(payload)
    assert action is None or pack(action) == payload


@pytest.mark.parametrize(
    "payload",
    [
        "",
        ":",
        "guide",
        "guide:",
        "guide:a:b",
        "guide:a b",
        "guide:転入",
        "guide:a\n",
        "menu\n",
        "cite",
        "cite:0",
        "cite:01",
        "cite:1:2:3",
        "cite:1234567890",
        "cite:one",
        "fact:a:price",
        "fact:a",
        "feedback:a:yes",
        "feedback:a",
        "menu:x",
        "event",
        "GUIDE:a",
        "guide:" + "a" * 65,
        "guide:" + "a" * 300,
        "guide:../../etc",
        "guide:a;drop",
    ],
)
def test_a_foreign_payload_is_refused(payload: str) -> None:
    """Wrong verbs, missing or extra parts, other characters, too long: None."""
    assert unpack(payload) is None


@pytest.mark.parametrize("word", ["", "a b", "a:b", "転入届", "a\n", "x" * 65])
def test_what_can_not_come_back_is_not_packed(word: str) -> None:
    """The mistake is found where the button is made."""
    with pytest.raises(ValueError, match="not packable"):
        pack(ShowGuide(word))
