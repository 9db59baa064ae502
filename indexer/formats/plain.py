"""Plain text, and what a PDF's pages give: lines in, headings, paragraphs, lists and tables out."""

import re
from collections import Counter
from collections.abc import Sequence

from indexer.documents import Block, BlockKind, Document, LeftOut, Reason
from indexer.formats.contents import without_contents
from indexer.formats.headings import LABEL_LEVEL, Outline, outline_of
from indexer.formats.lines import Line, ends_sentence, is_marker, lines_of, runs_on
from indexer.formats.measures import name_measures
from indexer.formats.schedules import Schedule, vertical_schedule, year_row_schedule
from indexer.formats.tables import YEAR, is_row, render, split_row
from indexer.formats.titles import title_of

_PAGE_NUMBER = re.compile(r"^[-–—\s]*(?:p\.?\s?)?\d{1,3}[-–—\s]*(?:ページ)?$|^\d{1,3} ?/ ?\d{1,3}$", re.IGNORECASE)
_CAPTION = re.compile(
    r"^(?:(?:図|写真|表)\s?\d{1,3}\s?[^\d\s]|(?:資料|出典|出所|出展|引用)(?:\s?[:：)）]|$)"
    r"|※ ?(?:イメージ|生成AIで作成)$|N ?= ?[\d,]+$)"
)
_KANA_INDEX = re.compile(r"^(?:[あかさたなはまやらわ]行?|ABC|英数字?)$")
_COLOPHON = re.compile(
    r"^(?:〒|(?:発行|編集|電話|TEL|FAX)[・:： ]|[(（]?(?:平成|令和)\d+年(?:\d+月発行|度登録第))", re.IGNORECASE
)
_MEASURE_NUMBER = re.compile(r"^取組み?\s?(\d{1,2})(?![\d-])")
_PRESENT = re.compile(r"^(?:現状|現況)[(（].*年度")
_COLOPHON_LINES = 12  # a colophon stands within so many lines of the end
_BULLET = re.compile(r"^(?:[-*+] )?[・●○▶►➢✓☞◆▪•!]?\s*(?=\S)")
_OWN_MARK = re.compile(r"^(?:\d-\d+(?:-\d+)? |[(（]\d{1,2}[)）]|[①-⑳⇒→※★■【]|\d{1,2}[.)）])")
_LIST_LINE = re.compile(r"^(?:[-*+] |[・●○▶►➢✓☞▪•]|[⇒→])")
_OFFICE = re.compile(r"^担当(?:部署|課)?(?: (?P<first>\S.*))?$")
_OFFICE_NAME = re.compile(r"^\S{1,12}(?:課|室|署|所|部|局|センター)(?: \S+[課室部])*$")
_CHAPTER_GAP = re.compile(r"第\s?(\d+)\s?([章部編])")
_NUMBER_ALONE = re.compile(r"^(?:第\d+[章部編]|取組み?\s?[\d①-⑳-]+|\d-\d+(?:-\d+)?)$")


def read_text(text: str, name: str) -> Document:
    """The structure of a plain text; form feeds count as page ends."""
    lines = lines_of(text, pages="\f" in text.strip("\f \r\n"))
    return structured(lines, title_of(lines, name))


def structured(lines: list[Line], title: str) -> Document:
    """The document these lines make."""
    kept, dropped = without_contents(lines)
    reader = _Reader(kept)
    reader.left[Reason.CONTENTS] += dropped
    reader.read()
    left = tuple(LeftOut(f"{count}行", reason) for reason, count in reader.left.items() if count)
    return Document(title, name_measures(reader.blocks), left)


