"""Japanese typed in Latin letters, read as kana: `gomi no hi wa itsu desuka` is ごみ の ひ は いつ ですか.

Whoever has no Japanese keyboard types so, in any spelling: shi and si, fu and hu, macchi and matchi, shimbun, ō.
"""

import re
from collections.abc import Mapping

_ROWS = {
    "": "あいうえお",
    "k": "かきくけこ",
    "g": "がぎぐげご",
    "s": "さしすせそ",
    "z": "ざじずぜぞ",
    "t": "たちつてと",
    "d": "だぢづでど",
    "n": "なにぬねの",
    "h": "はひふへほ",
    "b": "ばびぶべぼ",
    "p": "ぱぴぷぺぽ",
    "m": "まみむめも",
    "r": "らりるれろ",
}
_AS_I = {each + "y": row[1] for each, row in _ROWS.items() if each not in ("", "d")}
_AS_I |= {"sh": "し", "ch": "ち", "j": "じ", "jy": "じ"}
"""What stands before a vowel as in しゃ."""
_ALONE = {"shi": "し", "chi": "ち", "ji": "じ", "tsu": "つ", "fu": "ふ", "n'": "ん", "-": ""}
_ALONE |= {"ya": "や", "yu": "ゆ", "yo": "よ", "wa": "わ", "wo": "を"}
_PARTICLES = {"wa": "は", "o": "を", "e": "へ", "dewa": "では", "niwa": "には", "konnichiwa": "こんにちは"}
_PARTICLES |= {"konbanwa": "こんばんは"}
_LONG = str.maketrans(
    {"ā": "aa", "â": "aa", "ī": "ii", "î": "ii", "ū": "uu", "û": "uu", "ē": "ee", "ê": "ee", "ō": "ou", "ô": "ou"}
)
_WORD = re.compile(r"[a-zāâīîūûēêōô'-]+(?![0-9])")
_OTHER = re.compile(r"[^\W\d_a-zāâīîūûēêōô]")
_MARK = re.compile(
    r"wa|ga|wo|kara|nani|doko|itsu|ikura|dou|naze|onegai|koto|arigatou?|konnichiwa|konbanwa|ohayou?"
    r"|.*(?:masu|desu|masuka|desuka|masen|mashita|deshita|kudasai|tasukete|tai|hoshii|nai|dekiru|suru|tte)"
)
"""Words and endings that hardly stand in a text of Latin letters unless it is Japanese."""
_SHORT = 4
"""A word of so few letters marks nothing where it stands alone."""
_GAP = re.compile(r"(?<=[ぁ-ゖ]) (?=[ぁ-ゖ])")
_ENOUGH = 0.7
"""Of the words of a text so many must be Japanese; others may stand between them: DV, card, machine."""


def in_kana(text: str) -> str:
    """A text in small letters in kana where it is Japanese in Latin letters; any other as it is."""
    words = [] if _OTHER.search(text) else _WORD.findall(text)
    read = {word: kana for word in words if (kana := _read(word))}
    marked = any(_MARK.fullmatch(word) for word in read if len(words) > 1 or len(word) > _SHORT)
    if not marked or sum(word in read for word in words) < _ENOUGH * len(words):
        return text
    return _GAP.sub("", _WORD.sub(lambda word: read.get(word[0], word[0]), text))


def _syllables() -> Mapping[str, str]:
    found = {
        consonant + vowel: kana for consonant, row in _ROWS.items() for vowel, kana in zip("aiueo", row, strict=True)
    }
    for before, kana in _AS_I.items():
        found |= {before + vowel: kana + small for vowel, small in zip("aueo", "ゃゅぇょ", strict=True)}
    found |= {"f" + vowel: "ふ" + small for vowel, small in zip("aieo", "ぁぃぇぉ", strict=True)}
    return found | _ALONE


_KANA = _syllables()
_DOUBLED = r"(?P<doubled>(?P<letter>[kgsztdhbpfjr])(?=(?P=letter))|[ct](?=ch))"
_NASAL = r"(?P<nasal>n(?![aiueoy'])|m(?=[bpm]))"
_PART = re.compile("|".join((_DOUBLED, _NASAL, *sorted(_KANA, key=len, reverse=True))))
_WHOLE = re.compile(f"(?:{_PART.pattern})+")


def _read(word: str) -> str:
    """A word in kana; empty where it is no Japanese one."""
    plain = word.translate(_LONG)
    if word in _PARTICLES or not _WHOLE.fullmatch(plain):
        return _PARTICLES.get(word, "")
    return _PART.sub(lambda part: "っ" if part["doubled"] else "ん" if part["nasal"] else _KANA[part[0]], plain)
