"""What can be wrong with a field of the form; the sentences stand in `guides/problems.html`."""

from enum import StrEnum

from pydantic import ValidationError
from pydantic_core import ErrorDetails

from knowledge.errors import PocketError


class Problem(StrEnum):
    """Why a field can not stay as it is."""

    MISSING = "missing"
    FEW = "few"
    LONG = "long"
    NUMBER = "number"
    COUNT = "count"
    DATE = "date"
    YEARLY = "yearly"
    TIME = "time"
    CLOSES_FIRST = "closes_first"
    URL = "url"
    SCOPE = "scope"
    RULE = "rule"
    CHOICE = "choice"
    UNKNOWN = "unknown"
    ORDER = "order"
    MANY = "many"
    FOREIGN = "foreign"
    DEPARTMENT = "department"


class FormRefusedError(PocketError):
    """入力に直すところがあります。印のついた欄をご覧ください。書いた内容はそのまま残っています。"""

    def __init__(self, problems: dict[str, Problem]) -> None:
        self.problems = problems
        super().__init__()


_BY_COLUMN = {
    **dict.fromkeys(("opens", "closes"), Problem.TIME),
    "by": Problem.DATE,
    "yearly": Problem.YEARLY,
    **dict.fromkeys(("desk", "guide"), Problem.UNKNOWN),
    "valid_from": Problem.ORDER,
    "answer": Problem.MISSING,
    "number": Problem.COUNT,
    "scope": Problem.SCOPE,
    "rule": Problem.RULE,
}
_BY_TYPE = {
    "missing": Problem.MISSING,
    "string_too_short": Problem.MISSING,
    "string_too_long": Problem.LONG,
    "too_short": Problem.FEW,
    "enum": Problem.CHOICE,
    "bool_parsing": Problem.CHOICE,
    "closes_first": Problem.CLOSES_FIRST,
}
_BY_FAMILY = {
    "int": Problem.NUMBER,
    "greater": Problem.NUMBER,
    "date": Problem.DATE,
    "url": Problem.URL,
}


def problem_of(error: ErrorDetails, column: str) -> Problem:
    """What an error of the guide's rules means at a column of the form."""
    kind = error["type"]
    family = _BY_FAMILY.get(kind.split("_", maxsplit=1)[0])
    return _BY_TYPE.get(kind) or family or _BY_COLUMN.get(column, Problem.CHOICE)


def details(error: ValidationError) -> list[ErrorDetails]:
    """The single errors, without the values that were typed."""
    return error.errors(include_url=False, include_context=False, include_input=False)
