"""A text that is a button: its label typed, its place in a list, or the day that a calendar would have picked."""

import re
from collections.abc import Sequence
from datetime import date, timedelta

from handlers.actions import Action, AskFact, ShowGuide, pack, unpack
from handlers.deadline.actions import PICK_DAY, picked_day
from handlers.reply import Choice
from handlers.settings.actions import Choose, PickMonth
from knowledge import typed as entered
from knowledge.text import normalise

Buttons = Sequence[Sequence[str]]
"""What somebody could press: each a label and a payload."""
_MARKS = re.compile(r"[\W_]+")
_NUMERALS = {"一": 1, "二": 2, "三": 3, "first": 1, "second": 2, "third": 3, "첫": 1, "두": 2, "세": 3}
_PLACE = re.compile(
    r"(?:上から|no\.?|number|the|第|số)?\s*(?P<number>[1-3]|[一二三첫두세]|first|second|third)\s*"
    r"(?:番目?|つ目|個目|个|個|번째?|nd|st|rd|one)?(?:の(?:やつ|もの|方|ほう)?)?"
    r"(?:で|が|を)?(?:お願い(?:します)?|おねがい(?:します)?|知りたい(?:です)?|です)?"
)
_TOP = re.compile(r"(?:(?:一番|いちばん)上|最初)の?(?:やつ|もの)?(?:で|を|です)?")
_WORDS = {
    "明日": -1,
    "あした": -1,
    "tomorrow": -1,
    "今日": 0,
    "きょう": 0,
    "本日": 0,
    "today": 0,
    "昨日": 1,
    "きのう": 1,
    "yesterday": 1,
    "一昨日": 2,
    "おととい": 2,
}
_SAID = re.compile(r"に?(?:生まれ(?:まし)?た|うまれ(?:まし)?た|です)\Z")


def kept(choices: Sequence[Choice]) -> list[list[str]]:
    """The buttons as they are kept: a personal setting is nothing to be kept, and must be pressed."""
    return [
        [choice.label, pack(choice.action)] for choice in choices if not isinstance(choice.action, Choose | PickMonth)
    ]


def pressed(text: str, buttons: Buttons, today: date) -> Action | None:
    """The action of the button that a (normalised) text is, or None where it is something else."""
    named = next((payload for label, payload in buttons if _is_label(text, label)), None)
    found = unpack(named) if named else None
    return found or _placed(text, buttons) or _dated(text, buttons, today)


def _is_label(text: str, label: str) -> bool:
    typed, whole = _MARKS.sub("", text), _MARKS.sub("", normalise(label))
    return bool(typed) and (typed.startswith(whole) if label.endswith("…") else typed == whole)


def _placed(text: str, buttons: Buttons) -> Action | None:
    place = _PLACE.fullmatch(text)
    if place is None and not _TOP.fullmatch(text):
        return None
    number = _NUMERALS.get(place["number"]) or int(place["number"]) if place else 1
    guides = [action for _, payload in buttons if isinstance(action := unpack(payload), ShowGuide | AskFact)]
    return guides[number - 1] if number <= len(guides) else None


def _dated(text: str, buttons: Buttons, today: date) -> Action | None:
    asked = next((payload for _, payload in buttons if payload.startswith(PICK_DAY)), None)
    day = day_said(text, today) if asked else None
    return unpack(picked_day(asked, day.isoformat())) if asked and day else None


def day_said(text: str, today: date) -> date | None:
    """The day a (normalised) text is; without a year the last such day before today or the next within a month."""
    if text in _WORDS:
        return today - timedelta(days=_WORDS[text])
    said = _SAID.sub("", text.replace(" ", ""))
    if whole := _day(entered.day(said)):
        return whole
    years = (today.year + 1, today.year, today.year - 1)
    days = (found for year in years if (found := _day(f"{year}-{entered.yearly(said)}")))
    return next((found for found in days if found <= today + timedelta(days=31)), None)


def _day(iso: str) -> date | None:
    try:
        return date.fromisoformat(iso)
    except ValueError:
        return None
