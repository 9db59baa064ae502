"""Pages on which guides go out as a file, and come in as a plan first and as drafts then."""

import json
from typing import Annotated

from fastapi import APIRouter, File, Form, UploadFile
from pydantic import TypeAdapter, ValidationError
from sqlalchemy.orm import Session
from starlette.responses import Response

from bot.console.exchange.files import Format, export, plan
from bot.console.frame import PATH
from bot.console.guides.names import names
from bot.console.guides.readable import told
from bot.console.messages import Message
from bot.console.sheet import CellTooLongError
from bot.console.visit import Transaction, Visit, Visited
from indexer.errors import SourceError
from knowledge import audit, exchange, open_drafts, staff
from knowledge.audit import AuditAction
from knowledge.clerk import Clerk, NotYourGuideError
from knowledge.drafts import GuideTakenError, NothingChangedError, ReasonMissingError
from knowledge.errors import PackError
from knowledge.exchange import ExchangeError, Fate, Planned
from knowledge.guide import Guide
from knowledge.versions import OutdatedError

router = APIRouter()
Typed = Annotated[str, Form()]
_WANTED = TypeAdapter(list[tuple[Guide, int]])
_IN_THE_WAY = (ReasonMissingError, OutdatedError, GuideTakenError, NothingChangedError, NotYourGuideError)
_FIRST = 300
"""Guides told one by one on a page; more are counted."""
_PART = 256 * 1024
"""Letters of a plan in one field of the form: no field may be over 1 MB, and each may take three bytes on its way."""


class StalePlanError(ExchangeError):
    """取り込む内容を確かめられませんでした。もう一度ファイルを選び、はじめからお試しください。"""


@router.get("/exchange")
def show_exchange(visit: Visited) -> Response:
    """Both directions."""
    return _start(visit)


@router.post("/exchange/export")
def write_out(
    visit: Visited, session: Transaction, form: Annotated[Format, Form()], department: Typed = ""
) -> Response:
    """The file."""
    try:
        found = export(session, form, department)
    except CellTooLongError as error:
        return _start(visit, 422, form_problem=str(error))
    detail: audit.Detail = {"format": form.value, "guides": found.guides, "department": department}
    audit.record(session, visit.member, AuditAction.GUIDES_EXPORTED, "guides", detail, visit.now)
    return Response(
        found.data,
        media_type=found.media_type,
        headers={"content-disposition": f'attachment; filename="{found.name}"'},
    )


@router.post("/exchange/plan")
def read_in(visit: Visited, session: Transaction, file: Annotated[UploadFile | None, File()] = None) -> Response:
    """Every change a file would make, before any is made."""
    try:
        found = plan(session, file, Clerk.of(visit.member))
    except PackError as error:
        return _start(visit, 422, file_problem=str(error).split("\n")[0], mistakes=error.problems)
    except (SourceError, ExchangeError) as error:
        return _start(visit, 422, file_problem=str(error))
    return _plan_page(visit, session, found.guides, found.others)


@router.post("/exchange/drafts")
def make_drafts(visit: Visited, wanted: Annotated[list[str] | None, Form()] = None, reason: Typed = "") -> Response:
    """One draft a guide, all or none, waiting for a second person."""
    try:
        guides = _WANTED.validate_json("".join(wanted or ()))
    except ValidationError as error:
        raise StalePlanError from error
    clerk, pocket = Clerk.of(visit.member), visit.console.pocket
    try:
        with pocket.sessions.begin() as session:
            made = exchange.to_drafts(session, guides, reason, clerk, visit.now)
            detail: audit.Detail = {"drafts": len(made), "reason": reason.strip()[:500]}
            audit.record(session, visit.member, AuditAction.GUIDES_IMPORTED, "guides", detail, visit.now)
    except _IN_THE_WAY as error:
        with pocket.sessions() as session:
            planned = exchange.plan_guides(session, [guide for guide, _ in guides], clerk)
            return _plan_page(visit, session, tuple(planned), 0, 422, reason, str(error))
    return visit.to(f"{PATH}/guides", Message.GUIDES_IMPORTED, count=str(len(made)))


def _start(visit: Visit, status: int = 200, **values: object) -> Response:
    with visit.console.pocket.sessions() as session:
        departments = staff.departments(session)
    given = {"file_problem": "", "form_problem": "", "mistakes": ()} | values
    return visit.page("exchange/exchange.html", status, departments=sorted(departments), **given)


def _plan_page(
    visit: Visit,
    session: Session,
    planned: tuple[Planned, ...],
    others: int,
    status: int = 200,
    reason: str = "",
    problem: str = "",
) -> Response:
    wanted = [each for each in planned if each.guide]
    going_on = open_drafts.of_guides(session, {each.id for each in wanted})
    packed = json.dumps([[each.guide.model_dump(mode="json"), each.version] for each in wanted if each.guide])
    counts = {fate.value: sum(each.fate is fate for each in planned) for fate in Fate}
    shown = [(each, told(each.changes)) for each in planned if each.fate is not Fate.UNCHANGED][:_FIRST]
    return visit.page(
        "exchange/plan.html",
        status,
        shown=shown,
        more=max(0, len(planned) - counts[Fate.UNCHANGED.value] - _FIRST),
        counts=counts,
        others=others,
        going_on=going_on,
        names=names(session, [draft.updated_by for drafts in going_on.values() for draft in drafts]),
        packed=[packed[start : start + _PART] for start in range(0, len(packed), _PART)],
        reason=reason,
        problem=problem,
    )
