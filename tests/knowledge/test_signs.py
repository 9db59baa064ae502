"""Signs, looked for one by one, beside the one expression that joins them."""

from hypothesis import given
from hypothesis import strategies as st

from knowledge.signs import any_of, stands

_SIGN = st.sampled_from(("煙", "(火|煙)事", "火.{0,2}事", "事(が|も)$", "^火?も", "x{2,}"))


@given(st.lists(_SIGN, max_size=4), st.text("火煙事がもx", max_size=12))
def test_one_by_one_finds_what_all_joined_find(signs: list[str], text: str) -> None:
    """Whichever signs, whatever text; no sign stands nowhere."""
    assert stands(tuple(signs), text) == bool(any_of(*signs).search(text))
