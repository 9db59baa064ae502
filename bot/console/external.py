"""Signing in with the office's own account; mounted only where a provider is configured."""

import secrets

from fastapi import APIRouter, Request
from starlette.responses import RedirectResponse, Response

from bot.console.errors import NotAllowedError
from bot.console.oidc import Begun, ExternalSignInError, Person, Provider
from bot.console.sign_in import begin, own_path
from bot.console.visit import Visit, Visited
from knowledge import audit, staff
from knowledge.audit import VISITOR, AuditAction
from knowledge.database import Sessions
from knowledge.models import SessionOrigin, SessionStage, StaffRow, StaffStatus

router = APIRouter(prefix="/sign-in/oidc")
TEN_MINUTES = 600


class UnknownPersonError(NotAllowedError):
    """この庁内アカウントは、職員画面に登録されていません。使う必要があるときは、システム管理者に登録を頼んでください。"""

    def __init__(self, person: Person) -> None:
        """Told with the id to enter, which for some providers nobody else can look up."""
        told = f" 登録する利用者ID：{person.ids[-1]}" if person.ids else ""
        super().__init__(f"{type(self).__doc__}{told}")


class DisabledPersonError(NotAllowedError):
    """この職員アカウントは止められています。使う必要があるときは、システム管理者に知らせてください。"""


@router.get("")
def leave(visit: Visited, next: str = "") -> Response:  # noqa: A002 - its name in the address
    """On to the provider; the browser keeps what it takes to know the answer again."""
    begun = Begun.fresh(own_path(next))
    answer, cookies = RedirectResponse(_provider(visit).leave(begun), 303), visit.console.cookies
    cookies.put(answer, cookies.external, begun.pack(), TEN_MINUTES)
    return answer


@router.get("/back")
def come_back(visit: Visited, request: Request, code: str = "", state: str = "", iss: str = "") -> Response:
    """In with an account that an administrator has entered; each answer of the provider serves once."""
    cookies, provider = visit.console.cookies, _provider(visit)
    begun = Begun.unpack(request.cookies.get(cookies.external, ""))
    if not code or not secrets.compare_digest(state.encode(), begun.state.encode()) or iss not in ("", provider.issuer):
        raise ExternalSignInError
    person = provider.come_back(begun, code, visit.now)
    database = visit.console.pocket.sessions
    found = _accounts(database, person)
    row = next((each for each in found if each.status == StaffStatus.ACTIVE), None)
    if row is None:
        with database.begin() as session:
            detail = {"origin": SessionOrigin.OIDC.value, "address": visit.address}
            audit.record(session, VISITOR, AuditAction.SIGN_IN_FAILED, "staff:unknown", detail, visit.now)
        raise DisabledPersonError if found else UnknownPersonError(person)
    with database.begin() as session:
        answer = begin(visit, session, staff.get(session, row.id), SessionStage.FULL, SessionOrigin.OIDC, begun.path)
    cookies.put(answer, cookies.external, "")
    return answer


def _provider(visit: Visit) -> Provider:
    provider = visit.console.provider
    assert provider
    return provider


def _accounts(database: Sessions, person: Person) -> list[StaffRow]:
    """The accounts of a subject, or of a mail address that the provider has verified."""
    with database() as session:
        return [row for each in person.ids if (row := staff.by_external_id(session, each))]
