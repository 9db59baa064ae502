"""HTML: the main text of a page with its headings and tables; menus, hidden text and scripts are left out."""

import re
from collections.abc import Iterator

from lxml import etree
from lxml import html as lxml_html

from indexer.documents import Block, BlockKind, Document, LeftOut, Reason
from indexer.errors import NoTextError
from indexer.formats.characters import clean
from indexer.formats.measures import name_measures
from indexer.formats.tables import Row, clean_cell, render
from knowledge.findings import Table

_EMBEDDED = ("script", "style", "template", "noscript", "iframe", "svg", "object", "embed", "dialog")
_NEVER = frozenset([*_EMBEDDED, "nav", "footer", "aside", "form", "button", "select", "option"])
_TABLE_PARTS = ("table", "thead", "tbody", "tfoot", "tr", "th", "td", "caption")
_LIST_PARTS = ("ul", "ol", "li", "dl", "dt", "dd")
_SECTIONS = ("div", "section", "article", "main", "body", "header", "details", "summary", "fieldset", "center")
_BLOCKS = frozenset(
    [*_TABLE_PARTS, *_LIST_PARTS, *_SECTIONS, "p", "pre", "blockquote", "figure", "figcaption", "address"]
)
_FURNITURE = re.compile(
    r"(?:^|[\s_-])(?:bread-?crumbs?|pankuzu|topic-?path|skip|sns|share|page-?top|side-?bar|side-?menu|(?:global|local|sub)-?navi?"
    r"|navi?|menu|cookie|banner|hidden|visually-hidden|sr-only)(?:$|[\s_-])",
    re.IGNORECASE,
)
_ROLES = frozenset(["navigation", "banner", "contentinfo", "search", "complementary", "menu", "dialog"])
_HIDDEN_STYLE = re.compile(
    r"display:none|visibility:hidden|font-size:0(?:px|pt|em|;|$)|opacity:0(?:;|$)|text-indent:-\d{3,}"
)
_MAIN_IDS = "//*[@id='contents' or @id='content' or @id='main' or @id='honbun']"
_MAIN = ("//main", "//*[@role='main']", "//article", _MAIN_IDS)
_WIDEST = 50  # columns or rows one cell may claim


def read_html(text: str, name: str) -> Document:
    """The document a page makes; its title is the page's own first heading, its title element, or `name`."""
    parser = lxml_html.HTMLParser(encoding="utf-8", no_network=True, remove_comments=True, remove_pis=True)
    try:
        root = lxml_html.document_fromstring(text.encode(), parser=parser)
    except etree.ParserError as error:
        raise NoTextError from error
    left = sum(_prune(element) for element in list(root.iter(etree.Element)))
    main = next((found[0] for path in _MAIN if len(found := root.xpath(path)) == 1), root.find("body"))
    reader = _Reader()
    blocks = tuple(reader.read(root if main is None else main))
    first = next((block.text for block in blocks if block.kind is BlockKind.HEADING and block.level == 1), "")
    title = first or clean(re.split("[|｜]", root.findtext(".//title") or "")[0]) or name
    parts = (LeftOut(f"{left}か所", Reason.NAVIGATION),) if left else ()
    return Document(title, name_measures(blocks), parts, tables=tuple(reader.tables))


def _prune(element: "lxml_html.HtmlElement") -> bool:
    """Take a piece of furniture or hidden text out of the tree; the text after it stays."""
    if element.getparent() is None or not _is_furniture(element):
        return False
    element.drop_tree()
    return True


def _is_furniture(element: "lxml_html.HtmlElement") -> bool:
    if element.tag in ("html", "body", "main", "article"):
        return False
    if element.tag in _NEVER or element.get("role") in _ROLES or element.get("hidden") is not None:
        return True
    if element.tag == "header":
        return not any(parent.tag in ("main", "article") for parent in element.iterancestors())
    style = re.sub(r"\s", "", element.get("style", "")).lower()
    names = f"{element.get('id', '')} {element.get('class', '')}"
    return element.get("aria-hidden") == "true" or bool(_HIDDEN_STYLE.search(style) or _FURNITURE.search(names))


