"""The audit log for the auditor: searched, verified, taken along as a sheet."""

import json
from dataclasses import asdict
from datetime import date
from typing import Annotated

from fastapi import APIRouter, Depends, Form, Query
from sqlalchemy.orm import Session
from starlette.responses import Response

from bot.console import sheet
from bot.console.frame import machine_time
from bot.console.visit import Transaction, Visit, Visited
from knowledge import audit
from knowledge.audit import AuditAction
from knowledge.audit_search import Wanted, find, names
from knowledge.models import AuditEntry

router = APIRouter(prefix="/audit")
PAGE = 50
MOST_EXPORTED = 50_000
Number = Annotated[int, Query(ge=1, le=2**31 - 1)]
HEADER = ("number", "at", "person", "name", "action", "subject", "detail", "previous", "digest")
LAST_DAY = date(9999, 12, 30)


def _day(typed: str) -> date | None:
    """The day a date field holds; None for an empty one and for what is no day."""
    try:
        return min(date.fromisoformat(typed), LAST_DAY)
    except ValueError:
        return None


def asked(person: str = "", action: str = "", subject: str = "", since: str = "", until: str = "") -> Wanted:
    """The search of an address."""
    return Wanted(person.strip()[:100], action[:40], subject.strip()[:200], _day(since), _day(until))


def asked_in_form(
    person: Annotated[str, Form()] = "",
    action: Annotated[str, Form()] = "",
    subject: Annotated[str, Form()] = "",
    since: Annotated[str, Form()] = "",
    until: Annotated[str, Form()] = "",
) -> Wanted:
    """The search that a form carries on."""
    return asked(person, action, subject, since, until)


@router.get("")
def search(
    visit: Visited, session: Transaction, wanted: Annotated[Wanted, Depends(asked)], before: Number | None = None
) -> Response:
    """The newest entries that fit, and the way to older ones."""
    return _page(visit, session, wanted, before=before)


@router.post("/verify")
def verify(
    visit: Visited, session: Transaction, number: Annotated[str, Form()] = "", digest: Annotated[str, Form()] = ""
) -> Response:
    """Read the whole log again and say whether it is as it was written."""
    found = audit.verify(session)
    noted = audit.noted(session, int(number[:9]), digest) if number.isdecimal() and digest.strip() else None
    detail = {"entries": found.entries, "broken": found.broken, "noted": noted}
    audit.record(session, visit.member, AuditAction.AUDIT_VERIFIED, "audit", detail, visit.now)
    return _page(visit, session, Wanted(), verified=found, noted=noted)


@router.post("/export")
def export(visit: Visited, session: Transaction, wanted: Annotated[Wanted, Depends(asked_in_form)]) -> Response:
    """The entries that fit as a sheet; cells that a spreadsheet would run are neutralised."""
    entries = find(session, wanted, None, MOST_EXPORTED)
    called = names(session, entries)
    rows = [_row(entry, called.get(entry.actor_id or 0, "")) for entry in entries]
    audit.record(session, visit.member, AuditAction.AUDIT_EXPORTED, "audit", {"entries": len(rows)}, visit.now)
    headers = {"content-disposition": 'attachment; filename="audit.csv"'}
    return Response(sheet.to_csv(HEADER, rows), media_type="text/csv; charset=utf-8", headers=headers)


def _row(entry: AuditEntry, name: str) -> tuple[str | int, ...]:
    detail = json.dumps(entry.detail, ensure_ascii=False, sort_keys=True)
    at = machine_time(entry.at)
    return (entry.number, at, entry.actor, name, entry.action, entry.subject, detail, entry.previous, entry.digest)


def _page(
    visit: Visit,
    session: Session,
    wanted: Wanted,
    before: int | None = None,
    verified: audit.Verified | None = None,
    noted: bool | None = None,  # noqa: FBT001 - as noted down, not as noted down, or nothing was noted down
) -> Response:
    entries = find(session, wanted, before, PAGE + 1)
    return visit.page(
        "audit/audit.html",
        entries=entries[:PAGE],
        names=names(session, entries),
        older=entries[PAGE - 1].number if len(entries) > PAGE else None,
        wanted=wanted,
        query=_query(wanted),
        verified=verified,
        noted=noted,
        head=audit.head(session),
    )


def _query(wanted: Wanted) -> dict[str, str]:
    """The search as fields and as part of an address; what is empty is left out."""
    return {name: str(value) for name, value in asdict(wanted).items() if value}
