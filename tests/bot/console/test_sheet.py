"""Sheets: nothing runs, nothing is lost."""

import csv
import io

import pytest
from hypothesis import given
from hypothesis import strategies as st

from bot.console.sheet import from_csv, neutral, original, to_csv

STARTS = ["=", "+", "-", "@", "\t", "\r", "\n", "\x00", "＝", "＋", "－", "＠", " =", "\u200b=", "\ufeff@", "　＋"]
PAYLOADS = [start + rest for start in STARTS for rest in ("cmd|' /C calc'!A0", "1+1", "SUM(A1)", "HYPERLINK(1)", "")]
text = st.text(st.characters(exclude_categories=["Cs"])) | st.builds(
    lambda mark, start, rest: mark + start + rest, st.sampled_from(["", "'", "''"]), st.sampled_from(STARTS), st.text()
)


@pytest.mark.parametrize("payload", PAYLOADS)
def test_what_would_run_is_marked(payload: str) -> None:
    """A cell that begins like a formula begins with an apostrophe instead."""
    assert neutral(payload) == "'" + payload


@pytest.mark.parametrize("harmless", ["", "転入届", "100円", "03-1234-5678", "'quoted'", "a=b", "'"])
def test_what_would_not_run_stays(harmless: str) -> None:
    """Ordinary cells read as they were typed, and typed cells without a mark are taken as they are."""
    assert neutral(harmless) == original(harmless) == harmless
    assert original("=1+1") == "=1+1"


@given(text)
def test_every_text_comes_back(value: str) -> None:
    """The mark is taken off exactly where it was put."""
    assert original(neutral(value)) == value


@given(st.lists(st.lists(text, min_size=2, max_size=2), max_size=5))
def test_a_file_comes_back(rows: list[list[str]]) -> None:
    """Through a whole CSV file, with quotes and line breaks within cells, nothing is lost."""
    data = to_csv(("a", "b"), rows)
    assert data.startswith(b"\xef\xbb\xbf")
    assert from_csv(data.decode("utf-8-sig")) == [["a", "b"], *rows]


@given(text)
def test_no_cell_of_a_file_runs(value: str) -> None:
    """What a spreadsheet would read as the cell never begins like a formula."""
    ((cell,),) = csv.reader(io.StringIO(to_csv((value,), []).decode("utf-8-sig"), newline=""))
    assert not cell.startswith(tuple(STARTS))


def test_numbers_stay_numbers() -> None:
    """A count is not a text: a chart made of the file can add it up."""
    assert to_csv(("件数",), [(12,), (-3,)]).decode("utf-8-sig") == '"件数"\r\n"12"\r\n"-3"\r\n'
