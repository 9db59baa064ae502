"""Texts that are buttons: labels, places in a list, and days; and whatever is none."""

from datetime import date, timedelta

import pytest
from hypothesis import given
from hypothesis import strategies as st

from handlers.actions import Action, AskFact, GiveFeedback, ShowGuide, ShowLifeEvent, ShowMenu
from handlers.deadline.actions import PickDay, RemindFrom
from handlers.reply import Choice
from handlers.settings.actions import PickMonth, SettingsPage, ShowSettings
from handlers.typed import day_said, kept, pressed
from knowledge.records import FactKind
from knowledge.text import normalise

TODAY = date(2026, 11, 23)
CHOICES = (
    Choice("📦 豊島区から引っ越す", ShowLifeEvent("moving-out")),
    Choice("住民税の課税", ShowGuide("kazei")),
    Choice("犬の登録・狂犬病予防注射・引っ越し・死…", ShowGuide("inu")),
    Choice("費用（印鑑）", AskFact("inkan", FactKind.FEE)),
    Choice("違う", GiveFeedback("q1", solved=False)),
    Choice("すべて消す", ShowSettings(SettingsPage.ERASE)),
    Choice("メニュー", ShowMenu()),
)
BUTTONS = kept(CHOICES)
BIRTH = kept((Choice("日を選ぶ", PickDay("shussei", 0, TODAY, TODAY, TODAY)),))


def _pressed(text: str) -> Action | None:
    return pressed(normalise(text), BUTTONS, TODAY)


@given(st.sampled_from(CHOICES), st.sampled_from(["", "。", "！", " ", "～"]))
def test_a_label_typed_is_its_button(choice: Choice, after: str) -> None:
    """With its picture or without, whatever mark stands after it."""
    assert _pressed(choice.label.removesuffix("…") + after) == choice.action
    assert _pressed(choice.label.removeprefix("📦") + after) == choice.action


@given(st.text(max_size=30))
def test_what_is_no_label_presses_nothing_but_what_is_offered(text: str) -> None:
    """Whatever is typed, only what was shown can happen."""
    assert _pressed(text) in {None, *(choice.action for choice in CHOICES)}
    assert pressed(normalise(text), [], TODAY) is None


@pytest.mark.parametrize(
    ("text", "number"),
    [
        ("1", 1), ("２", 2), ("②", 2), ("2番", 2), ("３番目でお願いします", 3), ("二番目の", 2), ("一番上の", 1),
        ("最初のやつ", 1), ("上から2番目のもの", 2), ("no. 3", 3), ("2nd", 2), ("the second one", 2), ("第二个", 2),
        ("2番目です", 2), ("두 번째", 2), ("số 2", 2),
    ],
)  # fmt: skip
def test_a_place_among_guides_is_that_guide(text: str, number: int | None) -> None:
    """What leads to no guide is not counted."""
    guides = [ShowGuide("kazei"), ShowGuide("inu"), AskFact("inkan", FactKind.FEE)]
    assert _pressed(text) == (guides[number - 1] if number else None)


@pytest.mark.parametrize(
    "text", ["4", "0", "12", "1丁目", "2人目の子", "2歳", "一番安いのは", "転入届", "?", "", "2024年5月"]
)
def test_other_texts_are_questions(text: str) -> None:
    """A number of something, a word of a label, nothing at all."""
    assert _pressed(text) is None


@pytest.mark.parametrize(
    ("text", "day"),
    [
        ("今日", TODAY), ("あした", date(2026, 11, 24)),
        ("きのう", date(2026, 11, 22)), ("おととい", date(2026, 11, 21)),
        ("11月20日", date(2026, 11, 20)), ("１１／２０", date(2026, 11, 20)),
        ("12月20日", date(2026, 12, 20)), ("12月25日", date(2025, 12, 25)),
        ("2026年11月1日", date(2026, 11, 1)), ("2026-11-01", date(2026, 11, 1)),
        ("令和8年11月1日に生まれました", date(2026, 11, 1)), ("令和元年5月1日", date(2019, 5, 1)),
        ("2月29日", None), ("13月1日", None), ("来月", None), ("2026年11月", None),
        ("11月20日に何をする", None),
    ],
)  # fmt: skip
def test_a_day_typed_is_the_day_picked(text: str, day: date | None) -> None:
    """Where a calendar was offered, and only there."""
    assert day_said(normalise(text), TODAY) == day
    assert pressed(normalise(text), BIRTH, TODAY) == (RemindFrom("shussei", 0, day) if day else None)
    assert _pressed(text) is None


@given(st.dates(date(2025, 1, 1), date(2030, 12, 31)), st.dates(date(2020, 1, 1), date(2030, 12, 31)))
def test_a_day_without_its_year_is_a_near_one(today: date, day: date) -> None:
    """With its year it is just that day; without, the last such day or one within a month."""
    assert day_said(f"{day.year}年{day.month}月{day.day}日", today) == day
    found = day_said(f"{day.month}月{day.day}日", today)
    if found is None:
        assert (day.month, day.day) == (2, 29)
    else:
        assert (found.month, found.day) == (day.month, day.day)
        assert today - timedelta(days=366) <= found <= today + timedelta(days=31)


def test_a_personal_setting_is_not_kept() -> None:
    """Nor a calendar whose months are such settings: a child's age would stand where nobody looks for it."""
    assert kept((Choice("月を選ぶ", PickMonth(TODAY, TODAY)), CHOICES[-1])) == [["メニュー", "menu"]]
