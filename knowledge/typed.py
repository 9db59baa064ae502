"""What people type for an amount, a day or an hour: read in everyday spellings, kept in one.

What can not be read comes back as it was typed, so that the guide's own rules refuse it at its field.
"""

import re
import unicodedata

_YEN = re.compile(r"[¥\\]?([0-9]+(?:,[0-9]{3})*)円?")
_DAY = re.compile(r"([0-9]{4})[-/.年]([0-9]{1,2})[-/.月]([0-9]{1,2})日?")
_ERA_DAY = re.compile(r"(?:令和|[Rr]\.?)([0-9]{1,2}|元)[-/.年]([0-9]{1,2})[-/.月]([0-9]{1,2})日?")
_YEARLY = re.compile(r"(?:毎年)?([0-9]{1,2})[-/.月]([0-9]{1,2})日?")
_CLOCK = re.compile(r"([0-9]{1,2}):([0-9]{2})|([0-9]{1,2})時(?:([0-9]{1,2})分)?(半)?")
_REIWA = 2018
"""The year before the first of Reiwa."""
_FREE = ("無料", "なし", "0円")
UNREADABLE = "?"
"""Put before what is no day: pydantic would read a bare number as seconds since 1970."""


def plain(typed: str) -> str:
    """A typed value in half-width letters, without spaces around or line breaks that browsers add."""
    return unicodedata.normalize("NFKC", typed).strip()


def lines(typed: str) -> list[str]:
    """The lines that say something."""
    return [line.strip() for line in typed.splitlines() if line.strip()]


def paragraph(typed: str) -> str:
    """A text as it was meant: browsers send each line break as two characters."""
    return typed.replace("\r\n", "\n").replace("\r", "\n").strip()


def yen(typed: str) -> str:
    """「３００円」「1,200」「無料」 as digits."""
    found = plain(typed)
    if found in _FREE:
        return "0"
    match = _YEN.fullmatch(found)
    return match[1].replace(",", "") if match else found


def day(typed: str) -> str:
    """「2027/3/31」「令和9年3月31日」 as ISO 8601."""
    found = plain(typed).replace(" ", "")
    if match := _DAY.fullmatch(found):
        year, month, date = match.groups()
    elif match := _ERA_DAY.fullmatch(found):
        year, month, date = str(_REIWA + (1 if match[1] == "元" else int(match[1]))), match[2], match[3]
    else:
        return UNREADABLE + found if found else ""
    return f"{year}-{int(month):02}-{int(date):02}"


def yearly(typed: str) -> str:
    """「3月31日」 as ``03-31``."""
    match = _YEARLY.fullmatch(plain(typed).replace(" ", ""))
    return f"{int(match[1]):02}-{int(match[2]):02}" if match else plain(typed)


def month_day(kept: str) -> str:
    """``03-31`` as people write it."""
    month, _, date = kept.partition("-")
    return f"{int(month)}月{int(date)}日"


def clock(typed: str) -> str:
    """「8時半」「８：３０」 as ``8:30``."""
    found = plain(typed)
    match = _CLOCK.fullmatch(found)
    if not match or match[1]:
        return found
    return f"{match[3]}:{30 if match[5] else int(match[4] or 0):02}"
