"""What a form carries between the browser and its draft beside the guide's own fields."""

from collections.abc import Mapping
from dataclasses import dataclass, field, replace
from typing import Self

from starlette.datastructures import FormData

from bot.console.guides.form import GuideForm
from bot.console.guides.problems import Problem

_MOST_DIGITS = 9


@dataclass(frozen=True)
class Writing:
    """A guide being written: the draft and its revision (none yet: empty and 0), and the live version it began from.

    `question` is the id of the resident's question it is written for, `reason` why, for the second person to read.
    """

    form: GuideForm
    draft: str = ""
    revision: int = 0
    base: int = 0
    question: str = ""
    reason: str = ""
    problems: Mapping[str, Problem] = field(default_factory=dict)

    @classmethod
    def posted(cls, data: FormData) -> Self:
        """What a browser sent."""
        fields = [(name, value) for name, value in data.multi_items() if isinstance(value, str)]
        single = dict(fields)
        return cls(
            GuideForm.posted(fields),
            single.get("draft", ""),
            _number(single.get("revision", "")),
            _number(single.get("base", "")),
            single.get("question", ""),
            single.get("reason", ""),
        )

    @property
    def new(self) -> bool:
        """Whether no guide is there yet."""
        return not self.base

    def having(self, form: GuideForm) -> Self:
        """The same with another form."""
        return replace(self, form=form)

    def wrong(self, problems: Mapping[str, Problem]) -> Self:
        """The same with what is to be mended."""
        return replace(self, problems=problems)


def _number(typed: str) -> int:
    return int(typed) if typed.isascii() and typed.isdigit() and len(typed) <= _MOST_DIGITS else 0
