"""What people type, read in everyday spellings."""

import pytest

from knowledge import typed


@pytest.mark.parametrize(
    ("written", "read"),
    [("300", "300"), ("１，２００円", "1200"), ("無料", "0"), ("￥450", "450"), ("3千円", "3千円"), ("", "")],
)
def test_amounts(written: str, read: str) -> None:
    """Digits of any width, commas, the currency before or after; what is unclear stays as it is."""
    assert typed.yen(written) == read


@pytest.mark.parametrize(
    ("written", "read"),
    [
        ("2027-3-1", "2027-03-01"),
        ("令和元年5月1日", "2019-05-01"),
        ("R9/3/31", "2027-03-31"),
        ("123", "?123"),
        (" ", ""),
    ],
)
def test_days(written: str, read: str) -> None:
    """Western years and Reiwa; a bare number is marked, because a date library would take it for seconds."""
    assert typed.day(written) == read


@pytest.mark.parametrize(("written", "read"), [("3月31日", "03-31"), ("毎年12/1", "12-01"), ("年末", "年末")])
def test_days_of_every_year(written: str, read: str) -> None:
    """A month and a day."""
    assert typed.yearly(written) == read


@pytest.mark.parametrize(
    ("written", "read"), [("8:30", "8:30"), ("８時半", "8:30"), ("17時", "17:00"), ("9時5分", "9:05"), ("朝", "朝")]
)
def test_hours(written: str, read: str) -> None:
    """A clock's or a person's spelling."""
    assert typed.clock(written) == read


def test_line_breaks_of_browsers_are_one() -> None:
    """A text comes back as it was kept."""
    assert typed.paragraph(" 一\r\n二\r三 ") == "一\n二\n三"
    assert typed.lines("一\r\n\r\n 二 \n") == ["一", "二"]
