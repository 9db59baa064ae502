"""The way in: sign-in and sign-out."""

from typing import Annotated

from fastapi import APIRouter, Form
from sqlalchemy.orm import Session
from starlette.responses import Response

from bot.console import demo
from bot.console.frame import PATH
from bot.console.messages import Message
from bot.console.visit import Transaction, Visit, Visited
from knowledge import audit, sessions
from knowledge.audit import AuditAction
from knowledge.models import Role, SessionOrigin, SessionStage
from knowledge.staff import StaffMember

router = APIRouter()
demo_router = APIRouter()


@router.get("/sign-in")
def sign_in(visit: Visited, next: str = "") -> Response:  # noqa: A002 - the name in the address
    """The form to sign in with."""
    return visit.page("sign_in/sign_in.html", next=own_path(next))


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
    return let_in(visit, session, person, SessionOrigin.DEMO)


def let_in(visit: Visit, session: Session, member: StaffMember, origin: SessionOrigin, path: str = "") -> Response:
    """A whole session with a new token; the old one ends."""
    sessions.end(session, visit.token)
    token = sessions.begin(session, member.id, SessionStage.FULL, origin, visit.now)
    detail = {"origin": origin.value, "address": visit.address}
    audit.record(session, member, AuditAction.SIGNED_IN, f"staff:{member.id}", detail, visit.now)
    answer, cookies = visit.to(own_path(path)), visit.console.cookies
    cookies.put(answer, cookies.session, token)
    return answer


def own_path(path: str) -> str:
    """A page of the console to go to after signing in, the home page for any other address."""
    plain = path.isascii() and path.isprintable() and "\\" not in path
    return path if plain and path.startswith(f"{PATH}/") and "//" not in path else f"{PATH}/"
