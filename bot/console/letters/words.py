"""Pages of templates: listed, written, looked at as LINE shows them, agreed to by a second person, taken back."""

from collections.abc import Callable, Mapping
from datetime import date, datetime, timedelta
from typing import Annotated

from fastapi import APIRouter, Depends, Form, Path
from sqlalchemy.orm import Session
from starlette.datastructures import FormData
from starlette.responses import Response

from bot.console.errors import NoSuchPageError
from bot.console.frame import PATH
from bot.console.letters.form import KINDS, Wanted, filled, refilled, wanted
from bot.console.messages import Message
from bot.console.notices.form import Filled
from bot.console.notices.pages import Look, names_of, previews
from bot.console.visit import Transaction, Visit, Visited, posted
from knowledge import library, templates
from knowledge.days import day_in_japan
from knowledge.guide import Desk
from knowledge.models import NoticeTemplate, Role, World
from knowledge.notice import Variant
from knowledge.staff import StaffMember
from knowledge.standing import StandingError
from knowledge.template import MOST_PLACES, Template, TemplateError, Value, ValuesError, fill
from knowledge.templates import NoSuchTemplateError

router = APIRouter(prefix="/templates")
TemplateId = Annotated[str, Path(pattern=r"^[0-9a-f]{32}$")]
Posted = Annotated[FormData, Depends(posted)]
Step = Callable[[Session, NoticeTemplate, StaffMember, datetime], None]


@router.get("")
def show_all(visit: Visited, session: Transaction) -> Response:
    """All templates."""
    return visit.page("letters/templates.html", templates=templates.everything(session), names=names_of(session))


@router.get("/new")
def ask_new(visit: Visited, session: Transaction) -> Response:
    """An empty form."""
    typed = Filled({"department": visit.member.department or "", "keeps_quiet": "yes"})
    return _form(visit, session, typed)


@router.post("/new")
def write(visit: Visited, session: Transaction, form: Posted) -> Response:
    """Keep a new template as a draft."""
    typed = filled(form)
    if (found := wanted(typed)) is None:
        return _form(visit, session, typed, None, 422)
    try:
        row = templates.draft(
            session, found.slug, found.title, found.department, found.template, visit.member, visit.now
        )
    except TemplateError as error:
        typed.problems["slug"] = str(error)
        return _form(visit, session, typed, None, 422)
    return visit.to(f"{PATH}/templates/{row.id}", Message.NOTICE_SAVED)


@router.get("/{template}")
def show(visit: Visited, session: Transaction, template: TemplateId) -> Response:
    """A template as residents see it with values made up for looking, and what can be done next."""
    return _page(visit, session, _found(session, template))


@router.get("/{template}/edit")
def ask_change(visit: Visited, session: Transaction, template: TemplateId) -> Response:
    """The form as it stands."""
    row = _found(session, template)
    return _form(visit, session, refilled(row), row)


@router.post("/{template}/edit")
def change(visit: Visited, session: Transaction, template: TemplateId, form: Posted) -> Response:
    """Change a template; whatever was agreed to is so no more. Its name stays: ward systems call it so."""
    row, typed = _found(session, template), filled(form)
    typed.one["slug"] = row.slug
    found: Wanted | None = wanted(typed)
    if found is None:
        return _form(visit, session, typed, row, 422)
    templates.edit(session, row, found.title, found.department, found.template, visit.member, visit.now)
    return visit.to(f"{PATH}/templates/{row.id}", Message.NOTICE_SAVED)


@router.post("/{template}/submit")
def submit(visit: Visited, template: TemplateId) -> Response:
    """Ask a second person to agree."""
    return _take(visit, template, Message.NOTICE_SUBMITTED, templates.COURSE.submit)


@router.post("/{template}/return")
def give_back(visit: Visited, template: TemplateId) -> Response:
    """Send a template back to its author."""
    return _take(visit, template, Message.NOTICE_RETURNED, templates.COURSE.give_back)


@router.post("/{template}/approve")
def approve(visit: Visited, template: TemplateId, seen: Annotated[str, Form()] = "") -> Response:
    """Say yes to what the page showed."""

    def step(session: Session, row: NoticeTemplate, approver: StaffMember, now: datetime) -> None:
        templates.COURSE.approve(session, row, approver, seen, now)

    return _take(visit, template, Message.TEMPLATE_APPROVED, step)


@router.post("/{template}/withdraw")
def withdraw(visit: Visited, template: TemplateId) -> Response:
    """Let nobody use it any more."""
    return _take(visit, template, Message.TEMPLATE_WITHDRAWN, templates.COURSE.withdraw)


def _take(visit: Visit, template: str, message: Message, step: Step) -> Response:
    """Take a step in a transaction of its own; what keeps it from being taken is said on the page."""

    def refused(session: Session, error: StandingError) -> Response:
        return _page(visit, session, _found(session, template), 422, {"step": str(error)})

    def taken(session: Session) -> None:
        step(session, _found(session, template), visit.member, visit.now)

    return visit.take(taken, visit.to(f"{PATH}/templates/{template}", message), StandingError, refused)


def _page(
    visit: Visit, session: Session, row: NoticeTemplate, status: int = 200, problems: Mapping[str, str] | None = None
) -> Response:
    return visit.page(
        "letters/template.html",
        status,
        row=row,
        places=row.content["places"],
        previews=_looks(session, templates.content_of(row), day_in_japan(visit.now)),
        agreed=templates.COURSE.approval(session, row),
        seen=templates.digest_of(row),
        names=names_of(session),
        may_approve=Role.APPROVER in visit.member.roles and row.author != visit.member.id,
        problems=problems or {},
    )


def _looks(session: Session, template: Template, today: date) -> dict[str, Look]:
    """How it looks with values made up for looking; nothing where the pack has none that would do."""
    try:
        return previews(fill(session, template, _made_up(session, template, today), today), World.LIVE)
    except ValuesError:
        return {}


def _made_up(session: Session, template: Template, today: date) -> dict[str, Value]:
    desk = next((each.id for each in library.records(session, Desk) if each.phone), "")
    guide = next((each.id for each in library.guides(session) if each.forms), "")
    samples: dict[str, Value] = {"date": (today + timedelta(days=14)).isoformat(), "desk": desk, "guide": guide}
    return {place.name: samples.get(place.kind, getattr(place, "least", 0)) for place in template.places}


def _form(
    visit: Visit, session: Session, typed: Filled, row: NoticeTemplate | None = None, status: int = 200
) -> Response:
    return visit.page(
        "letters/template_form.html",
        status,
        typed=typed,
        row=row,
        kinds=KINDS,
        most=MOST_PLACES,
        variants=[each.value for each in Variant],
        desks=[(each.id, each.name) for each in library.records(session, Desk)],
    )


def _found(session: Session, template: str) -> NoticeTemplate:
    try:
        return templates.load(session, template)
    except NoSuchTemplateError:
        raise NoSuchPageError from None
