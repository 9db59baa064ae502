"""The way in and out: the password, the demo's entrance, and what begins and ends a session."""

from typing import Annotated
from urllib.parse import quote

from fastapi import APIRouter, Form
from sqlalchemy.orm import Session
from starlette.responses import Response

from bot.console import demo
from bot.console.frame import PATH
from bot.console.messages import Message
from bot.console.visit import Transaction, Visit, Visited
from knowledge import audit, sessions, staff
from knowledge.audit import AuditAction
from knowledge.models import Role, SessionOrigin, SessionStage, StaffRow
from knowledge.sign_in import Attempt, Refusal, by_password

router = APIRouter()
demo_router = APIRouter()


@router.get("/sign-in")
def ask_password(visit: Visited, next: str = "") -> Response:  # noqa: A002 - its name in the address
    """The form to sign in with."""
    return visit.page("sign_in/password.html", next=own_path(next), login="", problem=None)


@router.post("/sign-in")
def check_password(
    visit: Visited,
    login: Annotated[str, Form()] = "",
    password: Annotated[str, Form()] = "",
    next: Annotated[str, Form()] = "",  # noqa: A002 - its name in the form
) -> Response:
    """The second step for whoever knows the password; the form again, telling nothing, for everybody else."""
    database, path = visit.console.pocket.sessions, own_path(next)
    found = by_password(database, visit.console.passwords, Attempt(login, password, visit.address, visit.now))
    if isinstance(found, Refusal):
        return visit.page("sign_in/password.html", 422, next=path, login=login, problem=found)
    with database.begin() as session:
        row = staff.get(session, found)
        return begin(visit, session, row, SessionStage.PASSWORD, SessionOrigin.LOCAL, path)


@router.post("/sign-out")
def sign_out(visit: Visited, session: Transaction) -> Response:
    """End this session."""
    sessions.end(session, visit.token)
    audit.record(session, visit.member, AuditAction.SIGNED_OUT, f"staff:{visit.member.id}", {}, visit.now)
    return visit.to(f"{PATH}/sign-in", Message.SIGNED_OUT)


@demo_router.post("/sign-in/demo")
def sign_in_as_sample(visit: Visited, session: Transaction, role: Annotated[Role, Form()]) -> Response:
    """Come in as a made-up person with a role."""
    person = demo.person(session, role, visit.now)
    return begin(visit, session, staff.get(session, person.id), SessionStage.FULL, SessionOrigin.DEMO)


def begin(
    visit: Visit, session: Session, row: StaffRow, stage: SessionStage, origin: SessionOrigin, path: str = ""
) -> Response:
    """A session with a new token in place of the browser's old one, and the way to the next step."""
    sessions.end(session, visit.token)
    token = sessions.begin(session, row.id, stage, origin, visit.now)
    if stage is SessionStage.FULL:
        detail = {"origin": origin.value, "address": visit.address}
        audit.record(session, staff.member(session, row), AuditAction.SIGNED_IN, f"staff:{row.id}", detail, visit.now)
    answer, cookies = visit.to(next_step(row, stage, path)), visit.console.cookies
    cookies.put(answer, cookies.session, token)
    return answer


def renew(visit: Visit, session: Session, answer: Response) -> Response:
    """A new token for this session; the account's other sessions end."""
    assert visit.signed_in
    staff.end_sessions(session, visit.member.id, but=visit.signed_in.digest)
    cookies = visit.console.cookies
    cookies.put(answer, cookies.session, sessions.renew(session, visit.signed_in.digest))
    return answer


def next_step(row: StaffRow, stage: SessionStage, path: str) -> str:
    """Where somebody goes on who has come to that stage and wants to get to `path`."""
    match stage:
        case SessionStage.PASSWORD:
            step = "code" if row.totp_secret else "enrol"
        case SessionStage.VERIFIED:
            step = "password"
        case SessionStage.FULL:
            return own_path(path)
    return f"{PATH}/sign-in/{step}?next={quote(own_path(path))}"


def own_path(path: str) -> str:
    """A page of the console to go to after signing in, the home page for any other address."""
    plain = path.isascii() and path.isprintable() and not set(path) & set("\\?#")
    return path if plain and path.startswith(f"{PATH}/") and "//" not in path else f"{PATH}/"
