"""A table that Excel saved as CSV in Shift_JIS: what nobody changed is as it was, what got lost is not taken."""

import re
from datetime import date

import pytest

from knowledge.guide import Guide
from knowledge.guide_rows import RowRefusedError, guide_of
from knowledge.resaved import same
from tests.knowledge.test_guide_rows import cells, pack

BASES = str.maketrans("áàãéèêíìóòôõúùýăđ", "aaaeeeiioooouuyad")
"""What Windows writes for letters that have a base letter; the rest becomes a question mark."""


def saved(cell: str) -> str:
    """A cell after Excel has read a CSV and saved it in Shift_JIS."""
    text = cell.translate(BASES).encode("cp932", "replace").decode("cp932")
    if re.fullmatch(r"\d{4}-\d\d-\d\d", text):
        day = date.fromisoformat(text)
        return f"{day.year}/{day.month}/{day.day}"
    return f"{date.fromisoformat(text + '-01'):%b-%y}" if re.fullmatch(r"\d{4}-\d\d", text) else text


def foreign() -> Guide:
    """A guide with names in Chinese, Korean and Vietnamese, copied in a month."""
    some = next(each for each in pack().guides if each.names.ko and each.names.vi and each.names.zh)
    return some.model_copy(update={"source": some.source.model_copy(update={"copied": "2025-05"})})


@pytest.mark.parametrize("at", range(0, 150, 10))
def test_what_nobody_changed_is_as_it_was(at: int) -> None:
    """Letters that were lost and days that were spelled anew are nobody's change; a new title is."""
    for guide in (pack().guides[at], foreign()):
        row = {label: saved(cell) for label, cell in cells(guide).items()}
        assert guide_of(row, guide) == guide
        assert guide_of(row | {"題名": "新しい題名"}, guide) == guide.model_copy(update={"title": "新しい題名"})


def test_what_was_changed_where_letters_were_lost_is_refused() -> None:
    """A line more among lines of question marks: the cell is named, and how to save it."""
    guide = foreign()
    with pytest.raises(RowRefusedError) as caught:
        guide_of({"id": guide.id, "韓国語の呼び名": saved("\n".join(guide.names.ko)) + "\nAED"}, guide)
    (problem,) = caught.value.problems
    assert (problem.column, "CSV UTF-8" in problem.message) == ("韓国語の呼び名", True)


@pytest.mark.parametrize("line", ["AED?", "어디예요?", "How much?"])
def test_a_question_is_no_lost_letter(line: str) -> None:
    """Whoever adds a question to the names in other languages is not refused."""
    guide = foreign()
    changed = guide_of({"id": guide.id, "韓国語の呼び名": "\n".join([*guide.names.ko, line])}, guide)
    assert changed.names.ko == (*guide.names.ko, line)


def test_a_translation_may_be_replaced() -> None:
    """By one in letters that every file can hold."""
    guide = foreign()
    assert guide_of({"id": guide.id, "ベトナム語の呼び名": "AED o dau?"}, guide).names.vi == ("AED o dau?",)


@pytest.mark.parametrize("letter", ["한", "𠮷", "🎉"])
def test_a_long_row_of_lost_letters_is_read_at_once(letter: str) -> None:
    """One mark a letter, or two for one that is kept in two halves; the last letter is another, and that is all."""
    assert same("?" * 300, letter * 300)
    assert same("?" * 600, letter * 300) is (letter != "한")
    assert not same("?" * 600 + "x", letter * 300 + "a")
