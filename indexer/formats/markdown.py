"""Markdown: headings, lists, tables and paragraphs; comments and raw HTML tags are not text."""

import re
from collections.abc import Iterator, Sequence

from indexer.documents import Block, BlockKind, Document
from indexer.formats.characters import clean, unmarked
from indexer.formats.measures import name_measures
from indexer.formats.tables import render, split_row
from knowledge.findings import Table

_COMMENT = re.compile(r"<!--.*?-->", re.DOTALL)
_FRONT = re.compile(r"\A---\n(.*?)\n---\n", re.DOTALL)
_FRONT_TITLE = re.compile(r"^title:\s*[\"']?(.+?)[\"']?\s*$", re.MULTILINE)
_HEADING = re.compile(r"^ {0,3}(#{1,6})\s+(.*?)\s*#*$")
_UNDERLINE = re.compile(r"^ {0,3}(=+|-+)\s*$")
_ITEM = re.compile(r"^\s*(?:([-*+])|(\d{1,3}[.)]))\s+(.*)$")
_TAG = re.compile(r"</?[A-Za-z][^>]{0,200}>")
_RULE = re.compile(r"^ {0,3}(?:[-*_] ?){3,}$")
_FENCE = re.compile(r"^ {0,3}(?:```|~~~)")


def read_markdown(text: str, name: str) -> Document:
    """The document a Markdown text makes; its title is the front matter's, or the first heading's, or `name`."""
    text = _COMMENT.sub("", text.replace("\r\n", "\n").replace("\r", "\n"))
    front = _FRONT.match(text)
    declared = _FRONT_TITLE.search(front[1]) if front else None
    lines = text[front.end() if front else 0 :].split("\n")
    blocks = tuple(_blocks(lines))
    tables = tuple(_tables(lines))
    headings = (block.text for block in blocks if block.kind is BlockKind.HEADING)
    return Document(clean(declared[1]) if declared else next(headings, name), name_measures(blocks), tables=tables)


def _blocks(lines: Sequence[str]) -> Iterator[Block]:
    at = 0
    while at < len(lines):
        end = at + 1
        if match := _HEADING.match(lines[at]):
            yield Block(BlockKind.HEADING, _inline(match[2]), len(match[1]))
        elif at + 1 < len(lines) and lines[at].strip() and _is_underlined(lines[at], lines[at + 1]):
            yield Block(BlockKind.HEADING, _inline(lines[at]), 1 if "=" in lines[at + 1] else 2)
            end = at + 2
        elif lines[at].strip() and not _RULE.match(lines[at]):
            end = _end(lines, at)
            yield from _filled(_block(lines[at:end]))
        at = end


def _tables(lines: Sequence[str]) -> Iterator[Table]:
    """Runs of piped lines, cell by cell, under the heading they stand below."""
    heading, rows = "", list[list[str]]()
    for line in [*lines, ""]:
        if _kind(line) is BlockKind.TABLE:
            rows += [row] if (row := split_row(line)) else []
            continue
        if rows:
            yield Table.of(heading, rows)
            rows = []
        if match := _HEADING.match(line):
            heading = _inline(match[2])


def _is_underlined(line: str, below: str) -> bool:
    return bool(_UNDERLINE.match(below)) and not line.lstrip().startswith("|") and not _ITEM.match(line)


def _end(lines: Sequence[str], at: int) -> int:
    if _FENCE.match(lines[at]):
        return next((n + 1 for n in range(at + 1, len(lines)) if _FENCE.match(lines[n])), len(lines))
    kind = _kind(lines[at])
    end = at + 1
    while end < len(lines) and lines[end].strip() and not _HEADING.match(lines[end]) and _goes_on(kind, lines[end]):
        end += 1
    return end


def _kind(line: str) -> BlockKind:
    if line.lstrip().startswith("|"):
        return BlockKind.TABLE
    return BlockKind.LIST if _ITEM.match(line) else BlockKind.PARAGRAPH


def _goes_on(kind: BlockKind, line: str) -> bool:
    """A table lasts while rows come; a list takes in its continuation lines; a paragraph ends where either begins."""
    return kind is BlockKind.LIST or _kind(line) is kind


def _block(lines: Sequence[str]) -> Block:
    if _FENCE.match(lines[0]):
        return Block(BlockKind.PARAGRAPH, "\n".join(clean(line) for line in lines[1:] if not _FENCE.match(line)))
    kind = _kind(lines[0])
    if kind is BlockKind.TABLE:
        return Block(kind, render([row for line in lines if (row := split_row(line))]))
    if kind is BlockKind.LIST:
        return Block(kind, "\n".join(_items(lines)))
    return Block(kind, _run_on([_inline(line.lstrip(" >")) for line in lines]))


def _items(lines: Sequence[str]) -> list[str]:
    items: list[str] = []
    for line in lines:
        match = _ITEM.match(line)
        if match:
            items.append(_inline(f"・{match[3]}" if match[1] else f"{match[2]} {match[3]}"))
        else:
            items[-1] = _run_on([items[-1], _inline(line)])
    return items


def _run_on(lines: Sequence[str]) -> str:
    """Lines of one paragraph: a blank between Latin words only."""
    text = ""
    for line in lines:
        text += (" " if re.search(r"[A-Za-z,.]$", text) and re.match("[A-Za-z]", line) else "") + line
    return text


def _inline(text: str) -> str:
    text = re.sub(r"!\[([^\][]*)\]\([^()\s]*\)", r"\1", text)
    return clean(_TAG.sub("", unmarked(text)).replace("`", ""))


def _filled(block: Block) -> Iterator[Block]:
    if block.text.strip():
        yield block
