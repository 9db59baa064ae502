"""Suspicion: odd characters, sentences that speak to machines, and texts said over and over, in any text."""

import re
import unicodedata
from collections import Counter
from collections.abc import Iterable, Iterator
from functools import cache
from pathlib import Path

import yaml

from knowledge.findings import Finding, FindingKind

MOST_FINDINGS = 200
MOST_TEXT = 2_000_000
_EXCERPT = 160
_BEFORE = 20  # characters of context shown before the place itself

_TAGS = "\U000e0000-\U000e007f"
_INVISIBLE = (
    "\u00ad\u034f\u061c\u115f\u1160\u17b4\u17b5\u180b-\u180e\u200b-\u200f\u2060-\u206f\u3164\ufeff\uffa0\ufff9-\ufffb"
)
_BIDI = "\u202a-\u202e"
_SELECTORS = "\ufe00-\ufe0f\U000e0100-\U000e01ef"
_SELECTED = "一-龯々〆\u2190-\u2bff\U0001f000-\U0001faff#*0-9©®"  # what a selector may follow: kanji and emoji
_LOOKALIKES = "\u0370-\u03a9\u03bf\u03c5\u03bd\u0400-\u052f"  # Greek and Cyrillic, but the letters of units
_EMOJI_JOINED = re.compile(
    "(?<=[\u2190-\u2bff\U0001f000-\U0001faff\ufe0f])\u200d(?=[\u2190-\u2bff\U0001f000-\U0001faff])"
)
_ODD: tuple[tuple[str, re.Pattern[str]], ...] = (
    ("見えないタグ文字", re.compile(f"[{_TAGS}]+")),
    ("文字の向きを変える記号", re.compile(f"[{_BIDI}\u2066-\u2069]+")),
    ("幅のない文字", re.compile(f"[{_INVISIBLE}]+")),
    ("字形を選ぶ記号の連続", re.compile(f"(?<![{_SELECTED}])[{_SELECTORS}]+|[{_SELECTORS}]{{2,}}")),
    ("外字(私用領域)の連続", re.compile("[\ue000-\uf8ff\U000f0000-\U0010fffd]{4,}")),
    ("数式用の飾り文字", re.compile("[\U0001d400-\U0001d7ff]{3,}")),
    ("形の似た別の国の文字", re.compile(rf"\b(?=\w*[A-Za-z])(?=\w*[{_LOOKALIKES}])[A-Za-z\u0370-\u052f]{{3,}}\b")),
    ("カタカナに似た漢字", re.compile("(?<=[ァ-ヺー])[二力口工卜夕一八](?=[ァ-ヺー])")),
)
_CONFUSABLE = str.maketrans(
    "асеіјорѕухԁһӏАВЕКМНОРСТУХІЅЈαοριν" + "ΑΒΕΖΗΙΚΜΝΟΡΤΥΧ", "aceijopsyxdhlABEKMHOPCTYXISJaopiv" + "ABEZHIKMNOPTYX"
)
_BASE64 = "[A-Za-z0-9+/]"
_ENCODED = re.compile(
    rf"(?<![A-Za-z0-9+/=_.-])(?={_BASE64}*[0-9])(?={_BASE64}*[A-Z])(?={_BASE64}*[a-z]){_BASE64}{{48,}}={{0,2}}(?![A-Za-z0-9+/])"
)
_SENTENCE = re.compile(r"[^。！？!?\n]{12,}[。！？!?]")
_OFTEN = 4


def suspicions(text: str, where: str) -> Iterator[Finding]:
    """What is odd in a text: characters, instructions (also written with odd characters), repetition; see `ordered`."""
    text = text[:MOST_TEXT]
    yield from _characters(text, where)
    yield from instructions(text, where)
    counts = Counter(match.group().strip() for match in _SENTENCE.finditer(text))
    for sentence, count in counts.items():
        if count >= _OFTEN:
            yield Finding(FindingKind.REPEATED, f"{where}、{count}回", sentence[:_EXCERPT])


def instructions(text: str, where: str) -> Iterator[Finding]:
    """Sentences that tell a machine what to do, read as a machine would read them."""
    for line in _plain(text).split("\n"):
        for start in range(0, max(len(line), 1), 2_000):
            part = line[start : start + 2_100]
            found = next((match for pattern in _patterns() if (match := pattern.search(part))), None)
            if found or (found := _ENCODED.search(part)):
                yield Finding(FindingKind.INSTRUCTION, where, _around(part, found.start()))


def ordered(findings: Iterable[Finding]) -> tuple[Finding, ...]:
    """Each finding once, the most telling kinds first, of each kind no more than a reviewer can read."""
    once = dict.fromkeys(findings)
    kept: list[Finding] = []
    for kind in FindingKind:
        kept += [finding for finding in once if finding.kind is kind][: MOST_FINDINGS // len(FindingKind)]
    return tuple(kept)


def shown(text: str) -> str:
    """The text with what can not be seen written out, as `⟨U+200B⟩`; tag characters as the letters they stand for."""
    return "".join(_visible(letter) for letter in " ".join(text.split()))[:_EXCERPT]


def _visible(letter: str) -> str:
    code = ord(letter)
    if 0xE0020 <= code <= 0xE007E:
        return chr(code - 0xE0000)
    unseen = unicodedata.category(letter) in ("Cf", "Cc", "Co", "Cn", "Cs") or re.match(
        f"[{_SELECTORS}{_INVISIBLE}]", letter
    )
    return f"⟨U+{code:04X}⟩" if unseen else letter


@cache
def _patterns() -> tuple[re.Pattern[str], ...]:
    read = yaml.safe_load((Path(__file__).parent / "instructions.yaml").read_text(encoding="utf-8"))
    words: dict[str, str] = read["words"]
    whole = (re.sub(r"%\((\w+)\)", lambda name: words[name[1]], pattern) for pattern in read["patterns"])
    return tuple(re.compile(pattern, re.IGNORECASE) for pattern in whole)


def _characters(text: str, where: str) -> Iterator[Finding]:
    text = _EMOJI_JOINED.sub("", text.removeprefix("\ufeff"))
    for name, pattern in _ODD:
        places = list(pattern.finditer(text))
        for match in places[:3]:
            count = f"、ほか{len(places) - 3}か所" if len(places) > 3 and match is places[2] else ""
            start = max(0, match.start() - _BEFORE)
            yield Finding(FindingKind.CHARACTERS, f"{where}：{name}{count}", shown(text[start : match.end() + 40]))


def _plain(text: str) -> str:
    """The text as it is meant to be read: tags as letters, nothing invisible, look-alikes as what they look like."""
    text = "".join(chr(ord(c) - 0xE0000) if 0xE0020 <= ord(c) <= 0xE007E else c for c in text)
    text = re.sub(f"[{_INVISIBLE}{_BIDI}{_SELECTORS}{_TAGS}]", "", text)
    text = unicodedata.normalize("NFKC", text).translate(_CONFUSABLE)
    return re.sub(r"[ \t\u3000]+", " ", text)


def _around(text: str, start: int) -> str:
    return shown(text[max(0, start - _BEFORE) :])
