"""What the buttons of reminders do; their words pack and unpack with those of all other buttons."""

import re
from collections.abc import Sequence
from dataclasses import dataclass
from datetime import date

_NUMBER = re.compile(r"[0-9]{1,2}", re.ASCII)
_DAY = re.compile(r"[0-9]{4}-[0-9]{2}-[0-9]{2}", re.ASCII)
PICK_DAY = "pickday:"


@dataclass(frozen=True)
class RemindMe:
    """Ask from which day a guide's deadline (by its place in the guide) counts."""

    guide: str
    number: int

    def words(self) -> tuple[str, ...]:
        """As plain words."""
        return "remind", self.guide, str(self.number)


@dataclass(frozen=True)
class PickDay:
    """Let the resident pick that day between two others, on the phone's own calendar, which opens at a third."""

    guide: str
    number: int
    earliest: date
    latest: date
    opens: date

    def words(self) -> tuple[str, ...]:
        """As plain words; what is picked comes back beside them."""
        return "pickday", self.guide, str(self.number)


@dataclass(frozen=True)
class RemindFrom:
    """Remind of a deadline counted from a day."""

    guide: str
    number: int
    day: date

    def words(self) -> tuple[str, ...]:
        """As plain words."""
        return "remindfrom", self.guide, str(self.number), self.day.isoformat()


@dataclass(frozen=True)
class DropReminder:
    """Delete a reminder."""

    reminder: str

    def words(self) -> tuple[str, ...]:
        """As plain words."""
        return "dropreminder", self.reminder


DeadlineAction = RemindMe | PickDay | RemindFrom | DropReminder


def deadline_action(words: Sequence[str]) -> DeadlineAction | None:
    """The action that words stand for, or None where they are none of ours."""
    match words:
        case ["remind", guide, number] if _NUMBER.fullmatch(number):
            return RemindMe(guide, int(number))
        case ["remindfrom", guide, number, day] if _NUMBER.fullmatch(number) and (picked := day_of(day)):
            return RemindFrom(guide, int(number), picked)
        case ["dropreminder", reminder]:
            return DropReminder(reminder)
        case _:
            return None


def day_of(text: str) -> date | None:
    """A day as 2026-11-21; None for anything else."""
    try:
        return date.fromisoformat(text) if _DAY.fullmatch(text) else None
    except ValueError:
        return None


def picked_day(payload: str, day: str) -> str:
    """The payload of a button with the day that was picked in it."""
    return f"remindfrom:{payload.removeprefix(PICK_DAY)}:{day}" if payload.startswith(PICK_DAY) and day else payload
