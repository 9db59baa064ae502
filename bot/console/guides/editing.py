"""The form: of a guide, of a draft, of something new; its rows, its preview, and keeping what was written.

Everything is sent to one address, with what to do as the button that was pressed; only `save` and `submit` change
anything. What can not be kept comes back as it was typed.
"""

from typing import Annotated

from fastapi import APIRouter, Depends, Form
from sqlalchemy.orm import Session
from starlette.datastructures import FormData
from starlette.responses import Response

from bot.console.errors import NoSuchPageError
from bot.console.guides import keeping, relating, start
from bot.console.guides.columns import ROWS
from bot.console.guides.form import GuideForm
from bot.console.guides.form_page import edit_page, preview_part
from bot.console.guides.problems import FormRefusedError
from bot.console.guides.writing import Writing
from bot.console.visit import Transaction, Visit, Visited, posted
from knowledge import drafts
from knowledge.clerk import Clerk, NotYourGuideError
from knowledge.days import day_in_japan
from knowledge.drafts import NothingChangedError

router = APIRouter(prefix="/guides")
Posted = Annotated[FormData, Depends(posted)]
Typed = Annotated[str, Form()]


@router.get("/new")
def new(visit: Visited, session: Transaction, like: str = "", question: str = "") -> Response:
    """An empty form, a copy of a guide, or a form begun with a resident's question."""
    owner = visit.member.department or ""
    original = drafts.whole(session, like) if like else None
    form = start.copy(original[0], owner) if original else start.blank(owner, day_in_japan(visit.now))
    form = start.with_alias(form, start.asked(session, question))
    return edit_page(visit, session, Writing(form, question=question))


@router.get("/{guide}/edit")
def edit(visit: Visited, session: Transaction, guide: str, question: str = "") -> Response:
    """The form of a guide as it is now; a resident's question stands above it, to be taken in."""
    found = drafts.whole(session, guide)
    if found is None:
        raise NoSuchPageError
    whole, row = found
    if not Clerk.of(visit.member).may_edit(row.owner):
        raise NotYourGuideError
    return edit_page(visit, session, Writing(GuideForm.of(whole), base=row.version, question=question))


@router.get("/drafts/{draft}/edit")
def edit_draft(visit: Visited, session: Transaction, draft: str) -> Response:
    """The form of a draft."""
    row = drafts.get(session, draft)
    if not Clerk.of(visit.member).may_edit(row.owner):
        raise NotYourGuideError
    form = GuideForm.of(drafts.content(row))
    return edit_page(visit, session, Writing(form, row.id, row.revision, row.base_version, reason=row.reason))


@router.post("/edit")
def change(visit: Visited, session: Transaction, data: Posted) -> Response:
    """Whatever was pressed in the form: a row, the preview, or to keep it."""
    writing, pressed = _written(session, data), data.get("do")
    pressed = pressed if isinstance(pressed, str) else ""
    if pressed in ("save", "submit"):
        return _keep(visit, session, writing, submitting=pressed == "submit")
    return edit_page(visit, session, writing.having(_pressed(writing.form, pressed)), pressed=pressed)


@router.post("/preview")
def preview(visit: Visited, session: Transaction, data: Posted) -> Response:
    """The preview alone, for the script that keeps it up with the typing."""
    return preview_part(visit, session, _written(session, data), str(data.get("on") or ""))


@router.post("/related")
def related(visit: Visited, session: Transaction, text: Typed = "", but: Typed = "") -> Response:
    """What a text names as a related guide, for the script that shows it while it is typed; `but` is left out."""
    found = relating.named(session, visit.console.pocket.responder.searcher, text.strip(), but)
    return visit.page("guides/related_part.html", found=found, number=0)


def _written(session: Session, data: FormData) -> Writing:
    writing = Writing.posted(data)
    return writing.having(relating.understood(session, writing.form))


def _pressed(form: GuideForm, pressed: str) -> GuideForm:
    match pressed.split(":", 2):
        case ["add", group] if group in ROWS:
            return form.with_row(group)
        case ["remove", group, number] if group in ROWS and number.isdecimal():
            return form.without_row(group, int(number))
        case ["up", group, number] if group in ROWS and number.isdecimal():
            return form.with_row_raised(group, int(number))
        case ["relate", number, guide] if number.isdecimal():
            return relating.chosen(form, int(number), guide)
        case ["alias", *words]:
            return start.with_alias(form, ":".join(words))
        case _:
            return form


def _keep(visit: Visit, session: Session, writing: Writing, *, submitting: bool) -> Response:
    lacking = keeping.lacking(writing) if submitting else {}
    try:
        guide = keeping.understood(session, writing, Clerk.of(visit.member))
    except FormRefusedError as refused:
        return edit_page(visit, session, writing.wrong({**refused.problems, **lacking}), 422)
    if lacking:
        return edit_page(visit, session, writing.wrong(lacking), 422)
    try:
        return keeping.keep(visit, session, writing, guide, submitting=submitting)
    except NothingChangedError as nothing:
        return edit_page(visit, session, writing, 409, said=str(nothing))
