"""The names behind the ids of accounts in the rows of guides."""

from collections.abc import Iterable

from sqlalchemy import select
from sqlalchemy.orm import Session

from knowledge.models import StaffRow


def names(session: Session, ids: Iterable[int | None]) -> dict[int, str]:
    """The names of some accounts; an id that is gone is left out."""
    wanted = {id_ for id_ in ids if id_ is not None}
    found = session.execute(select(StaffRow.id, StaffRow.name).where(StaffRow.id.in_(wanted))) if wanted else ()
    return {row.id: row.name for row in found}
