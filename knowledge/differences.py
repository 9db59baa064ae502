"""What differs between two guides, field by field, and between three when two people changed the same one."""

from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass
from difflib import SequenceMatcher
from typing import Any

from knowledge.guide import Guide

Value = Any
"""A value as JSON has it; None where there is none."""
Step = str | int
_NAMED_BY = ("case", "name", "days", "url", "valid_from", "text")
"""What tells the entries of a list of facts apart, the first that an entry has."""


@dataclass(frozen=True)
class Change:
    """One value: where it stands, before and after.

    `path` is the field, then for lists the place (from 0, in the newer list where it is still there) and the field
    within: ``("fees", 0, "yen")``. `entry` says which entry of a list that is, in its own words.
    """

    path: tuple[Step, ...]
    old: Value
    new: Value
    entry: str = ""


@dataclass(frozen=True)
class Triple:
    """One field that two people changed from the same base; `clash` when they want different things."""

    field: str
    base: Value
    theirs: Value
    mine: Value

    @property
    def clash(self) -> bool:
        """Whether both changed it, and differently."""
        return bool(self.theirs != self.base and self.mine not in (self.base, self.theirs))


def _plain(guide: Guide | None) -> dict[str, Value]:
    return guide.model_dump(mode="json") if guide else {}


def changes(old: Guide | None, new: Guide | None) -> tuple[Change, ...]:
    """Every value in which `new` differs from `old`, in the order of a guide's fields; None is no guide at all."""
    before, after = _plain(old), _plain(new)
    return tuple(
        change for field in Guide.model_fields for change in _between((field,), before.get(field), after.get(field))
    )


def _between(path: tuple[Step, ...], old: Value, new: Value, entry: str = "") -> Iterator[Change]:
    if old == new:
        return
    if isinstance(old, list) and isinstance(new, list):
        yield from _entries(path, old, new)
    elif isinstance(old, Mapping) and isinstance(new, Mapping):
        for name in dict.fromkeys([*old, *new]):
            yield from _between((*path, name), old.get(name), new.get(name), entry)
    elif not _empty(old) or not _empty(new):
        yield Change(path, old, new, entry)


def _empty(value: Value) -> bool:
    return value is None or value == []


def _entries(path: tuple[Step, ...], old: Sequence[Value], new: Sequence[Value]) -> Iterator[Change]:
    """Entries of one name are compared with each other, wherever they stand; the rest came or went."""
    left = dict(enumerate(old))
    for at, entry in enumerate(new):
        if entry in left.values():
            left.pop(next(i for i, each in left.items() if each == entry))
            continue
        like = next((i for i, each in left.items() if _same(each, entry) and each not in new[at:]), None)
        was = left.pop(like) if like is not None else None
        if was is None or not isinstance(entry, Mapping):
            yield Change((*path, at), was, entry, name_of(entry))
        else:
            yield from _between((*path, at), was, entry, name_of(entry))
    yield from (Change((*path, at), entry, None, name_of(entry)) for at, entry in left.items())


def _same(one: Value, other: Value) -> bool:
    if isinstance(one, Mapping) and isinstance(other, Mapping):
        return name_of(one) == name_of(other) or _alike(name_of(one), name_of(other))
    return False


def _alike(one: str, other: str) -> bool:
    return SequenceMatcher(None, one, other, autojunk=False).ratio() >= 0.6


def name_of(entry: Value) -> str:
    """What an entry of a list is called: its case, name, days or text."""
    if not isinstance(entry, Mapping):
        return str(entry)
    return next((str(entry[key]) for key in _NAMED_BY if entry.get(key)), "")


def three_way(base: Guide | None, theirs: Guide, mine: Guide) -> tuple[Triple, ...]:
    """The fields in which `theirs` or `mine` differs from `base`, in order; no base is an empty one."""
    first, other, own = _plain(base), _plain(theirs), _plain(mine)
    triples = (Triple(field, first.get(field), other.get(field), own.get(field)) for field in Guide.model_fields)
    return tuple(each for each in triples if not each.base == each.theirs == each.mine)


def merged(base: Guide | None, theirs: Guide, mine: Guide) -> Guide:
    """`theirs` with the fields that only `mine` changed, and `mine` where both did: what is proposed to go on with."""
    first, own = _plain(base), _plain(mine)
    fields = {field: own[field] for field in own if own[field] != first.get(field)}
    return Guide.model_validate({**_plain(theirs), **fields})
