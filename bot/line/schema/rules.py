"""Small rules over JSON values, each yielding what is wrong and where."""

import re
from collections.abc import Callable, Iterator, Mapping, Sequence
from dataclasses import dataclass
from typing import TypeAlias

from bot.line.limits import TextLimit
from bot.line.measure import fits


@dataclass(frozen=True)
class Problem:
    """One thing LINE would refuse: the JSON path of the property and a sentence in LINE's own manner."""

    property: str
    message: str


Json: TypeAlias = Mapping[str, object]
Problems: TypeAlias = Iterator[Problem]
Rule: TypeAlias = Callable[[object, str], Problems]
Extra: TypeAlias = Callable[[Json, str], Problems]
_SURROGATE = re.compile(r"[\ud800-\udfff]")


def no_extra(_value: Json, _path: str) -> Problems:
    """Find nothing more to say about a record."""
    return iter(())


def join(path: str, name: str) -> str:
    """Append a property name to a path: `messages[0]` and `text` give `messages[0].text`."""
    return f"{path}.{name}" if path else name


def text(limit: TextLimit | None = None, pattern: str | None = None, least: int = 1, *, blank: bool = False) -> Rule:
    """Accept at least `least` characters within `limit`, wholly matching `pattern`; only white ones if `blank`."""
    compiled = re.compile(pattern) if pattern else None

    def rule(value: object, path: str) -> Problems:
        if not isinstance(value, str):
            yield Problem(path, "Must be a string")
        elif _SURROGATE.search(value):
            yield Problem(path, "Must be valid Unicode")
        elif len(value) < least or (least and not blank and not value.strip()):
            yield Problem(path, "May not be empty")
        elif limit and not fits(value, limit):
            yield Problem(path, f"Length must be between {least} and {limit.most}")
        elif compiled and not compiled.fullmatch(value):
            yield Problem(path, "Invalid format")

    return rule


def integer(least: int, most: int | None = None) -> Rule:
    """Accept a whole number in the closed range; `true` is not a number."""

    def rule(value: object, path: str) -> Problems:
        if not isinstance(value, int) or isinstance(value, bool):
            yield Problem(path, "Must be an integer")
        elif value < least or (most is not None and value > most):
            yield Problem(path, f"Must be between {least} and {'∞' if most is None else most}")

    return rule


def boolean(value: object, path: str) -> Problems:
    """Accept `true` or `false`."""
    if not isinstance(value, bool):
        yield Problem(path, "Must be a boolean")


def one_of(*values: object) -> Rule:
    """Accept exactly one of the given values."""

    def rule(value: object, path: str) -> Problems:
        if not any(value == allowed and type(value) is type(allowed) for allowed in values):
            yield Problem(path, f"Must be one of the following values: [{', '.join(map(str, values))}]")

    return rule


def array(item: Rule, least: int, most: int | None = None) -> Rule:
    """Accept a list of `least` to `most` items that each satisfy `item`."""

    def rule(value: object, path: str) -> Problems:
        if not isinstance(value, Sequence) or isinstance(value, str | bytes):
            yield Problem(path, "Must be an array")
            return
        if len(value) < least or (most is not None and len(value) > most):
            yield Problem(path, f"Size must be between {least} and {'∞' if most is None else most}")
        for index, element in enumerate(value):
            yield from item(element, f"{path}[{index}]")

    return rule


def record(
    required: Mapping[str, Rule] | None = None, optional: Mapping[str, Rule] | None = None, extra: Extra = no_extra
) -> Rule:
    """Accept an object with all `required` and any `optional` properties, nothing else, that also satisfies `extra`."""
    known = {**(optional or {}), **(required or {})}

    def rule(value: object, path: str) -> Problems:
        if not isinstance(value, Mapping):
            yield Problem(path, "Must be an object")
            return
        for name in required or {}:
            if name not in value:
                yield Problem(join(path, name), "Must be specified")
        for name, child in value.items():
            if name not in known:
                yield Problem(join(path, str(name)), "Unknown property")
            else:
                yield from known[name](child, join(path, name))
        yield from extra(value, path)

    return rule


def tagged(choices: Mapping[str, Rule], tag: str = "type") -> Rule:
    """Accept an object whose `tag` names one of `choices`, and satisfies that choice."""
    named = one_of(*choices)

    def rule(value: object, path: str) -> Problems:
        if not isinstance(value, Mapping):
            yield Problem(path, "Must be an object")
            return
        kind = value.get(tag)
        if tag not in value:
            yield Problem(join(path, tag), "Must be specified")
        elif not isinstance(kind, str) or kind not in choices:
            yield from named(kind, join(path, tag))
        else:
            yield from choices[kind](value, path)

    return rule


def any_value(_value: object, _path: str) -> Problems:
    """Accept anything (a tag already checked by `tagged`)."""
    return iter(())


def listed(value: Json, name: str) -> Sequence[object]:
    """Return the list under `name`, or an empty one where it is absent or no list (another rule says so)."""
    found = value.get(name)
    return found if isinstance(found, Sequence) and not isinstance(found, str) else ()
