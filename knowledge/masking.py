"""Masking what looks like personal data before a text is stored, logged or searched."""

import re
import unicodedata

_DASH = r"[-‐‑‒–—―−ーｰ－\s]"
_DIGIT = "[0-9０-９〇一二三四五六七八九]"
_KANJI = str.maketrans("〇一二三四五六七八九", "0123456789")
_TWELVE = re.compile(rf"(?<![0-9０-９]){_DIGIT}(?:{_DASH}{{0,2}}{_DIGIT}){{11}}(?![0-9０-９])")
_MAIL = re.compile(r"[A-Za-z0-9._%+-]+\s?[@＠]\s?[A-Za-z0-9.-]+\.[A-Za-z]{2,}")
_PHONE = re.compile(rf"(?<![0-9])(?:\+?81{_DASH}?|0)[0-9]{{1,4}}(?:{_DASH}?[0-9]){{6,8}}(?![0-9])")
_BLOCK = r"[0-9０-９]+(?:丁目|番地?|号|[-‐−ー－の])"
_ADDRESS = re.compile(
    rf"(?:[一-龥ヶケ々ぁ-んァ-ン]{{1,8}}?)({_BLOCK}[0-9０-９]+(?:(?:番地?|号|[-‐−ー－の])[0-9０-９]*)*(?:号室?)?)"
)
_POSTCODE = re.compile(r"〒\s?[0-9]{3}[-‐−ー－]?[0-9]{4}")


def is_my_number(digits: str) -> bool:
    """Whether twelve digits carry a My Number's check digit (総務省令第85号, 2014)."""
    weights = (6, 5, 4, 3, 2, 7, 6, 5, 4, 3, 2)
    rest = sum(int(digit) * weight for digit, weight in zip(digits, weights, strict=False)) % 11
    return int(digits[11]) == (0 if rest <= 1 else 11 - rest)


def _my_number(match: re.Match[str]) -> str:
    digits = "".join(c for c in unicodedata.normalize("NFKC", match[0]).translate(_KANJI) if c.isdigit())
    return "〔番号〕" if is_my_number(digits) else match[0]


def mask(text: str) -> str:
    """The text with My Numbers, mail addresses, phones, postcodes and house numbers replaced by a bracketed word."""
    text = _TWELVE.sub(_my_number, text)
    text = _MAIL.sub("〔メール〕", text)
    text = _POSTCODE.sub("〔郵便番号〕", text)
    wide = unicodedata.normalize("NFKC", text)
    text = wide if _PHONE.search(wide) else text
    text = _PHONE.sub("〔電話〕", text)
    return _ADDRESS.sub(lambda match: match[0].replace(match[1], "〔番地〕"), text)