class _Reader:
    """Walks the lines once; each step takes one line or a run of lines."""

    def __init__(self, lines: Sequence[Line]) -> None:
        self.lines = lines
        self.at = 0
        self.blocks: list[Block] = []
        self.left: Counter[Reason] = Counter()
        self.outline: Outline = outline_of(lines)
        self.repeated = _repeated(lines)
        self.last: Line | None = None

    def read(self) -> None:
        """Take all lines."""
        while self.at < len(self.lines):
            line = self.lines[self.at]
            if self._runs_over(line):
                self._extend(line, joiner="")
            elif not (self._furniture(line) or self._table(line) or self._heading(line) or self._office(line)):
                self._text(line)
            self.at += 1

    def _runs_over(self, line: Line) -> bool:
        """Whether the sentence of the last line goes on in this one."""
        if self.last is None or is_row(line.text) or re.match("[・●■]", line.text) or self._opens(line):
            return False
        if is_marker(line.text):
            return False
        return self.last.wraps or (not line.gap and runs_on(self.last.text))

    def _opens(self, line: Line) -> bool:
        return len(line.text) <= 40 and self.outline.level(line) is not None

    def _extend(self, line: Line, joiner: str) -> None:
        block = self.blocks[-1]
        blank = " " if re.match("[A-Za-z,]", block.text[-1:]) and re.match("[A-Za-z]", line.text) else ""
        self.blocks[-1] = Block(block.kind, block.text + (joiner or blank) + line.text, block.level, block.page)
        self.last = line

    def _add(self, kind: BlockKind, text: str, line: Line, level: int | None = None) -> None:
        self.blocks.append(Block(kind, text, level, line.page))
        self.last = None

    def _leave(self, reason: Reason, count: int = 1) -> bool:
        self.left[reason] += count
        self.last = None
        return True

    def _furniture(self, line: Line) -> bool:
        if _PAGE_NUMBER.match(line.text):
            return self._leave(Reason.PAGE_NUMBER)
        if _COLOPHON.match(line.text) and self.at >= len(self.lines) - _COLOPHON_LINES:
            rest = len(self.lines) - self.at
            self.at = len(self.lines)
            return self._leave(Reason.COLOPHON, rest)
        if _KANA_INDEX.match(line.text) or (line.text in self.repeated and self.outline.level(line) is None):
            return self._leave(Reason.RUNNING_HEADER)
        if not _CAPTION.match(line.text):
            return False
        if line.text.count("「") > line.text.count("」") or line.wraps:
            self.at += 1
        return self._leave(Reason.CAPTION)

    def _table(self, line: Line) -> bool:
        if is_row(line.text):
            return self._rows(line)
        found = year_row_schedule(self.lines, self.at)
        if found is None and YEAR.match(line.text):
            found = vertical_schedule(self.lines, self.at, self._measure())
        return found is not None and self._scheduled(found, line)

    def _scheduled(self, found: Schedule, line: Line) -> bool:
        if not found.text:
            self._leave(Reason.CHART, found.used)
        else:
            self._drop_measure(found.text)
            self._add(BlockKind.TABLE, found.text, line)
        self.at += found.used - 1
        return True

    def _rows(self, line: Line) -> bool:
        end = self._table_end()
        rows = [row for at in range(self.at, end) if (row := split_row(self.lines[at].raw.strip(" \r\n\f")))]
        lead = self._measure() if rows and all(YEAR.match(cell) for cell in rows[0]) else ""
        text = render(rows, lead)
        self._drop_measure(text)
        if text:
            self._add(BlockKind.TABLE, text, line)
        self.at = end - 1
        return True

    def _table_end(self) -> int:
        """A blank line ends a table, unless the text has one after every line."""
        end = self.at + 1
        loose = end < len(self.lines) and self.lines[end].gap
        while end < len(self.lines) and is_row(self.lines[end].text) and (loose or not self.lines[end].gap):
            end += 1
        return end

    def _measure(self) -> str:
        """The short line just before a schedule: what the schedule is about."""
        block = self.blocks[-1] if self.blocks else None
        if block is None or block.kind is not BlockKind.PARAGRAPH or len(block.text) > 50 or "\n" in block.text:
            return ""
        return "" if re.search("[。．.:：]$", block.text) else block.text

    def _drop_measure(self, text: str) -> None:
        if (name := self._measure()) and text.startswith(name):
            self.blocks.pop()

    def _heading(self, line: Line) -> bool:
        text = line.text
        level = self.outline.level(line)
        if level is None or self._is_listed(text):
            return False
        if _NUMBER_ALONE.match(text) and self.at + 1 < len(self.lines) and len(self.lines[self.at + 1].text) < 30:
            self.at += 1
            text = f"{text} {self.lines[self.at].text}"
        if self.outline.repeats(text, level):
            return self._leave(Reason.RUNNING_HEADER)
        self.outline.enter(text, level)
        if self._joins_present_and_future(text, line):
            return True
        self._add(BlockKind.HEADING, _CHAPTER_GAP.sub(r"第\1\2", text.strip("✿★■《》◀▶- ")), line, level)
        return True

    def _joins_present_and_future(self, text: str, line: Line) -> bool:
        """Two columns whose headings were read one after the other: what follows can be either, so they stay one."""
        last = self.blocks[-1] if self.blocks else None
        both = last is not None and last.kind is BlockKind.HEADING and _PRESENT.match(last.text) and YEAR.match(text)
        if last is None or not both:
            return False
        self.blocks[-1] = Block(BlockKind.HEADING, f"{last.text}と{text}", LABEL_LEVEL, line.page)
        self.last = None
        return True

    def _is_listed(self, text: str) -> bool:
        """Whether this 取組 is only announced here: its own heading comes later."""
        match = _MEASURE_NUMBER.match(text)
        later = (_MEASURE_NUMBER.match(line.text) for line in self.lines[self.at + 1 :] if not is_row(line.text))
        return match is not None and any(other is not None and other[1] == match[1] for other in later)

    def _office(self, line: Line) -> bool:
        match = _OFFICE.match(line.text)
        if not match:
            return False
        names = [match["first"]] if match["first"] else []
        while self.at + 1 < len(self.lines) and _OFFICE_NAME.match(self.lines[self.at + 1].text):
            self.at += 1
            names.append(self.lines[self.at].text)
        self._add(BlockKind.PARAGRAPH, "担当: " + "、".join(" ".join(names).split()), line)
        return True

    def _text(self, line: Line) -> None:
        after = self.blocks[-1].kind if self.blocks and self.last is not None else None
        if _LIST_LINE.match(line.text) or _OWN_MARK.match(line.text):
            item = re.sub(r" (?=\d-\d+-\d+ )", "\n", _item(line.text))
            if self.blocks and self.blocks[-1].kind is BlockKind.LIST and self._same_page(line):
                self._extend(Line(item, item, line.gap, line.page, line.wraps), joiner="\n")
            else:
                self._add(BlockKind.LIST, item, line)
        elif after is not None and not line.gap and self._same_page(line):
            joined = ends_sentence(self.blocks[-1].text) and after is BlockKind.PARAGRAPH
            self._extend(line, joiner="" if joined else "\n")
        else:
            self._add(BlockKind.PARAGRAPH, line.text.lstrip("! "), line)
        self.last = line

    def _same_page(self, line: Line) -> bool:
        return self.blocks[-1].page == line.page


def _repeated(lines: Sequence[Line]) -> set[str]:
    """Lines printed on page after page that are no headings: notes at the foot, captions of icons."""
    counts = Counter(line.text for line in lines)
    return {text for text, count in counts.items() if count >= 4 and _may_be_running(text)}


def _may_be_running(text: str) -> bool:
    if len(text) < 6 or is_row(text) or _LIST_LINE.match(text) or "年度" in text:
        return False
    return not text.endswith("。") or text.startswith("※")


def _item(text: str) -> str:
    rest = _BULLET.sub("", text)
    return rest if _OWN_MARK.match(rest) else f"・{rest}"


__all__ = ["LABEL_LEVEL", "read_text", "structured"]
