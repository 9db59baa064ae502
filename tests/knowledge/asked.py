"""Questions as rows, made for tests: asked at a time, ended in a way, with the hits a trace would keep."""

import uuid
from collections.abc import Sequence
from datetime import UTC, datetime
from typing import Any

from sqlalchemy.orm import Session

from knowledge import missed
from knowledge.models import Question, Resident, ResidentStatus
from knowledge.search import Searcher

NOW = datetime(2026, 11, 20, 3, 0, tzinfo=UTC)


def hits_of(searcher: Searcher, text: str) -> list[list[Any]]:
    """The first hits as a question's trace keeps them."""
    return [[hit.owner.kind.value, hit.owner.id, round(hit.score, 3)] for hit in searcher.search(text).hits[:5]]


def asked(session: Session, text: str | None = "パンダに会いたい", at: datetime = NOW, **fields: Any) -> Question:
    """A question that was not found unless told otherwise, noted as staff work where it is."""
    hits: Sequence[Any] = fields.pop("hits", ())
    values: dict[str, Any] = {
        "id": uuid.uuid4().hex, "channel": "line", "lang": "ja", "outcome": "not_found", "candidates": [],
        "trace": {"step": "not_found", "hits": list(hits)}, "snapshot": "", "pressed": False, "forms_shown": 0,
    }  # fmt: skip
    row = Question(text=text, asked_at=at, **(values | fields))
    session.add(row)
    missed.note(session, row)
    session.flush()
    return row


def resident(session: Session, number: int = 1) -> Resident:
    """A friend of ours."""
    row = Resident(line_user_id=f"U{number:032x}", status=ResidentStatus.FRIEND.value, changed_ms=1, created_at=NOW)
    session.add(row)
    session.flush()
    return row
