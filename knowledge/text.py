"""Normalising a text before it is encoded or split into words; the version is part of every snapshot."""

import re
import unicodedata
from enum import StrEnum

from knowledge.romaji import in_kana

NORMALISER = "nfkc-3"
LONGEST_QUESTION = 500
_TONES = "\u0300\u0301\u0302\u0303\u0309\u0323"
_SPACE = re.compile(r"\s+")
_CONTROL = re.compile(
    r"[\u0000-\u0008\u000b-\u001f\u007f\u200b-\u200f\u202a-\u202e\u2060-\u2064\ufeff\ud800-\udfff\U000e0000-\U000e007f]"
)
_REPEATED = re.compile(r"([!?。、ー~…w笑])\1{2,}")


class Language(StrEnum):
    """The languages a resident may write in."""

    JA = "ja"
    EN = "en"
    ZH = "zh"
    KO = "ko"
    VI = "vi"


def normalise(text: str) -> str:
    """The text in NFKC and lower case, without control and invisible characters, spaces and runs folded.

    Japanese in Latin letters is in kana. Normalising twice is normalising once.
    """
    text = unicodedata.normalize("NFKC", _CONTROL.sub("", unicodedata.normalize("NFKC", text)).lower())
    while (again := _folded(text)) != text:
        text = again
    return in_kana(text)


def _folded(text: str) -> str:
    text = unicodedata.normalize("NFKC", _CONTROL.sub("", text)).lower()
    return _SPACE.sub(" ", _REPEATED.sub(r"\1\1", text)).strip()


_ACRONYM = re.compile(r"\s*[A-Z]{2,3}\s*[?!]?\s*")
"""AED, DV, NHK: typed alone, a Japanese word."""
_HIRAGANA = re.compile(r"[ぁ-ゖ]")
_KATAKANA = re.compile(r"[ァ-ヺｦ-ﾟ]")
_HANGUL = re.compile(r"[가-힣ᄀ-ᇿㄱ-ㆎ]")
_HAN = re.compile(r"[一-鿿]")
_LATIN = re.compile(r"[a-z]")
# Chinese grammar, and characters of old form that Japanese of today writes otherwise.
_CHINESE = re.compile(
    r"[么呢哪吧啦啥你您她咱這嗎麼們沒證辦區戶兒嬰歲稅發轉關險應實產幫醫錢號單處續]"
    r"|怎|什麼|甚麼|如何(?!様)|我(?!孫子)|想(?=申請|要|問|知道|辦|換|請)|請問|需要(?!性|量|家|予|供)|多少|多久|可以|是否"
    r"|在哪|有沒|去哪|不到|不能|不會|不知|是不是|搬家|登[记記]|(?<![終完修満])了(?=$|[,。?!])"
)
_VIETNAMESE = re.compile(
    r"\b(toi|muon|khong|giay|nguoi|dang ky|o dau|bao nhieu|the nao|lam sao|can gi|thu tuc|bao hiem|chuyen|duoc|nhung"
    r"|tre em|khi nao|nop|cho hoi|ket hon|sinh con|phai|vut rac|do rac|ve nuoc|tien|benh vien|mat the|cua)\b|[đơưă]"
)
_VIETNAMESE_LETTERS = re.compile("[\u1ea0-\u1ef9]")
"""Vowels with two marks or a dot or hook: no other language here writes them."""
_ENGLISH = re.compile(r"\b(what|how|where|when|is|are|do|does|can|the|my|for|want|need|i|to|please)\b")


def detect_language(text: str) -> Language:
    """The language a short text is most likely written in: by script, then by words; Japanese where nothing tells.

    Hiragana is always Japanese; a Japanese name (漢字 or カタカナ) may stand in a sentence of another language.
    """
    text = unicodedata.normalize("NFKC", text)
    if _ACRONYM.fullmatch(text):
        return Language.JA
    text = text.lower()
    if _HANGUL.search(text):
        return Language.KO
    if _HIRAGANA.search(text):
        return Language.JA
    if (_HAN.search(text) or _KATAKANA.search(text)) and not _in_latin(text):
        return Language.ZH if _CHINESE.search(text) or _beyond_japanese(text) else Language.JA
    return _by_words(text)


def _beyond_japanese(text: str) -> bool:
    """Whether a character is none that Japanese computers have had since JIS X 0208: most simplified ones are."""
    graphs = "".join(_HAN.findall(text))
    return graphs.encode("cp932", "ignore").decode("cp932") != graphs


def _in_latin(text: str) -> bool:
    return bool(_ENGLISH.search(text) or _vietnamese(text))


def _vietnamese(text: str) -> bool:
    return bool(_VIETNAMESE_LETTERS.search(text) or _VIETNAMESE.search(_bare(text)))


def _by_words(text: str) -> Language:
    if _vietnamese(text):
        return Language.VI
    if not _LATIN.search(text):
        return Language.EN if any(each.isalpha() for each in text) else Language.JA
    return Language.EN if in_kana(text) == text else Language.JA


def _bare(text: str) -> str:
    """Latin letters without tone marks: Vietnamese is often typed so; the letters đ, ơ, ư and ă stay what they are."""
    marks = (each for each in unicodedata.normalize("NFD", text) if each not in _TONES)
    return unicodedata.normalize("NFC", "".join(marks))
