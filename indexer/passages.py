"""Passages: a document cut into pieces that each make sense alone, under their section path."""

import hashlib
import re
import unicodedata
from collections.abc import Iterable, Sequence
from dataclasses import dataclass, field
from itertools import zip_longest

from indexer.documents import Block, BlockKind, Document, LeftOut, Reason

LIMIT = 400
_SMALL, _SMALL_SIBLING = 150, 100  # sections below are joined to what follows in, or beside, them
_TITLE = 30
_LONG_ENOUGH = 60  # characters from which a text says the same under any section
_FEWEST = 24  # characters below which words without a sentence say nothing
# From so many lines on, most of the text must stand in lines that can be whole; else cells have lost their rows.
_FRAGMENT_LINES, _WHOLE_LINE, _WHOLE_SHARE = 8, 16, 0.5
_SENTENCE = re.compile(r"[^。！？!?]*[。！？!?]+[」』）)】]*|[^。！？!?]+$")
_CLAUSE = re.compile(r"[^、，,\s]+[、，,\s]*|[、，,\s]+")


@dataclass(frozen=True)
class Passage:
    """An answerable piece: its section path from the top, its page where known, its text."""

    section: tuple[str, ...]
    page: int | None
    text: str

    @property
    def digest(self) -> str:
        """SHA-256 of section and text: equal digests need no new encoding."""
        return hashlib.sha256("\n".join([" > ".join(self.section), self.text]).encode()).hexdigest()


@dataclass(frozen=True)
class Split:
    """The passages of a document in order, and what was not made one."""

    passages: tuple[Passage, ...]
    left_out: tuple[LeftOut, ...]


@dataclass(frozen=True)
class _Unit:
    """What is never cut: a sentence, an item, a row."""

    text: str
    opens_line: bool = True
    page: int | None = None


@dataclass
class _Leaf:
    """The text of one section, block by block."""

    section: tuple[str, ...]
    page: int | None
    blocks: list[list[_Unit]] = field(default_factory=list)

    def add(self, units: list[_Unit], *, continues: bool) -> None:
        """Append a block, to the last one when that is its title."""
        if continues and self.blocks:
            self.blocks[-1] += units
        else:
            self.blocks.append(units)

    @property
    def size(self) -> int:
        """The characters the leaf's text will have, line breaks included."""
        return sum(len(unit.text) + 1 for block in self.blocks for unit in block)


def passages(document: Document, limit: int = LIMIT) -> tuple[Passage, ...]:
    """The document's passages of at most `limit` characters; see `split`."""
    return split(document, limit).passages


def split(document: Document, limit: int = LIMIT) -> Split:
    """Cut a document by section, then by block, then between sentences, items or rows.

    A passage is longer than `limit` only when one sentence or row is; one of more than twice the limit is cut between
    clauses. Small sections are joined under the section they share. Words that say nothing alone and texts that stand
    in the document twice are left out and reported.
    """
    kept: list[Passage] = []
    left: list[LeftOut] = []
    seen: set[tuple[str, tuple[str, ...]]] = set()
    for leaf in _joined([leaf for leaf in _leaves(document, limit) if leaf.blocks], limit):
        for passage in _packed(leaf, limit):
            likeness = _likeness(passage)
            reason = Reason.DUPLICATE if likeness in seen else _useless(passage.text)
            seen.add(likeness)
            if reason is None:
                kept.append(passage)
            else:
                left.append(LeftOut(" > ".join(passage.section) or document.title, reason))
    return Split(tuple(kept), tuple(left))


def _likeness(passage: Passage) -> tuple[str, tuple[str, ...]]:
    """What near-duplicates share: all letters and digits in order, and for short texts the section as well.

    Only typography may differ. A word, a figure or a できません more makes another statement, which must not be lost.
    """
    letters = re.sub(r"[\W_]+", "", unicodedata.normalize("NFKC", passage.text)).lower()
    return letters, passage.section if len(letters) < _LONG_ENOUGH else ()


def _leaves(document: Document, limit: int) -> Iterable[_Leaf]:
    path: list[tuple[int, str]] = []
    previous: Block | None = None
    leaf = _Leaf((), document.blocks[0].page if document.blocks else None)
    for block in document.blocks:
        if block.kind is BlockKind.HEADING:
            yield leaf
            level = block.level or 1
            path = [entry for entry in path if entry[0] < level] + [(level, block.text)]
            leaf = _Leaf(tuple(text for _, text in path), block.page)
        elif block.text.strip() and block.text.strip() != document.title:
            if not leaf.blocks:
                leaf.page = block.page
            leaf.add(list(_units(block, limit)), continues=_is_title(previous) and "。" in block.text)
        previous = block
    yield leaf


