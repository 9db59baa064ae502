"""Measures: a schedule row that only says (1) takes the words of item (1) above it."""

import re
from collections.abc import Sequence

from indexer.documents import Block, BlockKind
from indexer.formats.headings import LABEL_LEVEL

_NUMBERS = re.compile(r"^((?:[(（]\d{1,2}[)）][、,\s]*)+) — ")
_ITEM = re.compile(r"^([(（]\d{1,2}[)）])\s*(.+)$")


def name_measures(blocks: Sequence[Block]) -> tuple[Block, ...]:
    """The blocks, with numbered schedule rows naming the items of their own section."""
    named: list[Block] = []
    items: dict[str, str] = {}
    for block in blocks:
        if block.kind is BlockKind.HEADING and (block.level or 1) < LABEL_LEVEL:
            items = {}
        elif block.kind is BlockKind.TABLE and items:
            block = Block(block.kind, _named(block.text, items), block.level, block.page)  # noqa: PLW2901
        else:
            items |= {match[1]: match[2] for line in block.text.split("\n") if (match := _ITEM.match(line))}
        named.append(block)
    return tuple(named)


def _named(text: str, items: dict[str, str]) -> str:
    lines = []
    for line in text.split("\n"):
        match = _NUMBERS.match(line)
        numbers = re.findall(r"[(（]\d{1,2}[)）]", match[1]) if match else []
        names = "／".join(f"{number} {items[number]}" for number in numbers if number in items)
        lines.append(line if match is None or not names else f"{names} — {line[match.end() :]}")
    return "\n".join(lines)
