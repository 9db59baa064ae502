"""A guide as far as a half-filled form tells it, so that the preview keeps up with the typing."""

from datetime import date

from bot.console.guides.columns import MOST_ROWS, ROWS
from bot.console.guides.form import GuideForm
from bot.console.guides.problems import FormRefusedError, Problem
from knowledge.guide import Confidence, Guide

_DOTS = "…"
OWN = "toshima"
"""The scope of what is the ward's own."""
_ROUNDS = 4
"""Taking out a row can bring up one more problem (no note is left), and that one more."""


def sketch(form: GuideForm, today: date, site: str) -> Guide | None:
    """The guide of a form: what can not be understood is left out or shown as dots; None when even that fails.

    `site` stands in for a source that has no address yet.
    """
    for _ in range(_ROUNDS):
        try:
            return form.guide()
        except FormRefusedError as refused:
            form = _mended(form, refused.problems, today, site)
    return None


def _mended(form: GuideForm, problems: dict[str, Problem], today: date, site: str) -> GuideForm:
    single: dict[str, str] = {}
    for key in problems:
        group, _, rest = key.partition(".")
        if group not in ROWS:
            single |= _stand_in(key, today, site)
        elif not rest and not form.rows(group):
            form = form.with_row(group, dict.fromkeys(ROWS[group][:1], _DOTS))
    return _without_wrong_rows(form, problems).with_single(single)


def _without_wrong_rows(form: GuideForm, problems: dict[str, Problem]) -> GuideForm:
    for group in ROWS:
        wrong = {row.number for row in form.rows(group) if any(_stands_in(key, group, row.number) for key in problems)}
        wrong |= {row.number for row in form.rows(group)[MOST_ROWS:] if group in problems}
        for number in sorted(wrong, reverse=True):
            form = form.without_row(group, number)
    return form


def _stands_in(key: str, group: str, number: int) -> bool:
    return key.startswith(f"{group}.{number}.")


def _stand_in(key: str, today: date, site: str) -> dict[str, str]:
    if key.startswith("agent."):
        return {"agent.allowed": "", "agent.text": ""}
    column = key.rpartition(".")[2]
    if column == "scope":
        return {key: OWN, f"{key}_of": ""}
    fixed = {
        "review_by": today.isoformat(),
        "checked": today.isoformat(),
        "confidence": Confidence.HIGH.value,
        "url": site,
        "id": "new",
        "aliases": "\n".join([_DOTS] * 3),
        "life_events": "",
    }
    return {key: fixed.get(column, _DOTS)}
