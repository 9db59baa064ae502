"""The form of a template: what was typed, what is wrong with it, and the value it makes."""

from collections.abc import Iterator
from dataclasses import dataclass
from typing import Any

from starlette.datastructures import FormData

from bot.console.notices.form import Filled, check_head, number
from knowledge.models import NoticeTemplate
from knowledge.notice import Variant
from knowledge.template import MOST_PLACES, Template, TemplateError, template_from

KINDS = ("date", "desk", "guide", "number")


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
    check_head(typed)
    template = _template(typed)
    if template is None or typed.problems:
        return None
    return Wanted(typed.get("slug"), typed.get("title"), typed.get("department"), template)


def _template(typed: Filled) -> Template | None:
    texts = {each.value: _words(typed, each) for each in Variant if typed.get(f"text_{each}")}
    try:
        places = list(_places(typed))
        return template_from({"keeps_quiet": bool(typed.get("keeps_quiet")), "places": places, "texts": texts})
    except TemplateError as error:
        usual = "見出し（60文字まで）と文面（1000文字まで）、差し込みの名前と数の範囲を確かめてください。"
        standard = str(error) == str(TemplateError())
        typed.problems["text_ja"] = usual if standard else str(error)
        return None


def _words(typed: Filled, variant: Variant) -> dict[str, Any]:
    button = typed.get(f"button_{variant}") or None
    return {"title": typed.get(f"title_{variant}"), "text": typed.get(f"text_{variant}"), "button": button}


def _places(typed: Filled) -> Iterator[dict[str, Any]]:
    for place in range(MOST_PLACES):
        name, kind = typed.get(f"place_name_{place}"), typed.get(f"place_kind_{place}")
        if name:
            yield {"kind": kind, "name": name} | (_bounds(typed, place) if kind == "number" else {})


def _bounds(typed: Filled, place: int) -> dict[str, int]:
    """The bounds of a number; what is no number is none, and said so with the template."""
    said = {end: number(typed.get(f"place_{end}_{place}")) for end in ("least", "most")}
    return {end: bound for end, bound in said.items() if bound is not None}
