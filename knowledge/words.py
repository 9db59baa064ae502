"""Splitting a text into what it is searched by: words in Sudachi's normalised forms, and the sound of them.

Sounds are katakana trigrams of the reading, so a wrong conversion (点入 for 転入) or a question typed in kana alone
still meets the words it was meant to be.
"""

import threading
from dataclasses import dataclass, field
from typing import Self

from sudachipy import Dictionary, SplitMode, Tokenizer

LONGEST = 2000
_KEPT = {"名詞", "動詞", "形容詞", "形状詞", "副詞", "接尾辞", "接頭辞"}
_SPOKEN = _KEPT | {"助動詞", "助詞", "感動詞", "連体詞", "代名詞"}
_STOP = frozenset(
    ["為る", "居る", "有る", "成る", "御", "事", "物", "下さる", "教える", "知る", "方", "何", "どう", "無い", "欲しい"]
    + ["良い", "行く", "来る", "言う", "出来る", "遣る", "貰う", "呉れる", "見る", "置く"]
)


@dataclass(frozen=True)
class Terms:
    """What a text is searched by: its content words, and the trigrams of its sound."""

    words: tuple[str, ...]
    sounds: tuple[str, ...]


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
        with self.lock:
            morphemes = [
                (m.part_of_speech()[0], m.normalized_form(), m.reading_form())
                for m in self.tokenizer.tokenize(text[:LONGEST])
            ]
        words = tuple(word for kind, word, _ in morphemes if kind in _KEPT and word not in _STOP)
        sound = "".join(reading for kind, _, reading in morphemes if kind in _SPOKEN)
        return Terms(words, tuple(sound[i : i + 3] for i in range(max(0, len(sound) - 2))))
