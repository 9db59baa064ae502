"""Spelling: a question typed in kana alone is written as the ward's own passages would write it.

Its passages are counted once, by sound: their words, their runs of content words, and whatever else of two or three
words they say often. Of all ways to write a text with these, the likeliest is taken.
"""

import json
import math
import re
from collections import Counter, defaultdict
from collections.abc import Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass
from pathlib import Path
from typing import NamedTuple, Self

from knowledge.text import Language, detect_language
from knowledge.words import CONTENT, Morpheme

SPELLINGS = "spellings.json"
OFTEN = 3
"""So many times a run of words that are not all content is said before it is believed to be a turn of speech."""
_RUN, _LONGEST_SOUND = 3, 14
_SPELT = CONTENT - {"副詞"}
_BETWEEN = {"補助記号", "記号", "空白"}
_KANA = re.compile(r"[ぁ-ゖー]+")
_KANA_SIGN, _KANJI = re.compile(r"[ぁ-ゖァ-ヺ]"), re.compile(r"[一-鿿々]")
_SOUND = re.compile(r"[ァ-ヺー]+")
_TO_KATAKANA = str.maketrans({chr(code): chr(code + 0x60) for code in range(ord("ぁ"), ord("ゖ") + 1)})
_DRAWN = re.compile(
    "(?<=[オコソトノホモヨロゴゾドボポョウクスツヌフムユルグズヅブプュ])ウ|(?<=[オコソトノホモヨロゴゾドボポョ])オ|ー"
)
"""What makes a vowel long, which many leave out in Latin letters: `juminhyo`."""
_SHORTEST_DRAWN, LEFT_OUT = 4, 1 / 8
"""Long vowels are left out of sounds of so many letters and more, and that seldom."""
_TAIL = re.compile(r"[\W_]+\Z")


class Spelling(NamedTuple):
    """How a sound is written as a rule, and how many times it is said."""

    written: str
    times: float


@dataclass(frozen=True)
class Spellings:
    """How the ward writes, by sound in katakana, of so many `words` in all; `short` are the sounds without long vowels.

    `whole` are its texts in kana alone: おやすみ is a greeting, though it writes of お休み elsewhere.
    """

    usual: Mapping[str, Spelling]
    short: Mapping[str, Spelling]
    whole: frozenset[str]
    words: int

    @classmethod
    def learned(cls, texts: Iterable[Sequence[Morpheme]]) -> Self:
        """What the Japanese among some texts teach."""
        found: defaultdict[str, Counter[str]] = defaultdict(Counter)
        named, whole, words = set[tuple[str, str]](), set[str](), 0
        for morphemes in texts:
            text = "".join(each.surface for each in morphemes)
            if detect_language(text) != Language.JA:
                continue
            words += len(morphemes)
            if _in_kana(text):
                whole.add(_TAIL.sub("", text))
            for sound, written, is_name in _runs(morphemes):
                found[sound][written] += 1
                if is_name:
                    named.add((sound, written))
        told = {
            sound: {written: times for written, times in each.items() if times >= OFTEN or (sound, written) in named}
            for sound, each in sorted(found.items())
        }
        usual = {sound: _usual(each) for sound, each in told.items() if each}
        return cls(usual, _undrawn(usual), frozenset(whole), words)

    @classmethod
    def open(cls, directory: Path) -> Self:
        """Those kept in a snapshot's directory."""
        kept = json.loads((directory / SPELLINGS).read_bytes())
        usual, short = ({sound: Spelling(*each) for sound, each in kept[name].items()} for name in ("usual", "short"))
        return cls(usual, short, frozenset(kept["whole"]), kept["words"])

    def save(self, directory: Path) -> None:
        """Keep them in a snapshot's directory."""
        kept = {"usual": self.usual, "short": self.short, "whole": sorted(self.whole), "words": self.words}
        (directory / SPELLINGS).write_text(json.dumps(kept, ensure_ascii=False), encoding="utf-8")

    def over(self, other: Self) -> Self:
        """These, and the other's where these know nothing."""
        new = {sound: each for sound, each in other.usual.items() if sound not in self.usual}
        short = {
            sound: each
            for sound, each in _undrawn(new).items()
            if sound not in self.short or each.times > self.short[sound].times
        }
        return type(self)({**self.usual, **new}, {**self.short, **short}, self.whole | other.whole, self.words)

    def _of(self, sound: str) -> Spelling | None:
        return self.usual.get(sound) or self.short.get(sound)

    def respell(self, text: str) -> str:
        """A text with kana and without kanji as the ward would write it.

        Any other, and one that the ward knows in just these kana, whatever mark stands after them, stays as it is.
        """
        if not _in_kana(text) or _TAIL.sub("", text) in self.whole:
            return text
        sound, best = text.translate(_TO_KATAKANA), [(0.0, 0)]
        for end in range(1, len(text) + 1):
            starts = range(max(0, end - _LONGEST_SOUND), end)
            best.append(min((best[start][0] + self._surprise(sound[start:end]), start) for start in starts))
        return "".join(self._written(sound[start:end], text[start:end]) for start, end in _path(best))

    def _surprise(self, sound: str) -> float:
        """How little it is to be expected; a letter that belongs to no word is like a word said once."""
        known = self._of(sound)
        if known is None and len(sound) > 1:
            return math.inf
        return math.log(max(self.words, 2) / (known.times if known else 1))

    def _written(self, sound: str, typed: str) -> str:
        known = self._of(sound)
        return typed if known is None or _KANA.fullmatch(known.written) else known.written


NO_SPELLINGS = Spellings({}, {}, frozenset(), 0)
"""Nothing is known: everything stays as it is."""


def _path(best: Sequence[tuple[float, int]]) -> list[tuple[int, int]]:
    """Start and end of the pieces that lead to the last place."""
    pieces, end = list[tuple[int, int]](), len(best) - 1
    while end:
        pieces.append((best[end][1], end))
        end = best[end][1]
    return pieces[::-1]


def _usual(spellings: Mapping[str, int]) -> Spelling:
    """The most frequent one, of equals one that is not in hiragana; its count is that of all together."""
    written = max(spellings, key=lambda each: (spellings[each], not _KANA.fullmatch(each)))
    return Spelling(written, sum(spellings.values()))


def _undrawn(usual: Mapping[str, Spelling]) -> dict[str, Spelling]:
    """What is not in hiragana, by its sound without long vowels; where two sound alike then, what is said more."""
    drawn = [
        (_DRAWN.sub("", sound), Spelling(each.written, each.times * LEFT_OUT))
        for sound, each in usual.items()
        if len(sound) >= _SHORTEST_DRAWN and _DRAWN.search(sound) and not _KANA.fullmatch(each.written)
    ]
    return dict(sorted(drawn, key=lambda each: each[1].times))


def _in_kana(text: str) -> bool:
    return not _KANJI.search(text) and bool(_KANA_SIGN.search(text))


def _runs(morphemes: Sequence[Morpheme]) -> Iterator[tuple[str, str, bool]]:
    """Sound and spelling of every run of one to three words, and whether it is one word or of content words alone.

    A figure alone is none: おばさん is not おば3.
    """
    for start in range(len(morphemes)):
        sound = written = ""
        named = True
        for place, each in enumerate(morphemes[start : start + _RUN]):
            sound, written = sound + each.sound, written + each.surface
            if each.kind in _BETWEEN or len(sound) > _LONGEST_SOUND or not _SOUND.fullmatch(sound):
                break
            named = named and each.kind in _SPELT
            if not written.isdigit():
                yield sound, written, named or not place
