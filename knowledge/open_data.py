"""The ward's open data: how many questions there were each month in each field, without anything small.

A figure under ten is not given, and neither is anything that depends on it: the total of a month adds up the figures
that are given. So the file would be the same whatever the withheld figures were, and nothing of them follows from it.
"""

from collections import Counter
from collections.abc import Iterable, Mapping
from dataclasses import dataclass
from datetime import date

from sqlalchemy import select
from sqlalchemy.orm import Session

from knowledge.models import CountOf, QuestionCount

LEAST = 10
MONTHS = 12


@dataclass(frozen=True)
class Cell:
    """One figure: the first day of a month, a field, and how many questions (None: withheld)."""

    month: date
    field: str
    count: int | None


@dataclass(frozen=True)
class Month:
    """The figures of one month, one a field, and the total of those that are given."""

    month: date
    cells: tuple[Cell, ...]

    @property
    def total(self) -> int:
        """The sum of the figures that are given."""
        return sum(cell.count or 0 for cell in self.cells)


def months_before(today: date, count: int = MONTHS) -> list[date]:
    """The first days of the last months that are over, the oldest first."""
    number = today.year * 12 + today.month - 1
    return [date(each // 12, each % 12 + 1, 1) for each in range(number - count, number)]


def withheld(counts: Mapping[tuple[date, str], int], months: Iterable[date], fields: Iterable[str]) -> list[Month]:
    """The figures as they may be given: every month with every field, whether anything was asked or not."""
    known = sorted(fields)
    return [
        Month(month, tuple(Cell(month, field, _given(counts.get((month, field), 0))) for field in known))
        for month in months
    ]


def _given(count: int) -> int | None:
    return count if count >= LEAST else None


def monthly(session: Session, today: date) -> list[Month]:
    """The last twelve months that are over, by the fields of the ward's guides at some time in them."""
    months = months_before(today)
    end = today.replace(day=1)
    found = select(QuestionCount.day, QuestionCount.value, QuestionCount.asked).where(
        QuestionCount.kind == CountOf.TOPIC.value, QuestionCount.day >= months[0], QuestionCount.day < end
    )
    counts: Counter[tuple[date, str]] = Counter()
    for day, value, asked in session.execute(found):
        counts[day.replace(day=1), value] += asked
    return withheld(counts, months, _fields(counts))


def _fields(counts: Mapping[tuple[date, str], int]) -> set[str]:
    """The fields that have a figure to give in some month: one that never has is not named at all."""
    return {field for (_, field), count in counts.items() if count >= LEAST}
