"""Erasing what is known of a person: whatever points at a resident goes, but for the named exceptions.

The tables are found from the schema, so a new one that holds something of residents is erased without being listed.
"""

import uuid
from datetime import datetime, timedelta

from sqlalchemy import Table, delete, select
from sqlalchemy.orm import Session

from knowledge import missed
from knowledge.models import Base, Question, Resident, ResidentStatus, Tester

GONE_AFTER = timedelta(days=30)
"""So long after a block it is still known who it was, so that what they refused is kept should they come back."""
AT_ONCE = 200
_GONE = "erased-"
COUNTED = frozenset({"recipients"})
"""That a notice went to a row stays, for its report; whose row it was is not known any more."""
OWN_CARE = frozenset({"residents", "questions", "testers"})
"""Questions stay without text and person (`missed.erase`); testers are staff's own accounts, taken out by staff."""
REFUSED = frozenset({"subscriptions"})
"""What somebody refused must outlive what they told, or they would hear of it again."""


def tables_of_residents() -> list[Table]:
    """Every table that points at a resident, those first that others do not point at."""
    return [
        table
        for table in reversed(Base.metadata.sorted_tables)
        if any(key.column.table.name == "residents" for key in table.foreign_keys)
    ]


def erase_told(session: Session, resident: int) -> None:
    """Erase what a friend told us or asked us, but not that they refused topics, nor that notices were sent."""
    _erase(session, resident, COUNTED | OWN_CARE | REFUSED)


def erase_gone(session: Session, now: datetime) -> int:
    """Erase residents who blocked us thirty days ago or longer, their LINE id with them; how many, `AT_ONCE` at most.

    Testers stay until staff take them out. Who comes back later is somebody new.
    """
    long_ago = int((now - GONE_AFTER).timestamp() * 1000)
    gone = select(Resident).where(
        Resident.status == ResidentStatus.BLOCKED,
        Resident.changed_ms <= long_ago,
        Resident.line_user_id.not_like(f"{_GONE}%"),
        Resident.id.not_in(select(Tester.resident_id).where(Tester.resident_id.is_not(None))),
    )
    found = session.scalars(gone.order_by(Resident.id).limit(AT_ONCE)).all()
    for resident in found:
        _erase(session, resident.id, COUNTED | OWN_CARE)
        resident.line_user_id = f"{_GONE}{uuid.uuid4().hex}"
        resident.seen_at = None
    return len(found)


def _erase(session: Session, resident: int, kept: frozenset[str]) -> None:
    asked = session.scalars(select(Question.id).where(Question.resident_id == resident)).all()
    if asked:
        missed.erase(session, asked)
    for table in tables_of_residents():
        if table.name not in kept:
            session.execute(delete(table).where(table.c.resident_id == resident))
