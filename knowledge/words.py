"""Splitting a text into what it is searched by: words in Sudachi's normalised forms, and the sound of them.

Sounds are katakana trigrams of the reading, so that a wrong conversion (点入 for 転入) still meets the word that was
meant. A question typed in kana alone is first written in the ward's own spellings, which its passages teach.
"""

import re
import threading
import unicodedata
from collections import Counter, defaultdict
from collections.abc import Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass, field
from typing import NamedTuple, Self

from sudachipy import Dictionary, SplitMode, Tokenizer

from knowledge.text import Language, detect_language

LONGEST = 2000
_KEPT = {"名詞", "動詞", "形容詞", "形状詞", "副詞", "接尾辞", "接頭辞"}
_SPOKEN = _KEPT | {"助動詞", "助詞", "感動詞", "連体詞", "代名詞"}
_STOP = frozenset(
    """
    為る 居る 有る 成る 御 事 物 下さる 教える 知る 方 何 どう 無い 欲しい 良い
    行く 来る 言う 出来る 遣る 貰う 呉れる 見る 置く
    """.split()
)


_NAMING = {"名詞", "接尾辞", "接頭辞", "補助記号", "空白"}
_SPELT = _KEPT - {"副詞"}
_KANA = re.compile(r"[ぁ-ゖー]+")
_BETWEEN = {"補助記号", "記号", "空白"}
_HIRAGANA, _KATAKANA, _KANJI = re.compile(r"[ぁ-ゖ]"), re.compile(r"[ァ-ヺ]"), re.compile(r"[一-鿿々]")
_HANGUL, _HAN, _LATIN = re.compile(r"[가-힣]"), re.compile(r"[一-鿿]+"), re.compile(r"[a-zà-öø-ɏḀ-ỿ]+")
_NAME_WORDS = 3
"""So many words are a name in another language at most: Sudachi takes all that it does not know for nouns and signs."""
_TO_KATAKANA = str.maketrans({chr(code): chr(code + 0x60) for code in range(ord("ぁ"), ord("ゖ") + 1)})
_RUN = 3
_SHORTEST, _LONGEST_SOUND = 3, 12
_DRAWN = re.compile(
    "(?<=[オコソトノホモヨロゴゾドボポョウクスツヌフムユルグズヅブプュ])ウ|(?<=[オコソトノホモヨロゴゾドボポョ])オ|ー"
)
"""What makes a vowel long, which many leave out in Latin letters: `juminhyo`."""
_SHORTEST_UNDRAWN = 4
_END = "\n"
_TAIL = re.compile(r"[\W_]+\Z")
"""Marks a spelling that is a whole text and no sound: no question holds a line break."""


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
    if morpheme.kind not in _KEPT or morpheme.word in _STOP:
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


def spellings_of(texts: Iterable[Sequence[Morpheme]]) -> dict[str, str]:
    """How Japanese texts write what sounds so: katakana, also without its long vowels, to the most frequent spelling.

    What is written in hiragana as a rule stays so, and is not told. A text in kana alone is among them as a whole:
    おやすみ is a greeting, though the ward writes of お休み.
    """
    found: defaultdict[str, Counter[str]] = defaultdict(Counter)
    whole: set[str] = set()
    for morphemes in texts:
        text = "".join(each.surface for each in morphemes)
        if detect_language(text) != Language.JA:
            continue
        if _in_kana(text):
            whole.add(text)
        for sound, spelling in _runs(morphemes):
            found[sound][spelling] += 1
    usual = {sound: _usual(spellings) for sound, spellings in sorted(found.items())}
    told = {sound: spelling for sound, spelling in usual.items() if not _KANA.fullmatch(spelling)}
    undrawn = {_DRAWN.sub("", sound): spelling for sound, spelling in told.items()}
    short = {sound: spelling for sound, spelling in undrawn.items() if len(sound) >= _SHORTEST_UNDRAWN}
    return short | told | {text + _END: text for text in sorted(whole)}


def _usual(spellings: Counter[str]) -> str:
    """The most frequent spelling, of equals one that is not in hiragana."""
    return max(spellings, key=lambda spelling: (spellings[spelling], not _KANA.fullmatch(spelling)))


def _in_kana(text: str) -> bool:
    return not _KANJI.search(text) and bool(_HIRAGANA.search(text) or _KATAKANA.search(text))


def _runs(morphemes: Sequence[Morpheme]) -> Iterator[tuple[str, str]]:
    """Sound and spelling of every run of one to three words: of content words, and of any in hiragana."""
    for start in range(len(morphemes)):
        sound = spelling = ""
        named = True
        for each in morphemes[start : start + _RUN]:
            if each.kind in _BETWEEN:
                break
            named = named and each.kind in _SPELT
            sound, spelling = sound + each.sound, spelling + each.surface
            written = named and (_KANJI.search(spelling) or _KATAKANA.search(spelling))
            if len(sound) >= _SHORTEST and (written or _KANA.fullmatch(spelling)):
                yield sound, spelling


def respell(text: str, spellings: Mapping[str, str]) -> str:
    """A text in kana alone with what sounds like the ward's words written as the ward does.

    Any other, and one that the ward knows in just these kana, whatever mark stands after them, stays as it is.
    """
    if not _in_kana(text) or {text + _END, _TAIL.sub("", text) + _END} & spellings.keys():
        return text
    sound, written, at = text.translate(_TO_KATAKANA), "", 0
    while at < len(text):
        lengths = range(min(_LONGEST_SOUND, len(text) - at), _SHORTEST - 1, -1)
        length = next((n for n in lengths if sound[at : at + n] in spellings), 1)
        written += spellings.get(sound[at : at + length], text[at : at + length]) if length > 1 else text[at]
        at += length
    return written
