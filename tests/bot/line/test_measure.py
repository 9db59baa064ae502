"""Lengths and cuts."""

import pytest
from hypothesis import given
from hypothesis import strategies as st

from bot.line.limits import Unit
from bot.line.measure import clip, escaped_size, graphemes, length, utf16_length

FAMILY = "👨‍👩‍👧"
IVS = "葛\U000e0100"
_LETTERS = st.sampled_from(["あ", "a", "🍎", "𠮷", FAMILY, IVS, "が", "\u304b\u3099", "🇯🇵", "\n", "👍🏽"])
_WRITTEN = st.lists(_LETTERS, max_size=40)


@pytest.mark.parametrize(
    ("text", "units", "seen"), [("🍎", 2, 1), ("𠮷", 2, 1), (IVS, 3, 1), (FAMILY, 8, 1), ("かな", 2, 2), ("", 0, 0)]
)
def test_lengths_are_those_line_documents(text: str, units: int, seen: int) -> None:
    """LINE's own examples: an apple and 𠮷 are two units and one character, an IVS ideograph three and one."""
    assert (utf16_length(text), graphemes(text)) == (units, seen)


@given(st.text(max_size=50))
def test_utf16_length_agrees_with_the_codec(text: str) -> None:
    """Counting above the BMP gives what encoding to UTF-16 would."""
    assert utf16_length(text) == len(text.encode("utf-16-le", "surrogatepass")) // 2


@given(_WRITTEN, st.integers(0, 60), st.sampled_from(Unit))
def test_clip_fits_and_never_cuts_a_character(letters: list[str], limit: int, unit: Unit) -> None:
    """The result is within the limit and is whole characters, with the ending only where some are missing."""
    text = "".join(letters)
    cut = clip(text, limit, unit)
    assert length(cut, unit) <= limit
    if length(text, unit) <= limit:
        assert cut == text
    else:
        assert cut.removesuffix("…") in {"".join(letters[:count]) for count in range(len(letters) + 1)}


def test_clip_keeps_as_much_as_fits() -> None:
    """Nothing that fits beside the ending is lost."""
    assert clip("あいうえお", 4, Unit.GRAPHEME) == "あいう…"
    assert clip(FAMILY * 3, 17, Unit.UTF16) == FAMILY * 2 + "…"
    assert clip("あいうえお", 3, Unit.UTF16, ending="") == "あいう"
    assert clip("あいう", 0, Unit.UTF16) == ""


def test_size_is_measured_on_escaped_json() -> None:
    """A kana costs six bytes, a nesting that cannot be written is larger than any limit."""
    assert escaped_size({"text": "あ"}) == len('{"text":"\\u3042"}')
    deep: list[object] = []
    for _ in range(100_000):
        deep = [deep]
    assert escaped_size(deep) > 10**9
    while deep:
        (deep,) = deep  # type: ignore[assignment]
