"""From the form's texts to what a guide is made of, and from what is wrong with it back to the fields."""

from collections.abc import Mapping, Sequence
from typing import Any

from pydantic import ValidationError

from bot.console.guides import columns
from bot.console.guides.columns import AGENT, KEYS, LANGUAGES, LISTS, NO_DESK, REFERENCES, ROWS, SCALARS, SOURCE
from bot.console.guides.problems import Problem, details, problem_of
from knowledge import typed

Texts = Mapping[str, str]
Raw = dict[str, Any]
_COLUMNS = {"after": "event", "before": "event", "within": "number"}
_ANSWERS = {"yes": True, "no": False}


def raw(single: Texts, lists: Mapping[str, Sequence[Texts]]) -> Raw:
    """What `Guide` is validated from; what was left empty is left out."""
    found: Raw = {**columns.read(single, SCALARS), **{name: typed.lines(single.get(name, "")) for name in LISTS}}
    found |= {group: [_row(group, row) for row in rows] for group, rows in lists.items()}
    found["names"] = _names(single)
    found["source"] = columns.one_scope(columns.read(single, SOURCE, "source."))
    agent = columns.one_scope(columns.read(single, AGENT, "agent."))
    if "allowed" in agent:
        found["agent"] = {**agent, "allowed": _answer(agent["allowed"])}
    return found


def _names(single: Texts) -> Raw:
    easy = single.get("names.easy", "").strip() or single.get("title", "").strip()
    return {"easy": easy, **{each: typed.lines(single.get(f"names.{each}", "")) for each in LANGUAGES}}


def _answer(chosen: str) -> bool | str:
    return _ANSWERS.get(chosen, chosen)


def _row(group: str, row: Texts) -> Raw | str:
    texts = columns.one_scope(columns.read(row, ROWS[group]))
    if group in REFERENCES:
        return texts.get(REFERENCES[group], "")
    if group == "deadlines":
        return _deadline(texts)
    if group == "forms":
        return _form(texts)
    return _later(texts) if group == "later" else texts


def _deadline(texts: dict[str, str]) -> Raw:
    kind, event, number = (texts.pop(name, "") for name in ("rule", "event", "number"))
    unit, by, yearly = (texts.pop(name, "") for name in ("unit", "by", "yearly"))
    if not kind:
        return texts
    rules: dict[str, Raw] = {
        "after": {"after": event, "within": number + (unit or "d")},
        "before": {"before": event, "within": number + (unit or "d")},
        "by": {"by": by},
        "yearly": {"yearly": yearly},
    }
    return {**texts, "rule": rules.get(kind, {})}


def _form(texts: dict[str, str]) -> Raw:
    form: Raw = {**texts, "needs": typed.lines(texts.get("needs", ""))}
    return {**form, "mynumber": _answer(form["mynumber"])} if "mynumber" in form else form


def _later(texts: dict[str, str]) -> Raw:
    desks = [each for each in typed.lines(texts.pop("desks", "")) if each != NO_DESK] if "desks" in texts else None
    return {**texts, "desks": desks}


def forgotten(single: Texts) -> dict[str, Problem]:
    """The choice that is missing where something was written that belongs to it."""
    agent = columns.read(single, AGENT, "agent.")
    return {"agent.allowed": Problem.CHOICE} if "text" in agent and "allowed" not in agent else {}


def problems(error: ValidationError, places: Mapping[str, Sequence[int]]) -> dict[str, Problem]:
    """What is wrong by field; `places` are the rows' numbers in the form."""
    found: dict[str, Problem] = {}
    for each in details(error):
        key, column = _field(each["loc"], places)
        found.setdefault(key, problem_of(each, column))
    return found


def _field(location: Sequence[str | int], places: Mapping[str, Sequence[int]]) -> tuple[str, str]:
    first, *rest = location
    if first in ROWS and rest and isinstance(rest[0], int):
        group = str(first)
        column = _column(group, [str(each) for each in rest[1:]])
        return f"{group}.{places[group][rest[0]]}.{column}", column
    if location == ("agent",):
        return "agent.valid_from", "valid_from"
    parts = [str(each) for each in location]
    while len(parts) > 1 and ".".join(parts) not in KEYS:
        parts.pop()
    return ".".join(parts), parts[-1]


def _column(group: str, path: list[str]) -> str:
    """The column of a row; trouble with a row as a whole is an end before its beginning, or a change of nothing."""
    if group in REFERENCES:
        return REFERENCES[group]
    names = [_COLUMNS.get(each, each) for each in path]
    inner = [name for name in names if name in ROWS[group]]
    return inner[-1] if inner else ("answer" if group == "later" else "valid_from")
