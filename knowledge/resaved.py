"""What a spreadsheet does to cells that nobody changed when it saves a CSV: days spelled anew, letters lost.

Excel in Japan saves "CSV" in CP932 (Shift_JIS), which has no Hangul, no simplified Chinese and no Vietnamese accents.
"""

import re
import unicodedata
from datetime import datetime

_ENCODING = "cp932"
_LOST = "?"
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
    return re.fullmatch("".join(map(_saved, was)), cell) is not None


def _saved(letter: str) -> str:
    """What a letter may look like afterwards, as a pattern: a rare ideograph is two halves, hence two marks."""
    if (same := _through(letter)) is not None:
        return re.escape(same)
    if unicodedata.name(letter, "").startswith("LATIN"):
        return "[A-Za-z?]"
    return r"\?{1,2}" if letter.isalpha() else ".{1,2}"


def _through(text: str) -> str | None:
    """A text that was saved and read again (〜 becomes ～); None where it can not be saved."""
    try:
        return text.encode(_ENCODING).decode(_ENCODING)
    except UnicodeEncodeError:
        return None