class _Reader:
    """Walks a tree in reading order; inline text gathers until a block begins or ends."""

    def __init__(self) -> None:
        self.words: list[str] = []
        self.items: list[str] = []
        self.tables: list[Table] = []
        self.heading = ""

    def read(self, element: "lxml_html.HtmlElement") -> Iterator[Block]:
        """All blocks below an element."""
        yield from self._walk(element)
        yield from self._flush()
        yield from self._end_list()

    def _walk(self, element: "lxml_html.HtmlElement") -> Iterator[Block]:
        tag = str(element.tag)
        if re.fullmatch("h[1-6]", tag):
            yield from self._flush()
            yield from self._end_list()
            if text := clean(" ".join(element.text_content().split())):
                self.heading = text
                yield Block(BlockKind.HEADING, text, int(tag[1]))
            return
        if tag == "table" and not element.xpath(".//table"):
            yield from self._table(element)
            return
        if tag in _BLOCKS:
            yield from self._flush()
        elif tag == "br":
            self.words.append("\n")
        self.words.append(re.sub(r"\s+", " ", element.text or ""))
        for child in element:
            yield from self._walk(child)
            self.words.append(re.sub(r"\s+", " ", child.tail or ""))
        if tag in _BLOCKS:
            yield from self._flush(tag)

    def _flush(self, tag: str = "") -> Iterator[Block]:
        lines = [clean(line) for line in "".join(self.words).split("\n")]
        self.words = []
        text = "\n".join(line for line in lines if line)
        if not text:
            return
        if tag in ("li", "dd"):
            self.items.append(f"・{text}")
            return
        yield from self._end_list()
        if tag == "dt":
            self.items.append(text)
        else:
            yield Block(BlockKind.PARAGRAPH, text)

    def _end_list(self) -> Iterator[Block]:
        if self.items:
            yield Block(BlockKind.LIST, "\n".join(self.items))
        self.items = []

    def _table(self, element: "lxml_html.HtmlElement") -> Iterator[Block]:
        yield from self._flush()
        yield from self._end_list()
        if caption := clean(element.findtext("caption") or ""):
            yield Block(BlockKind.PARAGRAPH, caption)
        rows = _rows(element)
        if text := render(rows):
            self.tables.append(Table.of(caption or self.heading, rows))
            yield Block(BlockKind.TABLE, text)


Held = dict[int, tuple[str, int]]


def _rows(table: "lxml_html.HtmlElement") -> list[Row]:
    """The cells of a table; a cell that spans rows is said in each of them, one that spans columns once."""
    rows: list[Row] = []
    held: Held = {}
    for line in table.iter("tr"):
        row, held = _row(line, held)
        rows.append(row)
    return rows


def _row(line: "lxml_html.HtmlElement", held: Held) -> tuple[Row, Held]:
    """A row with the cells held from above in their columns, and what it holds for the next."""
    row: Row = []
    below: Held = {column: (text, left - 1) for column, (text, left) in held.items() if left > 1}
    for cell in line.iterchildren("th", "td"):
        while len(row) in held:
            row.append(held[len(row)][0])
        text = clean_cell(" ".join(" ".join(cell.itertext()).split()))
        if (depth := _span(cell, "rowspan")) > 1:
            below[len(row)] = (text, depth - 1)
        row += [text] + [""] * (_span(cell, "colspan") - 1)
    while len(row) in held:
        row.append(held[len(row)][0])
    return row, below


def _span(cell: "lxml_html.HtmlElement", name: str) -> int:
    value = cell.get(name, "1").strip()
    return min(max(int(value), 1), _WIDEST) if value.isascii() and value.isdigit() else 1
