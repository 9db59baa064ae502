"""Word: paragraphs, headings, lists and tables of a .docx, in order; text a reader does not see is reported."""

import re
from collections.abc import Iterator
from pathlib import Path

from lxml import etree

from indexer.documents import Block, BlockKind, Document
from indexer.errors import BrokenOfficeError
from indexer.formats.archive import Archive
from indexer.formats.characters import clean
from indexer.formats.measures import name_measures
from indexer.formats.tables import Row, clean_cell, render
from indexer.formats.word_looks import Looks
from indexer.suspicion import shown, suspicions
from knowledge.findings import Finding, FindingKind, Table

W = "{http://schemas.openxmlformats.org/wordprocessingml/2006/main}"
_BODY = "word/document.xml"
_ASIDE = re.compile(r"^word/(?:header|footer|footnotes|endnotes|comments)\d*\.xml$|^docProps/(?:core|app|custom)\.xml$")
_ACTIVE = re.compile(r"vbaProject|/embeddings/|/activeX/|\.bin$|\.exe$", re.IGNORECASE)
_REMOTE = re.compile(rb'TargetMode="External"[^>]*attachedTemplate|attachedTemplate[^>]*TargetMode="External"')
_SKIPPED = frozenset([f"{W}del", f"{W}moveFrom", f"{W}rPr", f"{W}pPr", f"{W}instrText"])


def read_word(path: Path, name: str) -> Document:
    """The document of a .docx file; its title is its title paragraph, its first heading, or `name`."""
    archive = Archive(path)
    root = archive.xml(_BODY)
    if root is None or (body := root.find(f"{W}body")) is None:
        raise BrokenOfficeError
    reader = _Reader(Looks.of(archive.xml("word/styles.xml")))
    blocks = tuple(reader.read(body))
    headings = (block.text for block in blocks if block.kind is BlockKind.HEADING)
    findings = [*reader.findings, *_aside(archive), *_active(archive)]
    raw = "".join(reader.raw)
    findings += suspicions(raw, "本文")
    return Document(next(headings, name), name_measures(blocks), findings=tuple(findings), tables=tuple(reader.tables))


def _aside(archive: Archive) -> Iterator[Finding]:
    """Comments are not read, but shown; headers, footers, notes and properties only where they are suspicious."""
    for name in filter(_ASIDE.match, archive.names):
        part = archive.xml(name)
        text = "\n".join(piece for piece in part.itertext() if piece.strip()) if part is not None else ""
        if "comments" in name and text:
            yield Finding(FindingKind.HIDDEN, "コメント", shown(text))
        yield from suspicions(text, "本文の外")


def _active(archive: Archive) -> Iterator[Finding]:
    for name in archive.names:
        if _ACTIVE.search(name):
            yield Finding(FindingKind.ACTIVE, "マクロや埋め込まれたファイル(実行していません)", name)
        elif name.endswith(".rels") and _REMOTE.search(archive.read(name)):
            yield Finding(FindingKind.ACTIVE, "外から取り込むひな形(取り込んでいません)", name)


class _Reader:
    """Walks the body once; list items gather until something else comes."""

    def __init__(self, looks: Looks) -> None:
        self.looks = looks
        self.raw: list[str] = []
        self.findings: list[Finding] = []
        self.tables: list[Table] = []
        self.items: list[str] = []
        self.heading = ""

    def read(self, body: "etree._Element") -> Iterator[Block]:
        """All blocks of the body."""
        for element in _content(body):
            if element.tag == f"{W}tbl":
                yield from self._end_list()
                yield from self._table(element)
            else:
                yield from self._paragraph(element)
        yield from self._end_list()

    def _paragraph(self, paragraph: "etree._Element") -> Iterator[Block]:
        text = "\n".join(line for part in self._text(paragraph).split("\n") if (line := clean(part)))
        level = self.looks.level(paragraph)
        if text and level is None and paragraph.find(f"{W}pPr/{W}numPr") is not None:
            self.items.append(f"・{text}")
        elif text:
            yield from self._end_list()
            kind = BlockKind.PARAGRAPH if level is None else BlockKind.HEADING
            self.heading = self.heading if level is None else text
            yield Block(kind, text, level)
        for box in paragraph.iter(f"{W}txbxContent"):
            if not any(parent.tag.endswith("}Fallback") for parent in box.iterancestors()):
                for inner in box.iter(f"{W}p"):
                    yield from self._paragraph(inner)

    def _end_list(self) -> Iterator[Block]:
        if self.items:
            yield Block(BlockKind.LIST, "\n".join(self.items))
        self.items = []

    def _text(self, element: "etree._Element", *, shaded: bool = False) -> str:
        """The words a reader sees; hidden ones are noted instead."""
        parts: list[str] = []
        for run in _runs(element):
            text = _words(run)
            self.raw.append(text)
            if how := self.looks.hidden(run, shaded=shaded):
                self._note(how, text)
            else:
                parts.append(text)
        self.raw.append("\n")
        for gone in element.iter(f"{W}delText"):
            self._note("変更履歴で削除された文", gone.text or "")
        return "".join(parts)

    def _note(self, how: str, text: str) -> None:
        if text.strip():
            self.findings.append(Finding(FindingKind.HIDDEN, how, shown(text)))

    def _table(self, table: "etree._Element") -> Iterator[Block]:
        rows: list[Row] = []
        for line in table.iterchildren(f"{W}tr"):
            rows.append(self._row(line, rows[-1] if rows else []))
        self.tables.append(Table.of(self.heading, rows))
        if text := render(rows):
            yield Block(BlockKind.TABLE, text)

    def _row(self, line: "etree._Element", above: Row) -> Row:
        """The cells of a row; one that spans rows is said in each of them, one that spans columns once."""
        row: Row = []
        for cell in _cells(line):
            shaded = self.looks.is_shaded(cell)
            text = clean_cell(" ".join(self._text(part, shaded=shaded) for part in cell.iter(f"{W}p")))
            merge = cell.find(f"{W}tcPr/{W}vMerge")
            if merge is not None and merge.get(f"{W}val") != "restart" and len(row) < len(above):
                text = above[len(row)]
            span = cell.find(f"{W}tcPr/{W}gridSpan")
            width = span.get(f"{W}val", "1") if span is not None else "1"
            row += [text] + [""] * (min(int(width), 50) - 1 if width.isascii() and width.isdigit() else 0)
        return row


def _content(parent: "etree._Element") -> Iterator["etree._Element"]:
    for child in parent:
        if child.tag in (f"{W}p", f"{W}tbl"):
            yield child
        elif child.tag in (f"{W}sdt", f"{W}sdtContent", f"{W}customXml", f"{W}ins"):
            yield from _content(child)


def _cells(line: "etree._Element") -> Iterator["etree._Element"]:
    for child in line:
        if child.tag == f"{W}tc":
            yield child
        elif child.tag in (f"{W}sdt", f"{W}sdtContent", f"{W}customXml", f"{W}ins"):
            yield from _cells(child)


def _runs(element: "etree._Element") -> Iterator["etree._Element"]:
    for child in element:
        if child.tag == f"{W}r":
            yield child
        elif child.tag not in _SKIPPED:
            yield from _runs(child)


def _words(run: "etree._Element") -> str:
    text = ""
    for child in run:
        if child.tag == f"{W}t":
            text += child.text or ""
        elif child.tag == f"{W}tab":
            text += " "
        elif child.tag in (f"{W}br", f"{W}cr"):
            text += "\n"
    return text
