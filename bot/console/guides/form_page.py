"""Rendering the form with everything beside it: preview, similar guides, residents' wordings."""

from collections.abc import Mapping
from datetime import UTC, date, datetime, time

from sqlalchemy.orm import Session
from starlette.responses import Response

from bot.console.guides import asked, relating, similar, start
from bot.console.guides.columns import ROWS
from bot.console.guides.form import Row
from bot.console.guides.names import names
from bot.console.guides.preview import Preview
from bot.console.guides.preview import preview as lay_out
from bot.console.guides.relating import Related
from bot.console.guides.sketch import sketch
from bot.console.guides.writing import Writing
from bot.console.visit import Visit
from handlers.card import desk_line
from knowledge import library, open_drafts, today, typed
from knowledge.days import JST, day_in_japan
from knowledge.guide import Desk

BLANK = Row(0, {})
FIND = "find"
"""The button that looks for guides to relate to."""


def edit_page(
    visit: Visit, session: Session, writing: Writing, status: int = 200, said: str = "", pressed: str = ""
) -> Response:
    """The form with what belongs beside it; `pressed` is the button that it came with."""
    form, searcher = writing.form, visit.console.pocket.responder.searcher
    others = open_drafts.of_guide(session, form["id"], but=writing.draft)
    related = relating.looked_up(session, searcher, form, finding=pressed == FIND)
    return visit.page(
        "guides/edit.html",
        status,
        writing=writing,
        form=form,
        problems=writing.problems,
        said=said,
        BLANK=BLANK,
        groups=tuple(ROWS),
        desk_choices=[(desk.id, desk_line(desk)) for desk in library.records(session, Desk)],
        named_by={f"{relating.GROUP}.{number}.": each for number, each in related.items()},
        unfolded=_unfolded(writing, related, pressed),
        departments=today.departments(session),
        question=start.asked(session, writing.question),
        wordings=asked.wordings(session, form["id"], (form["title"], *typed.lines(form["aliases"]))),
        similar=similar.similar(
            session, searcher, similar.wordings(form), visit.console.pocket.responder.limits, form["id"]
        )
        if writing.new
        else [],
        others=others,
        names=names(session, [each.updated_by for each in others]),
        preview=_preview(visit, session, writing, ""),
        on="",
    )


def _unfolded(writing: Writing, related: Mapping[int, Related], pressed: str) -> set[str]:
    """The parts of the form to show although they are folded mostly: something is wrong or to be done there."""
    found = {key.partition(".")[0] for key in writing.problems}
    found |= {relating.GROUP} if any(not each.title for each in related.values()) else set()
    match pressed.split(":"):
        case ["add" | "remove" | "up", group, *_]:
            return {*found, group}
        case ["find" | "relate", *_]:
            return {*found, relating.GROUP}
        case _:
            return found


def preview_part(visit: Visit, session: Session, writing: Writing, on: str) -> Response:
    """The preview alone; `on` is a day as it was typed, on which to see it, or nothing for today."""
    return visit.page("guides/preview_part.html", preview=_preview(visit, session, writing, on), on=on)


def _preview(visit: Visit, session: Session, writing: Writing, on: str) -> Preview | None:
    guide = sketch(writing.form, day_in_japan(visit.now), str(visit.ward.site))
    return lay_out(session, guide, moment_of(on, visit.now)) if guide else None


def moment_of(on: str, now: datetime) -> datetime:
    """Noon in Japan of a typed day, or now where no day was typed."""
    try:
        return datetime.combine(date.fromisoformat(typed.day(on)), time(12), JST).astimezone(UTC)
    except ValueError:
        return now
