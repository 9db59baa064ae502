"""The fields of the form: which there are, what a row of each list consists of, and how a typed value is read."""

from collections.abc import Callable, Mapping

from knowledge import typed

EVERY_FACT = ("scope", "scope_of", "valid_from", "valid_to")
ROWS: dict[str, tuple[str, ...]] = {
    "deadlines": ("case", "text", "rule", "event", "number", "unit", "by", "yearly", *EVERY_FACT),
    "fees": ("case", "yen", "kind", "note", *EVERY_FACT),
    "items": ("name", "when", *EVERY_FACT),
    "desks": ("desk",),
    "hours": ("days", "opens", "closes", "note", *EVERY_FACT),
    "forms": ("name", "url", "needs", "mynumber", *EVERY_FACT),
    "notes": ("text", *EVERY_FACT),
    "related": ("guide",),
    "extra_sources": ("url", "note", "copied", "scope", "scope_of"),
    "later": ("valid_from", "answer", "audience", "desks"),
}
REFERENCES = {"desks": "desk", "related": "guide"}
SCALARS = ("id", "title", "category", "answer", "audience", "owner", "review_by", "confidence")
LISTS = ("aliases", "life_events")
LANGUAGES = ("en", "zh", "ko", "vi")
NAMES = ("names.easy", *(f"names.{language}" for language in LANGUAGES))
AGENT = ("allowed", "text", *EVERY_FACT)
SOURCE = ("url", "title", "scope", "scope_of", "scope_note", "copied", "checked")
KEYS = (*SCALARS, *LISTS, *NAMES, *(f"agent.{each}" for each in AGENT), *(f"source.{each}" for each in SOURCE))
CHOSEN = frozenset({"kind", "unit"})
"""Columns that always have a choice made: a row with nothing else in it is empty."""
NO_DESK = "-"
"""Chosen where a guide has no desk any more from a day on; choosing nothing leaves the desks as they are."""
MOST_ROWS = 100
LONGEST = 4_000

_READ: dict[str, Callable[[str], str]] = {
    "yen": typed.yen,
    "number": typed.plain,
    "by": typed.day,
    "checked": typed.day,
    "review_by": typed.day,
    "valid_from": typed.day,
    "valid_to": typed.day,
    "yearly": typed.yearly,
    "opens": typed.clock,
    "closes": typed.clock,
    "url": str.strip,
}


def read(values: Mapping[str, str], names: tuple[str, ...], prefix: str = "") -> dict[str, str]:
    """The values of some fields that say something, in one spelling each."""
    found = {name: _READ.get(name, typed.paragraph)(values.get(prefix + name, "")) for name in names}
    return {name: value for name, value in found.items() if value}


def one_scope(found: dict[str, str]) -> dict[str, str]:
    """The fields with the scope's two halves put together as the guide keeps them."""
    scope, name = found.pop("scope", ""), found.pop("scope_of", "")
    if scope in ("tokyo-ward", "other-municipality"):
        scope = f"{scope}:{name}"
    return {**found, "scope": scope} if scope else found
