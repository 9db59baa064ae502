"""Words that the law abolished, and levels that do not fit their action, are refused with what is right."""

import pytest
from hypothesis import given
from hypothesis import strategies as st

from knowledge.evacuation_words import INSTEAD, AbolishedWordError, MismatchedLevelError, refuse

LEVELS = {"高齢者等避難": 3, "避難指示": 4, "緊急安全確保": 5}


@pytest.mark.parametrize(("word", "right"), INSTEAD)
def test_an_abolished_word_is_refused_with_the_right_one(word: str, right: str) -> None:
    """The message names what was written and what to write instead."""
    with pytest.raises(AbolishedWordError) as refused:
        refuse(["はじめ", f"いま{word}です"])
    assert word in str(refused.value)
    assert right in str(refused.value)


@pytest.mark.parametrize("written", ["避難 勧告", "避難指示（緊急）", "EVACUATION ADVISORY", "ﾋﾅﾝ避難勧告"])
def test_spaces_and_width_hide_nothing(written: str) -> None:
    """やさしい日本語 writes with spaces, and people type full width and capitals."""
    with pytest.raises(AbolishedWordError):
        refuse([written])


@given(level=st.integers(1, 5), word=st.sampled_from(sorted(LEVELS)), shape=st.integers(0, 4), wide=st.booleans())
def test_level_and_action_match(level: int, word: str, shape: int, wide: bool) -> None:
    """Of every level with every action, in every way of writing them, just the right ones pass."""
    number = "１２３４５"[level - 1] if wide else str(level)
    written = (
        f"【警戒レベル{number}】{word}",
        f"警戒レベル{number}「{word}」が出ました",
        f"{word}（警戒レベル{number}）です",
        f"警戒レベル {number}：{word}",
        f"警戒レベル{number} {word}",
    )[shape]
    if LEVELS[word] == level:
        refuse([written])
        return
    with pytest.raises(MismatchedLevelError) as refused:
        refuse([written])
    assert f"「{word}」は警戒レベル{LEVELS[word]}です" in str(refused.value)


@pytest.mark.parametrize(
    "written",
    [
        "警戒レベル3高齢者等避難、警戒レベル4避難指示、警戒レベル5緊急安全確保の順に危険です。",
        "警戒レベル4までに必ず避難してください。",
        "避難の準備をして、高齢者等避難を待たずに避難指示の前に動いてください。",
        "Alert Level 4 (evacuation instruction)",
        "",
    ],
)
def test_right_words_pass(written: str) -> None:
    """What the law says today may be said, several levels beside each other too."""
    refuse([written])
