"""Normalising a text before it is encoded or split into words; the version is part of every snapshot."""

import re
import unicodedata
from enum import StrEnum

NORMALISER = "nfkc-1"
LONGEST_QUESTION = 500
_SPACE = re.compile(r"\s+")
_CONTROL = re.compile(
    r"[\u0000-\u0008\u000b-\u001f\u007f\u200b-\u200f\u202a-\u202e\u2060-\u2064\ufeff\U000e0000-\U000e007f]"
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
    """The text in NFKC and lower case, without control and invisible characters, spaces and runs folded."""
    text = _CONTROL.sub("", unicodedata.normalize("NFKC", text)).lower()
    return _SPACE.sub(" ", _REPEATED.sub(r"\1\1", text)).strip()


_KANA = re.compile(r"[ぁ-ゖァ-ヺｦ-ﾟ]")
_HANGUL = re.compile(r"[가-힣ᄀ-ᇿㄱ-ㆎ]")
_HAN = re.compile(r"[一-鿿]")
_LATIN = re.compile(r"[A-Za-zÀ-ỹ]")
_VIETNAMESE = re.compile(r"[ăđơưĂĐƠƯạ-ỹẠ-Ỹ]|\b(toi|lam|muon|khong|giay|nguoi|phuong|dang ky)\b", re.IGNORECASE)
_CHINESE = re.compile(
    r"[们么这吗呢哪请问谁给让说话办证户迁购险费须领际单发卡补缴领孕妇婴儿区车东里后时间现钱报车电垃圾丢扔没]"
    r"|怎|什麼|甚麼|哪裡|如何辦|請問|我想|我要|需要什|多少|嗎|幫|為|辦理|這|沒"
)
_JAPANESE_ONLY = re.compile(r"[込働峠辻匂栃]|届|窓口|区役所|豊島区")


def detect_language(text: str) -> Language:
    """The language a short text is most likely written in, judged by its script; kana decides for Japanese."""
    if _HANGUL.search(text):
        return Language.KO
    if _KANA.search(text):
        return Language.JA
    if _HAN.search(text):
        return Language.ZH if _CHINESE.search(text) else Language.JA
    if _LATIN.search(text):
        decomposed = unicodedata.normalize("NFC", text)
        return Language.VI if _VIETNAMESE.search(decomposed) else Language.EN
    return Language.JA
