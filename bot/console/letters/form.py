"""The form of a template: what was typed, what is wrong with it, and the value it makes."""

from collections.abc import Sequence
from dataclasses import dataclass
from typing import Any

from starlette.datastructures import FormData

from bot.console.notices.form import Filled, check_head, number
from knowledge.models import NoticeTemplate
from knowledge.notice import Variant
from knowledge.template import MOST_PLACES, Template, TemplateError, template_from
from knowledge.templates import SlugUnfitError, check_slug

KINDS = ("date", "desk", "guide", "number")
_TYPED = ("name", "least", "most")
"""What somebody types of a place; its kind is chosen always."""
_PLACES = {
    "name": "差し込みの名前は、半角の英小文字で始め、英小文字・数字・「_」だけで20文字までにしてください。例：kigen",
    "kind": "種類を選んでください。",
    "least": "いちばん小さい数を、0から10000000までの整数で書いてください。",
    "most": "いちばん大きい数を、0から10000000までの整数で書いてください。",
    "number": "数は、小さいほうから大きいほうの順に書いてください。",
}
_WORDS = {
    "title": ("見出しを書いてください。", "見出しは60文字までにしてください。"),
    "text": ("文面を書いてください。", "文面は1000文字までにしてください。"),
    "button": ("", "ボタンの名前は20文字までにしてください。"),
}
"""What is said where nothing is written, and where too much is."""


@dataclass(frozen=True)
class Wanted:
    """What a form asks to be kept."""

    slug: str
    title: str
    department: str
    template: Template


def filled(form: FormData) -> Filled:
    """What was sent."""
    return Filled({name: value.strip() for name, value in form.multi_items() if isinstance(value, str)})


def refilled(row: NoticeTemplate) -> Filled:
    """The form of a template as it stands."""
    content = row.content
    one = {"slug": row.slug, "title": row.title, "department": row.department}
    one["keeps_quiet"] = "yes" if content["keeps_quiet"] else ""
    for n, place in enumerate(content["places"]):
        one |= {f"place_{name}_{n}": str(value) for name, value in place.items()}
    for variant, words in content["texts"].items():
        one |= {f"{name}_{variant}": str(value or "") for name, value in words.items()}
    return Filled(one)


def wanted(typed: Filled) -> Wanted | None:
    """What the form makes; None with the problems noted at their fields."""
    try:
        check_slug(typed.get("slug"))
    except SlugUnfitError as error:
        typed.problems["slug"] = str(error)
    check_head(typed)
    template = _template(typed)
    if template is None or typed.problems:
        return None
    return Wanted(typed.get("slug"), typed.get("title"), typed.get("department"), template)


def _template(typed: Filled) -> Template | None:
    rows = [row for row in range(MOST_PLACES) if any(typed.get(f"place_{each}_{row}") for each in _TYPED)]
    texts = {each.value: _words(typed, each) for each in Variant if _written(typed, each)}
    places = [_place(typed, row) for row in rows]
    try:
        return template_from({"keeps_quiet": bool(typed.get("keeps_quiet")), "places": places, "texts": texts})
    except TemplateError as error:
        for path, said in error.problems.items():
            name, usual = _field(typed, rows, path)
            typed.problems[name] = said or usual
        return None


def _field(typed: Filled, rows: Sequence[int], path: str) -> tuple[str, str]:
    """The form's field for a path such as ``places.0.number.least``, and what its own rule asks for."""
    part, at, *rest = path.split(".")
    if part == "texts":
        name = f"{rest[0]}_{at}"
        missing, long = _WORDS[rest[0]]
        return name, long if typed.get(name) else missing
    own = rest[-1] if rest else "kind"
    return f"place_{'least' if own == 'number' else own}_{rows[int(at)]}", _PLACES[own]


def _written(typed: Filled, variant: Variant) -> bool:
    """Whether there is to be a notice in that language; in Japanese there always is."""
    return variant is Variant.JA or any(typed.get(f"{each}_{variant}") for each in _WORDS)


def _words(typed: Filled, variant: Variant) -> dict[str, Any]:
    button = typed.get(f"button_{variant}") or None
    return {"title": typed.get(f"title_{variant}"), "text": typed.get(f"text_{variant}"), "button": button}


def _place(typed: Filled, row: int) -> dict[str, Any]:
    kind = typed.get(f"place_kind_{row}")
    return {"kind": kind, "name": typed.get(f"place_name_{row}")} | (_bounds(typed, row) if kind == "number" else {})


def _bounds(typed: Filled, row: int) -> dict[str, int]:
    """The bounds of a number; what is no number is none, and said so at its field."""
    said = {end: number(typed.get(f"place_{end}_{row}")) for end in ("least", "most")}
    return {end: bound for end, bound in said.items() if bound is not None}
