"""What a notice may say, and its calendar file."""

from datetime import UTC, datetime, timedelta

import pytest
from hypothesis import given
from hypothesis import strategies as st

from knowledge.evacuation_words import AbolishedWordError
from knowledge.notice import (
    ContentError,
    EventBlock,
    Variant,
    calendar,
    content_from,
    content_json,
    correction_of,
    refuse_abolished_words,
)

NOON = datetime(2026, 12, 1, 3, 0, tzinfo=UTC)


def _event(title: str) -> EventBlock:
    return EventBlock(title=title, starts=NOON, ends=NOON + timedelta(hours=2), place="区民センター; 2階, 大会議室")


@given(st.text(min_size=1, max_size=60).filter(lambda text: bool(text.strip())))
def test_a_calendar_file_is_folded_and_escaped(title: str) -> None:
    """Whatever the title: no line is longer than 75 octets, and what is folded reads as the title again."""
    file = calendar(_event(title), "u", NOON)
    lines = file.split("\r\n")
    assert max(len(line.encode()) for line in lines) <= 75
    unfolded = file.replace("\r\n ", "")
    escaped = _event(title).title.replace("\\", "\\\\").replace(";", "\\;").replace(",", "\\,")
    kept = ["".join(letter for letter in line if letter.isprintable()) for line in escaped.splitlines()]
    assert "SUMMARY:" + "\\n".join(kept) + "\r\n" in unfolded
    assert "LOCATION:区民センター\\; 2階\\, 大会議室\r\n" in unfolded
    assert "DTSTART:20261201T030000Z\r\n" in unfolded


def test_content_survives_being_stored() -> None:
    """A correction's first words, there and back."""
    content = correction_of("大雨")
    assert content_from(content_json(content)) == content
    assert content.blocks(Variant.KO) == content.blocks(Variant.JA)


@pytest.mark.parametrize(
    ("block", "field"),
    [
        ({"kind": "picture", "url": "https://a.jp/b.png", "description": " "}, "texts.ja.0.picture.description"),
        ({"kind": "picture", "url": "http://a.jp/b.png", "description": "図"}, "texts.ja.0.picture.url"),
        (
            {"kind": "card", "text": "x", "buttons": [{"label": "l", "url": "javascript:x"}]},
            "texts.ja.0.card.buttons.0.url",
        ),
        ({"kind": "text", "text": ""}, "texts.ja.0.text.text"),
    ],
)
def test_what_is_wrong_is_named_by_its_field(block: dict[str, object], field: str) -> None:
    """A picture needs its words, an address must be safe, a text is not empty."""
    with pytest.raises(ContentError) as caught:
        content_from({"texts": {"ja": [block]}})
    assert caught.value.fields == (field,)


def test_japanese_is_always_there() -> None:
    """A notice in English alone would leave most people without."""
    with pytest.raises(ContentError):
        content_from({"texts": {"en": [{"kind": "text", "text": "Hello"}]}})


def test_abolished_warnings_are_refused() -> None:
    """避難勧告 ended in 2021; 避難指示 is the word today."""
    refuse_abolished_words(content_from({"texts": {"ja": [{"kind": "text", "text": "避難指示です。"}]}}))
    with pytest.raises(AbolishedWordError):
        refuse_abolished_words(content_from({"texts": {"ja": [{"kind": "text", "text": "避難勧告です。"}]}}))
