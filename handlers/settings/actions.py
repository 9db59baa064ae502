"""What the buttons of the settings do; their words pack and unpack with those of all other buttons."""

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import date
from enum import StrEnum

from knowledge.changes import Speakable, change_of, month_of


class SettingsPage(StrEnum):
    """What the settings in the chat can show."""

    HOME = "home"
    TOPICS = "topics"
    AREA = "area"
    CHILDREN = "children"
    AGE = "age"
    LANGUAGE = "language"
    QUIET = "quiet"
    DISABILITY = "disability"
    MINE = "mine"
    ERASE = "erase"


@dataclass(frozen=True)
class ShowSettings:
    """Show a part of the settings; a long one in pieces, counted from 0."""

    page: SettingsPage = SettingsPage.HOME
    piece: int = 0

    def words(self) -> tuple[str, ...]:
        """As plain words."""
        return "settings", self.page.value, str(self.piece)


@dataclass(frozen=True)
class Choose:
    """Make a change."""

    change: Speakable

    def words(self) -> tuple[str, ...]:
        """As plain words."""
        return "set", *self.change.words()


@dataclass(frozen=True)
class PickMonth:
    """Let the resident pick a child's birth month between two days, on the phone's own calendar."""

    earliest: date
    latest: date

    @property
    def opens(self) -> date:
        """The day at which the calendar opens: most children are young."""
        return self.latest

    def words(self) -> tuple[str, ...]:
        """As plain words; what is picked comes back beside them."""
        return "pick", "month"


SettingsAction = ShowSettings | Choose | PickMonth
PICK_MONTH = "pick:month"


def settings_action(words: Sequence[str]) -> ShowSettings | Choose | None:
    """The action that words stand for, or None where they are none of ours."""
    match words:
        case ["settings", page, piece] if page in set(SettingsPage) and piece in set("0123456789"):
            return ShowSettings(SettingsPage(page), int(piece))
        case ["set", *change] if made := change_of(change):
            return Choose(made)
        case _:
            return None


def picked(payload: str, month: str) -> str:
    """The payload of a button with what was picked (a month as 2024-05) in it."""
    return f"set:child:{month}:add" if payload == PICK_MONTH and month_of(month) else payload
