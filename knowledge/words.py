"""Splitting a text into what it is searched by: words in Sudachi's normalised forms, and the sound of them.

Sounds are katakana trigrams of the reading, so that a wrong conversion (点入 for 転入) still meets the word that was
meant.
"""

import re
import threading
import unicodedata
from collections.abc import Sequence
from dataclasses import dataclass, field
from typing import NamedTuple, Self

from sudachipy import Dictionary, SplitMode, Tokenizer

from knowledge.text import Language, detect_language

LONGEST = 2000
CONTENT = {"名詞", "動詞", "形容詞", "形状詞", "副詞", "接尾辞", "接頭辞"}
_SPOKEN = CONTENT | {"助動詞", "助詞", "感動詞", "連体詞", "代名詞"}
_STOP = frozenset(
    """
    為る 居る 有る 成る 御 事 物 下さる 教える 知る 方 何 どう 無い 欲しい 良い
    行く 来る 言う 出来る 遣る 貰う 呉れる 見る 置く
    """.split()
)


_NAMING = {"名詞", "接尾辞", "接頭辞", "補助記号", "空白"}
_KATAKANA = re.compile(r"[ァ-ヺ]")
_HANGUL, _HAN, _LATIN = re.compile(r"[가-힣]"), re.compile(r"[一-鿿]+"), re.compile(r"[a-zà-öø-ɏḀ-ỿ]+")
_NAME_WORDS = 3
"""So many words are a name in another language at most: Sudachi takes all that it does not know for nouns and signs."""


@dataclass(frozen=True)
class Terms:
    """What a text is searched by: content words, and trigrams of its sound.

    `bare` when it is a name and no more; `paired` when its words are pairs of characters.
    """

    words: tuple[str, ...]
    sounds: tuple[str, ...]
    bare: bool = False
    paired: bool = False


class Morpheme(NamedTuple):
    """A morpheme: part of speech, as written, normalised, and its sound in katakana."""

    kind: str
    surface: str
    word: str
    sound: str


@dataclass(frozen=True)
class WordSplitter:
    """Splits texts into terms; shared between threads, one text at a time."""

    tokenizer: Tokenizer
    lock: threading.Lock = field(default_factory=threading.Lock)

    @classmethod
    def open(cls) -> Self:
        """A splitter on Sudachi's core dictionary."""
        return cls(Dictionary(dict="core").tokenizer(SplitMode.A))

    def split(self, text: str) -> Terms:
        """The terms of a text, of which the first 2,000 characters count."""
        return terms_of(self.morphemes(text))

    def nouns(self, text: str) -> list[str]:
        """The nouns of a text, normalised."""
        return [each.word for each in self.morphemes(text) if each.kind == "名詞"]

    def morphemes(self, text: str) -> list[Morpheme]:
        """The morphemes of a text, of which the first 2,000 characters count."""
        with self.lock:
            return [
                Morpheme(m.part_of_speech()[0], m.surface(), m.normalized_form(), m.reading_form())
                for m in self.tokenizer.tokenize(text[:LONGEST])
            ]


def terms_of(morphemes: Sequence[Morpheme]) -> Terms:
    """What a text of these morphemes is searched by.

    Of Chinese and Korean, for which there is no dictionary here, pairs of characters are the words, beside what is
    written in katakana or figures. Of words in Latin script only the letters count: Vietnamese is often typed without
    its accents.
    """
    text = "".join(each.surface for each in morphemes)
    language = detect_language(text)
    bare = _bare(morphemes, language)
    if language == Language.ZH:
        pairs = (pair for run in _HAN.findall(text) for pair in _pairs(run))
        borrowed = (each.word for each in morphemes if _KATAKANA.match(each.surface) or each.surface.isdigit())
        return Terms((*pairs, *borrowed, *map(_plain, _LATIN.findall(text))), (), bare, paired=True)
    words = tuple(word for each in morphemes for word in _words(each))
    sound = "".join(map(_sound, morphemes))
    sounds = tuple(sound[i : i + 3] for i in range(max(0, len(sound) - 2)))
    return Terms(words, sounds, bare, paired=language == Language.KO)


def _words(morpheme: Morpheme) -> Sequence[str]:
    if _HANGUL.match(morpheme.surface):
        return _pairs(morpheme.surface)
    if morpheme.kind not in CONTENT or morpheme.word in _STOP:
        return ()
    return (_plain(morpheme.surface) if _LATIN.match(morpheme.surface) else morpheme.word,)


def _sound(morpheme: Morpheme) -> str:
    return _plain(morpheme.sound) if morpheme.kind in _SPOKEN else ""


def _pairs(run: str) -> list[str]:
    return [run[i : i + 2] for i in range(max(1, len(run) - 1))]


def _plain(word: str) -> str:
    """A word in Latin letters without their accents; any other as it is."""
    if not _LATIN.match(word):
        return word
    return "".join(each for each in unicodedata.normalize("NFD", word.replace("đ", "d")) if each.isalnum())


def _bare(morphemes: Sequence[Morpheme], language: Language) -> bool:
    """Whether a text is a name and no more; in another language than Japanese all that Sudachi finds are names."""
    if any(each.kind not in _NAMING for each in morphemes):
        return False
    return language == Language.JA or sum(each.kind != "空白" for each in morphemes) <= _NAME_WORDS
