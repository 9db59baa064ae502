"""What an extraction yields: a titled run of blocks, what was left out of it, and what a reviewer must look at."""

from dataclasses import asdict, dataclass
from enum import StrEnum
from typing import Any, Self

from knowledge.findings import Finding, Table


class BlockKind(StrEnum):
    """The shapes of text a source is made of."""

    HEADING = "heading"
    PARAGRAPH = "paragraph"
    LIST = "list"
    TABLE = "table"


class Reason(StrEnum):
    """Why text was left out, in a sentence the department can act on."""

    CONTENTS = "目次のため(本文から探せます)"
    RUNNING_HEADER = "ページごとに繰り返される見出しのため"
    PAGE_NUMBER = "ページ番号のため"
    CAPTION = "図表の題名や出典だけの行のため(図の中身を答えに使うには、文章で書き足してください)"
    PICTURE_PAGE = "文字が読み取れない図のページのため(文字を含むPDFか、文章の資料を追加してください)"
    CHART = "図の中の年度の目盛りのため(表または文章で書き足すと答えに使えます)"
    COLOPHON = "発行元の連絡先のため(窓口の電話や場所は、窓口の台帳から答えます)"
    ERROR_CELL = "計算の誤り(#REF!など)が入ったセルのため(表を直して追加してください)"
    NO_VALUE = "計算式の結果が保存されていないセルのため(Excelで開いて保存し直してください)"
    NAVIGATION = "案内メニューや隠された文字のため"
    BROKEN_TABLE = "表の行と列のつながりが読み取れないため(表をMarkdownか文章にして追加してください)"
    FRAGMENT = "短い語だけで意味が取れないため(文章で書き足すと答えに使えます)"
    DUPLICATE = "同じ資料の中にほぼ同じ文章があるため"


@dataclass(frozen=True)
class LeftOut:
    """A part that was not taken: where (page, line or section, and how much) and why."""

    where: str
    why: str


@dataclass(frozen=True)
class Block:
    """One coherent stretch of text; lists and tables hold one item or row a line. `level` counts headings from 1."""

    kind: BlockKind
    text: str
    level: int | None = None
    page: int | None = None


@dataclass(frozen=True)
class Document:
    """A source as text in reading order, without furniture; `tables` are its tables once more, cell by cell."""

    title: str
    blocks: tuple[Block, ...]
    left_out: tuple[LeftOut, ...] = ()
    findings: tuple[Finding, ...] = ()
    tables: tuple[Table, ...] = ()

    def to_json(self) -> dict[str, Any]:
        """The document as plain JSON values."""
        return asdict(self)

    @classmethod
    def from_json(cls, value: dict[str, Any]) -> Self:
        """The document of `to_json`; ValueError, KeyError or TypeError when it is not one."""
        return cls(
            title=str(value["title"]),
            blocks=tuple(Block(BlockKind(b["kind"]), str(b["text"]), b["level"], b["page"]) for b in value["blocks"]),
            left_out=tuple(LeftOut(str(part["where"]), str(part["why"])) for part in value["left_out"]),
            findings=tuple(map(Finding.from_json, value["findings"])),
            tables=tuple(map(Table.from_json, value["tables"])),
        )
