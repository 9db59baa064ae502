"""A guide as the fields of a form, and back: whatever was typed stays until it can be a guide.

A clerk with two minutes changes one line and wants the rest untouched; she makes a mistake and wants to see where, with
everything else as she left it. So a form is only texts by field (``fees.0.yen``); what they mean is asked on saving.
"""

import re
from collections.abc import Iterable, Mapping
from dataclasses import dataclass, field
from typing import Self

from pydantic import ValidationError

from bot.console.guides import columns, filling, reading
from bot.console.guides.columns import KEYS, MOST_ROWS, ROWS
from bot.console.guides.problems import FormRefusedError, Problem
from knowledge.guide import Guide

_ROW = re.compile(r"(?P<group>[a-z_]+)\.(?P<number>[0-9]{1,3})\.(?P<column>[a-z_]+)", re.ASCII)


@dataclass(frozen=True)
class Row:
    """One row of a list: its place, and what stands in its columns."""

    number: int
    columns: Mapping[str, str]

    def __getitem__(self, column: str) -> str:
        return self.columns.get(column, "")

    @property
    def blank(self) -> bool:
        """Whether nothing was written: such a row is left out."""
        return not any(value.strip() for name, value in self.columns.items() if name not in columns.CHOSEN)


@dataclass(frozen=True)
class GuideForm:
    """The texts of a form by field; no field that the form does not have."""

    single: Mapping[str, str] = field(default_factory=dict)
    lists: Mapping[str, tuple[Row, ...]] = field(default_factory=dict)

    @classmethod
    def of(cls, guide: Guide) -> Self:
        """The form that shows a guide."""
        lists = {group: _numbered(rows) for group, rows in filling.lists(guide).items()}
        return cls(filling.single(guide), lists)

    @classmethod
    def posted(cls, fields: Iterable[tuple[str, str]]) -> Self:
        """The form as a browser sent it; rows keep their order, whatever their numbers."""
        single: dict[str, str] = {}
        rows: dict[str, dict[int, dict[str, str]]] = {}
        for name, value in fields:
            place = _ROW.fullmatch(name)
            if name in KEYS:
                _put(single, name, value)
            elif place and place["column"] in ROWS.get(place["group"], ()):
                _put(rows.setdefault(place["group"], {}).setdefault(int(place["number"]), {}), place["column"], value)
        return cls(single, {group: _numbered(found[n] for n in sorted(found)) for group, found in rows.items()})

    def __getitem__(self, key: str) -> str:
        return self.single.get(key, "")

    def rows(self, group: str) -> tuple[Row, ...]:
        """The rows of a list."""
        return self.lists.get(group, ())

    def fields(self) -> dict[str, str]:
        """Every field with its text, as a browser would send it."""
        rows = {
            f"{group}.{row.number}.{column}": value
            for group, found in self.lists.items()
            for row in found
            for column, value in row.columns.items()
        }
        return {**self.single, **rows}

    def with_single(self, texts: Mapping[str, str]) -> Self:
        """The form with other texts in some of its single fields."""
        return type(self)({**self.single, **texts}, self.lists)

    def with_row(self, group: str, texts: Mapping[str, str] | None = None) -> Self:
        """The form with one more row at the end of a list."""
        return self._with(group, [*self._texts(group), texts or {ROWS[group][0]: ""}])

    def without_row(self, group: str, number: int) -> Self:
        """The form without one row."""
        return self._with(group, [row.columns for row in self.rows(group) if row.number != number])

    def with_row_raised(self, group: str, number: int) -> Self:
        """The form with one row a place further up."""
        texts = self._texts(group)
        if 0 < number < len(texts):
            texts[number - 1], texts[number] = texts[number], texts[number - 1]
        return self._with(group, texts)

    def guide(self) -> Guide:
        """The guide that was meant; raises FormRefusedError with the problem of each field that is not understood."""
        kept = {group: [row for row in rows if not row.blank] for group, rows in self.lists.items()}
        problems = self._too_much()
        if problems:
            raise FormRefusedError(problems)
        raw = reading.raw(self.single, {group: [row.columns for row in rows] for group, rows in kept.items()})
        problems = reading.forgotten(self.single)
        try:
            guide = Guide.model_validate(raw)
        except ValidationError as error:
            places = {group: [row.number for row in rows] for group, rows in kept.items()}
            raise FormRefusedError({**reading.problems(error, places), **problems}) from None
        if problems:
            raise FormRefusedError(problems)
        return guide

    def _too_much(self) -> dict[str, Problem]:
        long = {key: Problem.LONG for key, value in self.fields().items() if len(value) > columns.LONGEST}
        many = {group: Problem.MANY for group, rows in self.lists.items() if len(rows) > MOST_ROWS}
        return {**long, **many}

    def _texts(self, group: str) -> list[Mapping[str, str]]:
        return [row.columns for row in self.rows(group)]

    def _with(self, group: str, texts: Iterable[Mapping[str, str]]) -> Self:
        return type(self)(self.single, {**self.lists, group: _numbered(texts)})


def _numbered(texts: Iterable[Mapping[str, str]]) -> tuple[Row, ...]:
    return tuple(Row(number, each) for number, each in enumerate(texts))


def _put(texts: dict[str, str], name: str, value: str) -> None:
    """Keep a text; boxes ticked under one name become lines. No database keeps the character NUL."""
    value = value.replace("\x00", "")
    texts[name] = f"{texts[name]}\n{value}" if name in texts else value
