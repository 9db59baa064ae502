"""Everything that is kept about one resident, for the resident: by the schema, so that nothing new is forgotten."""

from datetime import date, datetime
from typing import Any

from sqlalchemy import Table, select
from sqlalchemy.orm import Session

from knowledge import choices
from knowledge.erasure import tables_of_residents
from knowledge.models import Base
from knowledge.sealing import Seal

OURS = frozenset({"settings_visits"})
"""Says nothing of the person: a browser's way to the settings page, for half an hour."""
NOT_SHOWN = ("digest", "key", "sealed", "payload", "code", "meaning", "trace", "token")
"""Parts of a column's name whose value is a secret of ours, or means nothing outside of the machine."""


def held(session: Session, resident: int, seal: Seal | None) -> dict[str, Any]:
    """What every table says of a resident, as JSON values; a sealed certificate in words, where it can be opened."""
    found = {table.name: _rows(session, table, resident) for table in _tables()}
    certificate = choices.read(session, resident, seal).certificate
    known = {name: rows for name, rows in found.items() if rows}
    return known | ({"certificate": certificate.written()} if certificate else {})


def _tables() -> list[Table]:
    own = Base.metadata.tables["residents"]
    return [own, *(table for table in reversed(tables_of_residents()) if table.name not in OURS and table is not own)]


def _rows(session: Session, table: Table, resident: int) -> list[dict[str, Any]]:
    whose = table.c.id if table.name == "residents" else table.c.resident_id
    shown = [column for column in table.columns if not any(part in column.name for part in NOT_SHOWN)]
    return [
        {name: _value(value) for name, value in row.items() if value is not None}
        for row in session.execute(select(*shown).where(whose == resident)).mappings()
    ]


def _value(value: object) -> object:
    return value.isoformat() if isinstance(value, date | datetime) else value
