"""The staff, for the system administrator: who there is, what each may do, and help with signing in."""

from dataclasses import dataclass
from typing import Annotated

from fastapi import APIRouter, Depends, Form
from sqlalchemy.orm import Session
from starlette.responses import Response

from bot.console.errors import OwnAccountError
from bot.console.frame import PATH
from bot.console.messages import Message
from bot.console.visit import Id, Transaction, Visit, Visited
from knowledge import audit, second_factor, staff
from knowledge.audit import AuditAction
from knowledge.models import Role, StaffRow, StaffStatus
from knowledge.sign_in import hand_out_password
from knowledge.staff import ExternalIdTakenError, LoginTakenError, LoginUnfitError, NewStaff

router = APIRouter(prefix="/people")
Typed = Annotated[str, Form()]
LONGEST_NAME, LONGEST_DEPARTMENT, LONGEST_EXTERNAL = 100, 200, 255


@dataclass(frozen=True)
class TypedPerson:
    """What the form about a person holds."""

    login: str = ""
    name: str = ""
    department: str = ""
    external: str = ""
    roles: tuple[str, ...] = ()

    @property
    def new(self) -> NewStaff:
        """The account that is meant."""
        return NewStaff(
            self.login,
            self.name.strip(),
            self.department.strip() or None,
            frozenset(Role(role) for role in self.roles),
            staff.plain_external(self.external),
        )

    @property
    def problems(self) -> dict[str, str]:
        """What can not stay as it is; the sentences stand in `people/problems.html`."""
        belongs = {Role.EDITOR.value, Role.REVIEWER.value} & set(self.roles)
        found = {
            "name": "missing" if not self.name.strip() else "long" if len(self.name) > LONGEST_NAME else "",
            "department": "long" if len(self.department) > LONGEST_DEPARTMENT else "",
            "external": "long" if len(self.external) > LONGEST_EXTERNAL else "",
            "roles": "missing" if not self.roles else "",
        }
        if belongs and not self.department.strip():
            found["department"] = "missing"
        return {name: problem for name, problem in found.items() if problem}


def typed_person(
    login: Typed = "",
    name: Typed = "",
    department: Typed = "",
    external: Typed = "",
    roles: Annotated[list[Role] | None, Form()] = None,
) -> TypedPerson:
    """The form about a person as it was sent."""
    return TypedPerson(login, name, department, external, tuple(role.value for role in roles or ()))


TypedForm = Annotated[TypedPerson, Depends(typed_person)]


@router.get("")
def everybody(visit: Visited, session: Transaction) -> Response:
    """All of the staff."""
    return visit.page("people/people.html", people=staff.everybody(session))


@router.get("/new")
def ask_new(visit: Visited, session: Transaction) -> Response:
    """The form for somebody new."""
    return _form(visit, session, TypedPerson(), {})


@router.post("")
def add(visit: Visited, session: Transaction, typed: TypedForm) -> Response:
    """Somebody new, with a password to hand over; the form again when something is wrong with it."""
    if typed.problems:
        return _form(visit, session, typed, typed.problems)
    try:
        row = staff.add(session, typed.new, visit.now)
    except (LoginTakenError, LoginUnfitError) as error:
        return _form(visit, session, typed, {"login": str(error)})
    except ExternalIdTakenError as error:
        return _form(visit, session, typed, {"external": str(error)})
    password = None if row.external_id else hand_out_password(row, visit.console.passwords, visit.now)
    _record(visit, session, AuditAction.STAFF_ADDED, row)
    return visit.page("people/handed_out.html", person=staff.member(session, row), password=password, new=True)


@router.get("/{person}")
def show(visit: Visited, session: Transaction, person: Id) -> Response:
    """One person's registration."""
    row = staff.get(session, person)
    told = staff.member(session, row)
    roles = tuple(role.value for role in told.roles)
    typed = TypedPerson(row.login, row.name, row.department or "", row.external_id or "", roles)
    return _form(visit, session, typed, {}, row)


@router.post("/{person}")
def change(visit: Visited, session: Transaction, person: Id, typed: TypedForm) -> Response:
    """Change a registration; nobody changes what they may do themselves."""
    row = staff.get(session, person)
    if typed.problems:
        return _form(visit, session, typed, typed.problems, row)
    if row.id == visit.member.id and (typed.new.roles, typed.new.department) != (
        visit.member.roles,
        visit.member.department,
    ):
        raise OwnAccountError
    try:
        staff.change(session, row, typed.new, visit.now)
    except ExternalIdTakenError as error:
        return _form(visit, session, typed, {"external": str(error)}, row)
    _record(visit, session, AuditAction.STAFF_CHANGED, row)
    return visit.to(f"{PATH}/people", Message.STAFF_CHANGED, name=row.name)


@router.post("/{person}/disable")
def disable(visit: Visited, session: Transaction, person: Id) -> Response:
    """Let somebody in no more; they are out at once."""
    row = _somebody_else(visit, session, person)
    staff.disable(session, row, visit.now)
    _record(visit, session, AuditAction.STAFF_DISABLED, row)
    return visit.to(f"{PATH}/people", Message.STAFF_DISABLED, name=row.name)


@router.post("/{person}/enable")
def enable(visit: Visited, session: Transaction, person: Id) -> Response:
    """Let somebody in again."""
    row = _somebody_else(visit, session, person)
    staff.enable(row, visit.now)
    _record(visit, session, AuditAction.STAFF_ENABLED, row)
    return visit.to(f"{PATH}/people", Message.STAFF_ENABLED, name=row.name)


@router.post("/{person}/password")
def reset_password(visit: Visited, session: Transaction, person: Id) -> Response:
    """Another password to hand over, shown this once."""
    row = _somebody_else(visit, session, person)
    password = hand_out_password(row, visit.console.passwords, visit.now)
    staff.end_sessions(session, row.id)
    _record(visit, session, AuditAction.PASSWORD_RESET, row)
    return visit.page("people/handed_out.html", person=staff.member(session, row), password=password, new=False)


@router.post("/{person}/second-factor")
def reset_second_factor(visit: Visited, session: Transaction, person: Id) -> Response:
    """Take off an app that was lost; the next sign-in sets up another."""
    row = _somebody_else(visit, session, person)
    second_factor.reset(session, row, visit.now)
    staff.end_sessions(session, row.id)
    _record(visit, session, AuditAction.SECOND_FACTOR_RESET, row)
    return visit.to(f"{PATH}/people", Message.SECOND_FACTOR_RESET, name=row.name)


def _somebody_else(visit: Visit, session: Session, person: Id) -> StaffRow:
    row = staff.get(session, person)
    if row.id == visit.member.id:
        raise OwnAccountError
    return row


def _record(visit: Visit, session: Session, action: AuditAction, row: StaffRow) -> None:
    audit.record(session, visit.member, action, f"staff:{row.id}", staff.member(session, row).told, visit.now)


def _form(
    visit: Visit, session: Session, typed: TypedPerson, problems: dict[str, str], row: StaffRow | None = None
) -> Response:
    values = {
        "typed": typed,
        "problems": problems,
        "departments": staff.departments(session),
        "row": row,
        "active": row is not None and row.status == StaffStatus.ACTIVE,
        "own": row is not None and row.id == visit.member.id,
    }
    return visit.page("people/person.html", 422 if problems else 200, **values)
