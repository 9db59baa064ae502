"""Real files to ingest: made on the spot, and the plan texts that stand beside the project."""

from functools import cache
from pathlib import Path

import pytest
from reportlab.lib.pdfencrypt import StandardEncryption
from reportlab.pdfbase import pdfmetrics
from reportlab.pdfbase.cidfonts import UnicodeCIDFont
from reportlab.pdfgen.canvas import Canvas

from indexer.documents import Document
from indexer.extract import extract
from indexer.passages import Split, split

PLANS = Path(__file__).resolve().parents[3] / "shared" / "plans"
TOSHIMA, TOSHIMA_OLD, CHIYODA, TAITO, ITABASHI = "000", "001", "002", "003", "004"
FONT = "HeiseiKakuGo-W5"

needs_plans = pytest.mark.skipif(not PLANS.is_dir(), reason="the plan texts of ../shared/plans are not here")


@cache
def plan(number: str) -> Document:
    """The document of one plan text."""
    return extract(next(PLANS.glob(f"{number}_*.txt")))


@cache
def pieces(number: str) -> Split:
    """The passages of one plan text."""
    return split(plan(number))


def make_pdf(path: Path, pages: list[list[str]], password: str | None = None) -> Path:
    """A PDF with these lines on these pages, in a Japanese font, from the top; an empty page has a drawing only."""
    pdfmetrics.registerFont(UnicodeCIDFont(FONT))
    lock = StandardEncryption(password, ownerPassword="owner") if password else None
    canvas = Canvas(str(path), encrypt=lock)
    for lines in pages:
        canvas.setFont(FONT, 10)
        canvas.rect(50, 50, 20, 20)
        for number, line in enumerate(lines):
            canvas.drawString(60, 800 - 20 * number, line)
        canvas.showPage()
    canvas.save()
    return path


def written(path: Path, text: str, encoding: str = "utf-8") -> Path:
    """A text file in an encoding."""
    path.write_bytes(text.encode(encoding))
    return path
