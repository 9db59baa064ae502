"""Characters: one form for digits, Latin and kana; nothing invisible."""

import re
import unicodedata

# Full-width digits and Latin, per cent, half-width katakana and look-alike ideographs take their NFKC form.
# Brackets, circled numbers, Roman numerals and wave dashes keep theirs: NFKC would change how a heading reads.
_COMPATIBLE = re.compile("[％＃＆＋／０-９Ａ-Ｚａ-ｚ｡-ﾟ⼀-⿟豈-﫿]+")
_INVISIBLE = re.compile(
    "[\u00ad\u200b-\u200f\u2028-\u202e\u2060-\u2064\ufeff\ufffe\uffff\U000e0000-\U000e007f\x00-\x08\x0e-\x1f\x7f]"
)
_PRIVATE_BULLET = re.compile("^(\\s*)[\ue000-\uf8ff]\\s*")
_PRIVATE = re.compile("[\ue000-\uf8ff]")
_BLANKS = re.compile("[ \u00a0\u2000-\u200a\u3000]+")
_GLOSSARY_MARK = re.compile(r"(?<=[\w）)」])＊")
_COUNTER = "年月日回件人名歳億万倍位種か所つ兆円％%"
_BEFORE_COUNTER = re.compile(rf"((?:[ぁ-んァ-ヶ一-龥ー、。（「(〜～]|^[0-9]) ?[0-9][0-9,.]*) (?=[{_COUNTER}])")
_AFTER_KANA = re.compile(rf"(?<=[ぁ-んァ-ヶ一-龥ー、。（]) (?=[0-9][0-9,.]* ?[（{_COUNTER}])")
_SPREAD = re.compile(r"^(?:[一-龥ぁ-んァ-ヶー] )+[一-龥ぁ-んァ-ヶー]$")
_SPREAD_LATIN = re.compile(r"(?<![A-Za-z])(?:[A-Za-z] )+[A-Za-z](?![A-Za-z])")
_EMPHASIS = re.compile(r"\*\*([^*]+)\*\*")
_LINK = re.compile(r"\[([^\][]+)\]\((?:[^()\s]*)\)")


def clean(text: str) -> str:
    """The line with compatible characters unified, invisible ones removed and blanks collapsed; tabs stay."""
    text = _INVISIBLE.sub("", text)
    text = _PRIVATE.sub("", _PRIVATE_BULLET.sub(r"\1・", text))
    text = _COMPATIBLE.sub(lambda match: unicodedata.normalize("NFKC", match.group()), text)
    text = _GLOSSARY_MARK.sub("", _BLANKS.sub(" ", text))
    text = _AFTER_KANA.sub("", _BEFORE_COUNTER.sub(r"\1", text)).strip(" \r\n\x0b\x0c")
    text = _SPREAD_LATIN.sub(lambda match: match.group().replace(" ", ""), text)
    return text.replace(" ", "") if _SPREAD.match(text) else text


def unmarked(text: str) -> str:
    """The text without Markdown emphasis and link targets."""
    return _LINK.sub(r"\1", _EMPHASIS.sub(r"\1", text)).replace("**", "")


def key(text: str) -> str:
    """What makes two headings the same: NFKC letters and digits only, in lower case."""
    return re.sub(r"[\W_]+", "", unicodedata.normalize("NFKC", text)).lower()
