"""Ward systems at the console, for the system administrator: their keys, what each may use, when each last asked."""

from typing import Annotated

from fastapi import APIRouter, Form, Path
from sqlalchemy.orm import Session
from starlette.responses import Response

from bot.console.errors import NoSuchPageError
from bot.console.frame import PATH
from bot.console.messages import Message
from bot.console.visit import Transaction, Visit, Visited
from knowledge import api_clients, templates
from knowledge.api_clients import ClientError, NoSuchClientError
from knowledge.models import ApiClient

router = APIRouter(prefix="/systems")
SystemId = Annotated[str, Path(pattern=r"^[0-9a-f]{12}$")]
Slugs = Annotated[list[str] | None, Form()]


@router.get("")
def show_all(visit: Visited, session: Transaction) -> Response:
    """All ward systems."""
    return _page(visit, session)


@router.post("")
def add(visit: Visited, session: Transaction, name: Annotated[str, Form()] = "", scopes: Slugs = None) -> Response:
    """Register a ward system and show its key once."""
    try:
        _, key = api_clients.add(session, name, scopes or [], visit.member, visit.now)
    except ClientError as error:
        return _page(visit, session, 422, name=name, ticked=scopes, problem=str(error))
    return _page(visit, session, key=key, name=name.strip())


@router.post("/{system}/scopes")
def change_scopes(visit: Visited, session: Transaction, system: SystemId, scopes: Slugs = None) -> Response:
    """Let a ward system use other templates."""
    api_clients.change_scopes(session, _found(session, system), scopes or [], visit.member, visit.now)
    return visit.to(f"{PATH}/systems", Message.SYSTEM_CHANGED)


@router.post("/{system}/withdraw")
def withdraw(visit: Visited, session: Transaction, system: SystemId) -> Response:
    """Take back a key for good."""
    api_clients.withdraw(session, _found(session, system), visit.member, visit.now)
    return visit.to(f"{PATH}/systems", Message.SYSTEM_WITHDRAWN)


def _found(session: Session, system: str) -> ApiClient:
    try:
        return api_clients.get(session, system)
    except NoSuchClientError:
        raise NoSuchPageError from None


def _page(
    visit: Visit,
    session: Session,
    status: int = 200,
    key: str = "",
    name: str = "",
    ticked: list[str] | None = None,
    problem: str = "",
) -> Response:
    systems = api_clients.everybody(session)
    return visit.page(
        "letters/systems.html",
        status,
        systems=systems,
        scopes={each.id: [row.slug for row in api_clients.scopes(session, each.id)] for each in systems},
        templates=templates.everything(session),
        key=key,
        name=name,
        ticked=ticked or [],
        problem=problem,
    )
