"""The second step of a sign-in: a code, setting up the app that makes codes, and a password of one's own."""

from typing import Annotated

import segno
from fastapi import APIRouter, Form
from sqlalchemy.orm import Session
from starlette.responses import Response

from bot.console.sign_in import begin, next_step, own_path
from bot.console.visit import Transaction, Visit, Visited
from knowledge import audit, second_factor, sessions, staff
from knowledge.audit import AuditAction
from knowledge.models import SessionStage, StaffRow
from knowledge.passwords import PasswordUnfitError
from knowledge.sign_in import by_code, set_password, stage_after_code

router = APIRouter(prefix="/sign-in")
Typed = Annotated[str, Form()]


@router.get("/code")
def ask_code(visit: Visited, session: Transaction, next: str = "") -> Response:  # noqa: A002 - its name in the address
    """The form for the code."""
    return _elsewhere(visit, session, "code", next) or visit.page(
        "sign_in/code.html", next=own_path(next), problem=None
    )


@router.post("/code")
def check_code(visit: Visited, session: Transaction, code: Typed = "", next: Typed = "") -> Response:  # noqa: A002
    """On with a right code, once; the form again with a wrong one."""
    row = _row(visit, session)
    if away := _elsewhere(visit, session, "code", next):
        return away
    if refusal := by_code(session, row, code, visit.now):
        return visit.page("sign_in/code.html", 422, next=own_path(next), problem=refusal)
    return _on(visit, session, row, stage_after_code(row), next)


@router.get("/enrol")
def show_enrolment(visit: Visited, session: Transaction, next: str = "") -> Response:  # noqa: A002
    """The picture for the app, and the form for the first code."""
    return _elsewhere(visit, session, "enrol", next) or _enrolment(visit, session, next)


@router.post("/enrol")
def enrol(visit: Visited, session: Transaction, code: Typed = "", next: Typed = "") -> Response:  # noqa: A002
    """With a right first code the app is set up; the recovery codes are shown this once."""
    row = _row(visit, session)
    if away := _elsewhere(visit, session, "enrol", next):
        return away
    secret = _pending(visit, session)
    step = second_factor.step_of(secret, code, visit.now)
    if step is None:
        return _enrolment(visit, session, next, wrong=True)
    codes = second_factor.enrol(session, row, secret, step, visit.now)
    member = visit.member
    audit.record(session, member, AuditAction.SECOND_FACTOR_SET, f"staff:{row.id}", {}, visit.now)
    answer = _on(visit, session, row, stage_after_code(row), next)
    page = visit.page("sign_in/codes.html", codes=codes, onward=answer.headers["location"])
    page.raw_headers.extend(pair for pair in answer.raw_headers if pair[0] == b"set-cookie")
    return page


@router.get("/password")
def ask_new_password(visit: Visited, session: Transaction, next: str = "") -> Response:  # noqa: A002
    """The form for a password of one's own in place of one that was handed out."""
    away = _elsewhere(visit, session, "password", next)
    return away or visit.page("sign_in/new_password.html", next=own_path(next), problem="")


@router.post("/password")
def choose_password(
    visit: Visited,
    session: Transaction,
    password: Typed = "",
    again: Typed = "",
    next: Typed = "",  # noqa: A002
) -> Response:
    """On with the new password; the form again with one that does not do."""
    row = _row(visit, session)
    if away := _elsewhere(visit, session, "password", next):
        return away
    if password != again:
        return visit.page("sign_in/new_password.html", 422, next=own_path(next), problem="again")
    if visit.console.passwords.fits(row.password, password):
        return visit.page("sign_in/new_password.html", 422, next=own_path(next), problem="same")
    try:
        set_password(row, visit.console.passwords, password, visit.now)
    except PasswordUnfitError as unfit:
        return visit.page("sign_in/new_password.html", 422, next=own_path(next), problem=str(unfit))
    audit.record(session, visit.member, AuditAction.PASSWORD_CHANGED, f"staff:{row.id}", {}, visit.now)
    return _on(visit, session, row, SessionStage.FULL, next)


def _row(visit: Visit, session: Session) -> StaffRow:
    return staff.get(session, visit.member.id)


def _elsewhere(visit: Visit, session: Session, step: str, path: str) -> Response | None:
    """The way to the step that is due, unless it is this one."""
    assert visit.signed_in
    due = next_step(_row(visit, session), visit.signed_in.stage, path)
    return None if due.split("?")[0].endswith(f"/{step}") else visit.to(due)


def _on(visit: Visit, session: Session, row: StaffRow, stage: SessionStage, path: str) -> Response:
    assert visit.signed_in
    return begin(visit, session, row, stage, visit.signed_in.origin, path)


def _pending(visit: Visit, session: Session) -> str:
    assert visit.signed_in
    return sessions.pending_secret(session, visit.signed_in.digest)


def _enrolment(visit: Visit, session: Session, path: str, *, wrong: bool = False) -> Response:
    secret = _pending(visit, session)
    picture = segno.make(second_factor.enrolment_uri(secret, visit.member.login), error="m").svg_data_uri(border=2)
    spaced = " ".join(secret[start : start + 4] for start in range(0, len(secret), 4))
    status = 422 if wrong else 200
    return visit.page("sign_in/enrol.html", status, next=own_path(path), picture=picture, secret=spaced, wrong=wrong)
