"""One's own account: the password, and new recovery codes."""

from typing import Annotated

from fastapi import APIRouter, Form
from sqlalchemy.orm import Session
from starlette.responses import Response

from bot.console.frame import PATH
from bot.console.messages import Message
from bot.console.sign_in import renew
from bot.console.visit import Transaction, Visit, Visited
from knowledge import audit, second_factor, staff, tries
from knowledge.audit import AuditAction
from knowledge.passwords import PasswordUnfitError
from knowledge.sign_in import set_password

router = APIRouter(prefix="/account")
Typed = Annotated[str, Form()]


@router.get("")
def show(visit: Visited, session: Transaction) -> Response:
    """Who one is here, and how one signs in."""
    return _page(visit, session)


@router.post("/password")
def change_password(
    visit: Visited, session: Transaction, current: Typed = "", password: Typed = "", again: Typed = ""
) -> Response:
    """Another password; every other browser that is signed in with this account is out."""
    row = staff.get(session, visit.member.id)
    if wrong := _wrong_password(visit, session, current):
        return _page(visit, session, {"current": wrong})
    if password != again:
        return _page(visit, session, {"again": "again"})
    try:
        set_password(row, visit.console.passwords, password, visit.now)
    except PasswordUnfitError as unfit:
        return _page(visit, session, {"password": str(unfit)})
    answer = renew(visit, session, visit.to(f"{PATH}/account", Message.PASSWORD_CHANGED))
    audit.record(session, visit.member, AuditAction.PASSWORD_CHANGED, f"staff:{row.id}", {}, visit.now)
    return answer


@router.post("/recovery-codes")
def make_recovery_codes(visit: Visited, session: Transaction, confirm: Typed = "") -> Response:
    """Ten new recovery codes, shown this once; the password is asked for again."""
    row = staff.get(session, visit.member.id)
    if wrong := _wrong_password(visit, session, confirm):
        return _page(visit, session, {"confirm": wrong})
    if not row.totp_secret:
        return _page(visit, session)
    codes = second_factor.new_recovery_codes(session, row.id)
    audit.record(session, visit.member, AuditAction.RECOVERY_CODES_MADE, f"staff:{row.id}", {}, visit.now)
    return visit.page("sign_in/codes.html", codes=codes, onward=f"{PATH}/account")


def _wrong_password(visit: Visit, session: Session, typed: str) -> str:
    """Why the password that was asked for again does not do; empty when it does. Such tries are counted, too."""
    row = staff.get(session, visit.member.id)
    counted = tries.by_login(row.login)
    with visit.console.pocket.sessions.begin() as counting:
        if tries.take(counting, counted, visit.now) is None:
            return "locked"
    if not visit.console.passwords.fits(row.password, typed):
        return "wrong"
    tries.forget(session, counted)
    return ""


def _page(visit: Visit, session: Session, problems: dict[str, str] | None = None) -> Response:
    row = staff.get(session, visit.member.id)
    left = second_factor.recovery_codes_left(session, row.id) if row.totp_secret else None
    values = {"has_password": bool(row.password), "left": left, "external": row.external_id, "problems": problems or {}}
    return visit.page("account/account.html", 422 if problems else 200, **values)
