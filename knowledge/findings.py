"""Findings: what a reviewer must look at before a document may be answered from."""

from collections.abc import Sequence
from dataclasses import asdict, dataclass
from enum import StrEnum
from typing import Any, Self


class FindingKind(StrEnum):
    """What may be wrong with a piece of a document; the most telling first."""

    INSTRUCTION = "instruction"
    HIDDEN = "hidden"
    CHARACTERS = "characters"
    ACTIVE = "active"
    REPEATED = "repeated"


@dataclass(frozen=True)
class Finding:
    """One thing to look at: where it stands or how it was hidden, and the words themselves, made visible."""

    kind: FindingKind
    where: str
    excerpt: str

    def to_json(self) -> dict[str, str]:
        """The finding as plain JSON values."""
        return asdict(self)

    @classmethod
    def from_json(cls, value: dict[str, Any]) -> Self:
        """The finding of `to_json`; ValueError, KeyError or TypeError when it is not one."""
        return cls(FindingKind(value["kind"]), str(value["where"]), str(value["excerpt"]))


@dataclass(frozen=True)
class Table:
    """A table as it stands in the document: where, its rows of cells, and how many more rows are not kept here."""

    where: str
    rows: tuple[tuple[str, ...], ...]
    more: int = 0

    @classmethod
    def of(cls, where: str, rows: Sequence[Sequence[str]], most: int = 200) -> Self:
        """The table, its first `most` rows kept."""
        return cls(where, tuple(tuple(row) for row in rows[:most]), max(0, len(rows) - most))

    @classmethod
    def from_json(cls, value: dict[str, Any]) -> Self:
        """The table of `asdict`; ValueError, KeyError or TypeError when it is not one."""
        rows = tuple(tuple(str(cell) for cell in row) for row in value["rows"])
        return cls(str(value["where"]), rows, int(value["more"]))
