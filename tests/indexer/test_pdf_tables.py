"""Ruled tables of a PDF: cell by cell for the reviewer, row by row with their headings for residents."""

from itertools import pairwise
from pathlib import Path

import pytest
from reportlab.pdfbase import pdfmetrics
from reportlab.pdfbase.cidfonts import UnicodeCIDFont
from reportlab.pdfgen.canvas import Canvas

from indexer.documents import Document
from indexer.extract import extract
from tests.indexer.papers import FONT

XS, YS = (60, 180, 300, 420), (700, 670, 640, 610)
CELLS = [["設備", "数", "場所"], ["水琴窟", "3", "南の丘"], ["展望台", "1", "北の丘"]]


def _paper(path: Path) -> Canvas:
    pdfmetrics.registerFont(UnicodeCIDFont(FONT))
    canvas = Canvas(str(path))
    canvas.setFont(FONT, 10)
    return canvas


def _read(canvas: Canvas, path: Path) -> Document:
    canvas.showPage()
    canvas.save()
    return extract(path)


def _write(canvas: Canvas, cells: list[list[str]]) -> None:
    for row, line in enumerate(cells):
        for column, cell in enumerate(line):
            canvas.drawString(XS[column] + 6, YS[row] - 18, cell)


def _grid(canvas: Canvas, how: str) -> None:
    if how == "one path":
        canvas.grid(list(XS), list(YS))
    elif how == "boxes":
        for left, right in pairwise(XS):
            for top, bottom in pairwise(YS):
                canvas.rect(left, bottom, right - left, top - bottom)
    else:
        for x in XS:
            canvas.rect(x, YS[-1], 0.7, YS[0] - YS[-1], stroke=0, fill=1)
        for y in YS:
            canvas.rect(XS[0], y, XS[-1] - XS[0], 0.7, stroke=0, fill=1)


@pytest.mark.parametrize("how", ["one path", "boxes", "slivers"])
def test_a_ruled_table_is_read_cell_by_cell(tmp_path: Path, how: str) -> None:
    """However its lines are drawn; what stands before and after it stays there, and nothing is said twice."""
    path = tmp_path / "garden.pdf"
    canvas = _paper(path)
    canvas.drawString(60, 760, "庭園の設備は、次の表のとおりです。")
    _grid(canvas, how)
    _write(canvas, CELLS)
    canvas.drawString(60, 560, "開園は令和十二年の春を予定しています。")
    document = _read(canvas, path)
    assert [(table.where, [list(row) for row in table.rows]) for table in document.tables] == [("p.1", CELLS)]
    text = "\n".join(block.text for block in document.blocks)
    assert "設備: 水琴窟 / 数: 3 / 場所: 南の丘" in text
    assert text.count("水琴窟") == 1
    assert text.index("次の表") < text.index("水琴窟") < text.index("令和十二年")


def test_a_cell_over_several_rows_is_said_in_each(tmp_path: Path) -> None:
    """One that spans columns is said once; wrapped words are joined; a bar in a cell is no border."""
    path = tmp_path / "fees.pdf"
    canvas = _paper(path)
    for x in XS:
        canvas.line(x, YS[0] if x in (XS[0], XS[-1], XS[1]) else YS[1], x, YS[-1])
    for y in YS:
        canvas.line(XS[0] if y != YS[2] else XS[1], y, XS[-1], y)
    said = [(66, 682, "区分"), (186, 682, "手数料（円）"), (66, 648, "証明書の"), (66, 634, "写し")]
    said += [(186, 652, "窓口"), (306, 652, "300"), (186, 622, "コンビニ|端末"), (306, 622, "200")]
    for x, y, words in said:
        canvas.drawString(x, y, words)
    assert [list(row) for row in _read(canvas, path).tables[0].rows] == [
        ["区分", "手数料（円）", ""], ["証明書の写し", "窓口", "300"], ["証明書の写し", "コンビニ｜端末", "200"],
    ]  # fmt: skip


def test_what_only_looks_like_a_table_stays_text(tmp_path: Path) -> None:
    """A frame, an empty grid, and a drawing of very many lines."""
    path = tmp_path / "chart.pdf"
    canvas = _paper(path)
    canvas.rect(50, 740, 400, 40)
    canvas.drawString(60, 755, "枠で囲んだお知らせです。くわしくは窓口へ。")
    canvas.grid(list(XS), list(YS))
    for number in range(600):
        canvas.line(60, 100 + number / 2, 400, 100 + number / 2)
    document = _read(canvas, path)
    assert document.tables == ()
    assert "枠で囲んだお知らせです。" in " ".join(block.text for block in document.blocks)
