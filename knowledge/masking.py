"""Masking what looks like personal data before a text is stored, logged or searched.

My Numbers are known by their check digit, phones by their first digit and length. A house number is known by what
stands around it: 「2-3日」 or 「要介護1-2」 is no address. The 丁目 stays, because collection days depend on it.
"""

import re
import unicodedata
from collections.abc import Callable

_LONGEST = 12
_KANJI = str.maketrans("〇一二三四五六七八九", "0123456789")
_GAP = r"[-‐‑‒–—―−ーｰ~〜._・()\s\u00ad\u200b-\u200f\u2060\ufeff]{0,3}"
_DATE = r"(?<![0-9])(?:19|20)[0-9]{2}[-./](?:1[0-2]|0?[1-9])[-./](?:3[01]|[12][0-9]|0?[1-9])(?![0-9])"
_RUN = re.compile(rf"(?P<date>{_DATE})|\+?[0-9〇一二三四五六七八九](?:{_GAP}(?!{_DATE})[0-9〇一二三四五六七八九])*")
_GROUP = re.compile(r"[0-9]+|[〇一二三四五六七八九]+")
_MAIL = re.compile(r"(?<![A-Za-z0-9._%+-])[A-Za-z0-9._%+-]++\s?@\s?(?:[A-Za-z0-9-]+\.)+[A-Za-z]{2,}")

_COUNTERS = "年月日時分秒週歳才人名円万千億回件個枚袋本台冊通泊階倍割点位度級制部つ名%℃"
_LONG_COUNTERS = "か月|カ月|ヶ月|ヵ月|か所|世帯|丁目|メートル|キロ|セット"
_COUNTED = rf"(?!\s?(?:[0-9{_COUNTERS}]|{_LONG_COUNTERS}))"
_LOCAL_PHONE = re.compile(rf"(?<![0-9-])[3-6][0-9]{{3}}[-−ー][0-9]{{4}}(?![-0-9]){_COUNTED}")
_POSTCODE = re.compile(rf"〒\s?[0-9]{{3}}[-−ー]?[0-9]{{4}}|(?<![-0-9])[0-9]{{3}}[-−ー][0-9]{{4}}(?![-0-9]){_COUNTED}")

_N = "[0-9〇一二三四五六七八九十百]+"
_WHOLE_N = "(?<![0-9〇一二三四五六七八九十百])[0-9〇一二三四五六七八九十百]++"
_DASH = r"\s?[-‐‑–—−ー]\s?"
_MORE = rf"(?:(?:\s?番地?の?|号|{_DASH}|の){_N})*(?:\s?番地|番|号室?)?"
_NO_TOWNS = ("介護", "支援", "障害", "等級", "区分", "小学", "中学", "高校", "段階")
_NO_TOWN_ENDS = "第月年日時分週約各全計前後午校級種期章表図式度歳対型類問例項条号回数率比点階層位和成料額"
_PLACE = "(?<=[一-龥ヶケ々])" + "".join(f"(?<!{each})" for each in _NO_TOWNS) + rf"(?<![{_NO_TOWN_ENDS}])"
_NO_ERA = "(?<!令和)(?<!平成)(?<!昭和)"
_CLOSES = r"(?=\s|$|[、。,.!?」)]|に(?!つ)|で|から|へ|です|だ|在住|の(?!人|方|場合|児|間|子))"
_PARTS = rf"(?<![-0-9A-Za-z]){_NO_ERA}[0-9]{{1,2}}(?:{_DASH}[0-9]{{1,3}}){{1,2}}{_DASH}[0-9]{{1,5}}(?![-0-9])"
_HOUSES = tuple(
    re.compile(pattern)
    for pattern in (
        rf"(?<=丁目)[\s]?(?:{_DASH})?{_N}(?=\D|$){_COUNTED}{_MORE}",
        rf"{_WHOLE_N}\s?番地(?:の?{_N}|{_DASH}{_N})*(?:号室?)?",
        rf"{_WHOLE_N}\s?番\s?{_N}(?:号室?|{_DASH}{_N})",
        rf"{_WHOLE_N}号室",
        _PARTS + rf"{_COUNTED}(?:号室?)?",
        rf"(?<![0-9])[0-9]{{1,2}}の[0-9]{{1,3}}の[0-9]{{1,3}}(?![0-9]){_COUNTED}",
        rf"{_PLACE}[0-9]{{1,2}}{_DASH}[0-9]{{1,3}}(?![-0-9]){_COUNTED}{_CLOSES}",
    )
)


def is_my_number(digits: str) -> bool:
    """Whether twelve digits carry a My Number's check digit (総務省令第85号, 2014)."""
    if len(digits) != 12:
        return False
    weights = (6, 5, 4, 3, 2, 7, 6, 5, 4, 3, 2)
    rest = sum(int(digit) * weight for digit, weight in zip(digits, weights, strict=False)) % 11
    return int(digits[11]) == (0 if rest <= 1 else 11 - rest)


def mask(text: str) -> str:
    """The text with My Numbers, mail addresses, phones, postcodes and house numbers replaced by a bracketed word.

    A text without any is given back as it is; another comes back in NFKC.
    """
    wide = unicodedata.normalize("NFKC", text)
    masked = _masked(wide)
    if masked == wide:
        return text
    while (again := _masked(masked)) != masked:
        masked = again
    return masked


def _masked(text: str) -> str:
    text = _RUN.sub(_numbers, _MAIL.sub("〔メール〕", text))
    text = _LOCAL_PHONE.sub("〔電話〕", _POSTCODE.sub("〔郵便番号〕", text))
    for house in _HOUSES:
        text = house.sub("〔番地〕", text)
    return text


def _numbers(match: re.Match[str]) -> str:
    """A run of digits with its My Numbers, then its phones masked."""
    run = match[0]
    if match["date"]:
        return run
    if run.startswith("+") and 10 <= len("".join(_GROUP.findall(run))) <= 14:
        return "〔電話〕"
    return _replaced(_replaced(run, is_my_number, "〔番号〕"), _is_phone, "〔電話〕")


def _replaced(run: str, fits: Callable[[str], bool], word: str) -> str:
    """The run with each fitting number replaced; a number begins and ends where a group of digits does."""
    groups = list(_GROUP.finditer(run))
    done, at, first = "", 0, 0
    while first < len(groups):
        count = _fitting([each[0] for each in groups[first : first + _LONGEST]], fits)
        if count:
            done += run[at : groups[first].start()] + word
            at = groups[first + count - 1].end()
        first += count or 1
    return done + run[at:]


def _fitting(groups: list[str], fits: Callable[[str], bool]) -> int:
    """How many of the first groups make the longest fitting number; 0 where none do."""
    counts = range(len(groups), 0, -1)
    return next((count for count in counts if fits("".join(groups[:count]).translate(_KANJI))), 0)


def _is_phone(digits: str) -> bool:
    return len(digits) in (10, 11) and digits.startswith("0")
