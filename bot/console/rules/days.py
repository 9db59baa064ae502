"""The days of collection at the console: as they were published, taken from the pack or written anew as a table."""

import csv
import io
from collections.abc import Iterable
from typing import Annotated

from fastapi import APIRouter, Form
from sqlalchemy.orm import Session
from starlette.responses import Response

from bot.console.frame import PATH
from bot.console.messages import Message
from bot.console.visit import Transaction, Visit, Visited
from knowledge import collection
from knowledge.audit import AuditAction, record
from knowledge.collection import COLUMNS, CollectionError
from knowledge.days import day_in_japan
from knowledge.models import CollectionDay
from knowledge.today import SOON

router = APIRouter(prefix="/rules/collection")
SHOWN = 2_000


@router.get("")
def show(visit: Visited, session: Transaction) -> Response:
    """The table as it stands."""
    return _page(visit, session, _as_csv(collection.rows(session)))


@router.post("")
def write(visit: Visited, session: Transaction, table: Annotated[str, Form()] = "") -> Response:
    """Let the table be what was written; a line that is wrong keeps everything as it was."""
    return _replace(visit, session, table)


@router.post("/pack")
def take_from_pack(visit: Visited, session: Transaction) -> Response:
    """Let the table be the content pack's own."""
    file = visit.console.pocket.settings.pack_dir / collection.FILE
    return _replace(visit, session, file.read_text(encoding="utf-8") if file.is_file() else "")


def _replace(visit: Visit, session: Session, table: str) -> Response:
    try:
        count = collection.replace_all(session, collection.read_table(table))
    except CollectionError as error:
        return _page(visit, session, table, 422, error.problems)
    record(session, visit.member, AuditAction.COLLECTION_DAYS_CHANGED, "collection", {"entries": count}, visit.now)
    return visit.to(f"{PATH}/rules/collection", Message.COLLECTION_CHANGED, count=str(count))


def _page(visit: Visit, session: Session, table: str, status: int = 200, problems: tuple[str, ...] = ()) -> Response:
    found, today = collection.rows(session), day_in_japan(visit.now)
    return visit.page(
        "rules/collection.html",
        status,
        rows=found[:SHOWN],
        ends=max((row.valid_to for row in found), default=None),
        endings=collection.endings(session, today, SOON),
        sources=sorted({row.source for row in found}),
        today=today,
        days=collection.DAYS,
        table=table,
        in_pack=(visit.console.pocket.settings.pack_dir / collection.FILE).is_file(),
        problems=problems,
        columns=COLUMNS,
    )


def _as_csv(found: Iterable[CollectionDay]) -> str:
    """The table as it can be written again, a weekday a line."""
    text = io.StringIO()
    writer = csv.writer(text, lineterminator="\n")
    writer.writerow(COLUMNS)
    for row in found:
        weeks = f"第{'・'.join(map(str, row.weeks))}" if row.weeks else ""
        days = weeks + collection.DAYS[row.weekday]
        dates = row.valid_from.isoformat(), row.valid_to.isoformat()
        writer.writerow([row.town, row.place, row.kind, days, row.put_out_by, *dates, row.source])
    return text.getvalue()