def _is_title(block: Block | None) -> bool:
    """Whether a paragraph reads as the title of the next: a glossary's term, an unnumbered heading."""
    if block is None or block.kind is not BlockKind.PARAGRAPH:
        return False
    return len(block.text) <= _TITLE and not re.search(r"[。:：\n]", block.text)


def _units(block: Block, limit: int) -> Iterable[_Unit]:
    for line in block.text.split("\n"):
        prose = block.kind is BlockKind.PARAGRAPH and len(line) > limit // 2
        whole = _SENTENCE.findall(line) if prose else [line]
        parts = (part for unit in whole for part in (_clauses(unit, limit) if len(unit) > 2 * limit else [unit]))
        yield from (_Unit(part, number == 0, block.page) for number, part in enumerate(parts))


def _clauses(unit: str, limit: int) -> Iterable[str]:
    """An endless sentence in parts of at most `limit`, cut after clauses where there are any."""
    part = ""
    for clause in _CLAUSE.findall(unit):
        if part and len(part) + len(clause) > limit:
            yield part
            part = ""
        part += clause
        while len(part) > limit:
            yield part[:limit]
            part = part[limit:]
    if part:
        yield part


def _joined(leaves: Sequence[_Leaf], limit: int) -> Iterable[_Leaf]:
    """Neighbouring small sections under their common path, each opened by the rest of its own."""
    current: _Leaf | None = None
    for leaf, after in zip_longest(leaves, leaves[1:]):
        opens = after is not None and _holds(leaf.section, after.section)
        merged = None
        if current and not opens:
            merged = _merge(current, leaf, limit)
        if merged:
            current = merged
            continue
        if current:
            yield current
        current = leaf
    if current:
        yield current


def _holds(outer: tuple[str, ...], inner: tuple[str, ...]) -> bool:
    return len(outer) < len(inner) and inner[: len(outer)] == outer


def _merge(first: _Leaf, second: _Leaf, limit: int) -> _Leaf | None:
    shared = 0
    while shared < min(len(first.section), len(second.section)) and first.section[shared] == second.section[shared]:
        shared += 1
    close = shared >= max(len(first.section) - 1, len(second.section) - 1, 1)
    bound = _SMALL if _holds(first.section, second.section) else _SMALL_SIBLING
    small = first.size + second.size <= limit and (first.size < bound or second.size < bound)
    if not (close and small) or first.page != second.page:
        return None
    blocks = _headed(first, shared) + _headed(second, shared)
    merged = _Leaf(first.section[:shared], first.page, blocks)
    return merged if merged.size <= limit else None


def _headed(leaf: _Leaf, shared: int) -> list[list[_Unit]]:
    rest = [_Unit(title, page=leaf.page) for title in leaf.section[shared:]]
    return [[*rest, *leaf.blocks[0]], *leaf.blocks[1:]] if rest else list(leaf.blocks)


def _useless(text: str) -> Reason | None:
    """Why a text tells nobody anything, or None."""
    lines = text.split("\n")
    if not re.search(r"\w", text) or (len(text) < _FEWEST and not re.search(r"[。:：—]", text)):
        return Reason.FRAGMENT
    whole = sum(len(line) for line in lines if len(line) >= _WHOLE_LINE)
    says = re.search("。|年度[)）]?: ", text)
    broken = len(lines) >= _FRAGMENT_LINES and whole < _WHOLE_SHARE * len(text) and not says
    return Reason.BROKEN_TABLE if broken else None


def _packed(leaf: _Leaf, limit: int) -> Iterable[Passage]:
    """The leaf's blocks in order, as many of one page together as fit; a block is broken only when it must be."""
    pieces: list[list[_Unit]] = []
    for block in leaf.blocks:
        same_page = bool(pieces) and pieces[-1][0].page == block[0].page
        if same_page and len(_text(pieces[-1] + block)) <= limit:
            pieces[-1] = pieces[-1] + block
        elif len(_text(block)) <= limit:
            pieces.append(block)
        else:
            pieces += _broken(block, limit)
    return [Passage(leaf.section, piece[0].page, _text(piece)) for piece in pieces]


def _broken(block: Sequence[_Unit], limit: int) -> list[list[_Unit]]:
    """A block too long for one passage, in pieces of about the same size."""
    total = len(_text(block))
    aim = total / -(-total // limit)
    pieces: list[list[_Unit]] = [[]]
    for unit in block:
        grown = len(_text([*pieces[-1], unit]))
        full = len(_text(pieces[-1])) + len(unit.text) / 2 > aim
        if pieces[-1] and (grown > limit or full):
            pieces.append([])
        pieces[-1].append(unit)
    return pieces


def _text(units: Sequence[_Unit]) -> str:
    """Sentences of one line run on; items and rows stand on lines of their own."""
    return "".join(("\n" if number and unit.opens_line else "") + unit.text for number, unit in enumerate(units))
