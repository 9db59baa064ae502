"""Headings of Japanese plans: recognised by how they are numbered, and kept once however often a page repeats them."""

import re
from collections import Counter
from collections.abc import Iterable, Sequence
from dataclasses import dataclass, field
from itertools import pairwise

from indexer.formats.characters import key
from indexer.formats.lines import Line, ends_sentence

LABEL_LEVEL = 9
_LONGEST = 80
_ROMAN = "IVXⅠ-Ⅻ"
_CHAPTER = re.compile(r"^(?:第\s?\d+\s?[章部編](?:\s.*)?|用語(?:集|索引|解説)|資料編|付録.*|【?別表】?)$")
_OPENING = re.compile(r"^(?:はじめに|おわりに|\S{1,6}あいさつ)$")
_DOTTED = re.compile(r"^(\d{1,2})([.．])\s?(?![\d.])(\S.*)$")
_SECTION = re.compile(r"^\d{1,2}[.．]\d{1,2}\s+\S.*$")
_SPACED = re.compile(r"^(\d{1,2}) (?![\d〇○か])(?!.*\d-\d)(\D.*)$")
_GROUP = re.compile(rf"^(?:(?:重点|基本)?(?:目標|方針)|推進体制強化|ビジョン)\s?[\d{_ROMAN}①-⑳].*$")
_SQUARE = re.compile(r"^■\s?\S.*$")
_MEASURE = re.compile(
    r"^(?:【?(?:施策|課題)\s?\d[\d-]*】?\s*\S.*|(?:№|No\.?)\s?\d+ 施策名\s.*|【参考資料\d*】\s?\S.*)$"
)
_BRACKETED = re.compile(r"^[(（]\d{1,2}[)）]\s*\S.{0,38}$")
_ACTION = re.compile(r"^(?:取組み?\s?\d{1,2}(?:[ -]\S.*)?|[①-⑳➀-➉]\s*\S.{0,28}|\[\d{1,2}\]\s?\S.*|\d-\d+(?:-\d+)?)$")
_ENCLOSED = re.compile(
    r"^(?:(?:現状|現況|将来|目標)\s?[(（].*年度.*[)）]|《.+》|◀.+▶|\d+か年|【[^】]+】|<[^>/]+>|★\S.*|□\s.*)$"
)
_YEAR_ALONE = re.compile(r"^(?:令和|平成)\d{1,2}年度$")
_DEED = re.compile(r"を[一-龥ァ-ヶーA-Za-z・]{2,10}$")  # a list item says what is done; a title names a thing
_YEARS = re.compile(r"^(?:現況\(|目標\()?(?:令和|平成)\d{1,2}年度|^令和\d{1,2}[(（]\d{4}[)）]年度")
_INTRODUCED = re.compile(rf"[-・●▶]|取組み?\s?\d|{_YEARS.pattern}")
_ORNAMENT = re.compile(r"^[✿◆●☆◇▼▲\s]+(?=\d)")


@dataclass
class Outline:
    """The open headings while a document is read; knows its labels and which numbers may come next."""

    labels: frozenset[str]
    full_dot_nested: bool
    _chapter: int = 0
    _open: list[tuple[int, str]] = field(default_factory=list)
    _last: dict[int, int] = field(default_factory=dict)

    def level(self, line: Line) -> int | None:
        """The level from 1 (chapter) to 9 (label) of a heading line, None for any other line."""
        text = _ORNAMENT.sub("", line.text)
        if not text or len(text) > _LONGEST or re.search(r"\t|…|[。、]$", text) or (line.wraps and len(text) < 12):
            return None
        if (chapter := _chapter(text)) and chapter <= self._chapter:
            return None
        return _numbered_word(text) or self._numbered(text, line) or self._label(text)

    def _numbered(self, text: str, line: Line) -> int | None:
        if _SECTION.match(text):
            return 3
        if match := _DOTTED.match(text):
            nested = self.full_dot_nested and "．" in line.raw[:6] and 2 in self._last
            return (6 if nested else 2) if nested or self._follows(2, int(match[1])) else None
        match = _SPACED.match(text)
        if match and not re.search("[：:]", text) and self._follows(4, int(match[1])):
            return 4
        return None

    def _follows(self, level: int, number: int) -> bool:
        last = self._last.get(level, 0)
        return number == 1 or last <= number <= last + 2

    def _label(self, text: str) -> int | None:
        if key(text) in self.labels or _ENCLOSED.match(text) or _YEAR_ALONE.match(text):
            return LABEL_LEVEL
        return None

    def repeats(self, text: str, level: int) -> bool:
        """Whether this heading is open already: then it is a running header."""
        if level >= LABEL_LEVEL:
            return False
        wanted = key(text)
        return any(wanted in (name, _plain(name)) or name == _plain(wanted) for _, name in self._open)

    def enter(self, text: str, level: int) -> None:
        """Open a heading: it closes those of its level and below."""
        self._chapter = _chapter(text) or self._chapter
        self._open = [entry for entry in self._open if entry[0] < level] + [(level, key(text))]
        self._last = {rank: number for rank, number in self._last.items() if rank <= level}
        if number := re.match(r"\d{1,2}", _ORNAMENT.sub("", text)):
            self._last[level] = int(number.group())


def _chapter(text: str) -> int:
    match = re.match(r"第\s?(\d+)\s?[章部編]", text)
    return int(match[1]) if match else 0


def _plain(name: str) -> str:
    """A heading's key without the Roman part number that some pages leave out: 「4. I …」 and 「4. …」."""
    return re.sub(r"^(\d+)[ivx]+(?![a-z])", r"\1", name)


def _numbered_word(text: str) -> int | None:
    if _CHAPTER.match(text) or (len(text) < 16 and _CHAPTER.match(text.replace(" ", ""))):
        return 1
    if _OPENING.match(text):
        return 2
    if _GROUP.match(text):
        return 5
    if _MEASURE.match(text) or (_BRACKETED.match(text) and not _DEED.search(text)):
        return 6
    if _ACTION.match(text) and not _DEED.search(text):
        return 7
    return 8 if _SQUARE.match(text) else None


def outline_of(lines: Sequence[Line]) -> Outline:
    """An outline that knows the labels repeated in these lines."""
    raws = [line.raw.strip() for line in lines]
    half = any(re.match(r"[0-9]{1,2}\. \D", raw) for raw in raws)
    return Outline(frozenset(_labels(lines)), full_dot_nested=half)


def _labels(lines: Sequence[Line]) -> Iterable[str]:
    """Short lines that come again and again and introduce text: 効果, 取組内容, 事業計画."""
    seen: Counter[str] = Counter()
    leading: Counter[str] = Counter()
    for line, after, then in zip(lines, lines[1:], lines[2:], strict=False):
        if len(line.text) <= 24 and not ends_sentence(line.text) and not re.search(r"[\t。]|^[-・※\d]", line.text):
            seen[key(line.text)] += 1
            leading[key(line.text)] += introduces(after.text) or bool(_YEARS.match(then.text))
    labels = {name for name, count in seen.items() if name and count >= 3 and leading[name] >= 0.6 * count}
    heads = Counter(key(a.text) for a, b in pairwise(lines) if key(b.text) in labels)
    return labels | {name for name, count in heads.items() if count >= 5 and count >= 0.8 * seen[name] > 0}


def introduces(text: str) -> bool:
    """Whether a line reads as content: a bullet, a sentence, a table row, years, an announced measure."""
    return len(text) >= 28 or "。" in text or "\t" in text or bool(_INTRODUCED.match(text))
