"""What a spreadsheet does to cells that nobody changed when it saves a CSV: days spelled anew, letters lost.

Excel in Japan saves "CSV" in CP932 (Shift_JIS), which has no Hangul, no simplified Chinese and no Vietnamese accents.
"""

import unicodedata
from collections.abc import Iterator
from datetime import datetime

_ENCODING = "cp932"
_LOST = "?"
_LAST_WHOLE = "\uffff"
"""Letters beyond are kept in two halves."""
_SPELLINGS = (("%Y/%m/%d", "%Y-%m-%d"), ("%b-%y", "%Y-%m"))
"""How Excel writes a day and a month, and how they were written."""


def same(cell: str, was: str) -> bool:
    """Whether a cell that differs from what it was is only what a spreadsheet made of it."""
    return cell == _through(was) or _respelled(cell, was) or _faded(cell, was)


def lost(cell: str, was: str) -> bool:
    """Whether letters got lost in a line of a cell that somebody did change."""
    return any(_faded(line, old) for line in cell.splitlines() for old in was.splitlines())


def _respelled(cell: str, was: str) -> bool:
    for spelled, kept in _SPELLINGS:
        try:
            return f"{datetime.strptime(cell, spelled):{kept}}" == was  # noqa: DTZ007 - a day, not a moment
        except ValueError:
            continue
    return False


def _faded(cell: str, was: str) -> bool:
    """Whether each letter that can not be saved became another, a ``?`` at least once; all the rest is as it was."""
    if cell.count(_LOST) <= was.count(_LOST) or _through(cell) != cell:
        return False
    reached = {0}
    for letter in was:
        reached = {end for start in reached for end in _ends(letter, cell, start)}
    return len(cell) in reached


def _ends(letter: str, cell: str, start: int) -> Iterator[int]:
    """Where a letter may end in a cell: what is kept in two halves may have left two marks."""
    if (same := _through(letter)) is not None:
        if cell.startswith(same, start):
            yield start + len(same)
        return
    for end in range(start + 1, start + (3 if letter > _LAST_WHOLE else 2)):
        if end <= len(cell) and all(_fits(letter, mark) for mark in cell[start:end]):
            yield end


def _fits(letter: str, mark: str) -> bool:
    """Whether a mark may stand for a lost letter: a base letter for an accented one, anything for a sign."""
    if unicodedata.name(letter, "").startswith("LATIN"):
        return mark == _LOST or (mark.isascii() and mark.isalpha())
    return mark == _LOST or not letter.isalpha()


def _through(text: str) -> str | None:
    """A text that was saved and read again (〜 becomes ～); None where it can not be saved."""
    try:
        return text.encode(_ENCODING).decode(_ENCODING)
    except UnicodeEncodeError:
        return None
