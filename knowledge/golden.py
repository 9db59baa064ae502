"""Golden questions of the ward: real questions with their right answer, which publishing must not make wrong.

The pack brings the first ones (`golden.yaml`), staff keep more. `expect` holds `outcome`, `guide` and `also`, as
`indexer.evaluate.Expected` has them.
"""

import uuid
from collections.abc import Collection, Sequence
from dataclasses import dataclass
from datetime import datetime
from hashlib import sha256

from sqlalchemy import Select, select, update
from sqlalchemy.orm import Session

from knowledge import audit
from knowledge.audit import AuditAction
from knowledge.clerk import Clerk
from knowledge.errors import PocketError
from knowledge.models import GoldenQuestion, GuideRow
from knowledge.records import GoldenRecord
from knowledge.text import LONGEST_QUESTION, detect_language, normalise

ANSWERED = "answered"


class GoldenTextError(PocketError):
    """質問を書いてください。500文字までです。"""


class GoldenMissingError(PocketError):
    """その確認用の質問はありません。一覧から選び直してください。"""


class GoldenKeptError(PocketError):
    """同じ質問がもう確認用にあります。答えを変えるときは、先にその質問を外してください。"""


@dataclass(frozen=True)
class Answer:
    """What is right: an outcome, for `answered` the guide, and guides that are equally right."""

    outcome: str
    guide: str | None = None
    also: tuple[str, ...] = ()

    def as_json(self) -> dict[str, object]:
        """The fields as a row holds them."""
        return {"outcome": self.outcome, "guide": self.guide, "also": list(self.also)}


def keep(
    session: Session, text: str, right: Answer, clerk: Clerk, now: datetime, question: str | None = None
) -> GoldenQuestion:
    """Keep a (masked) question with its right answer; any editor or reviewer may, for a guide of theirs.

    `question` is the id of the real one. One without a guide (not_found, …) anybody of them may keep.
    """
    plain = text.strip()
    if not normalise(plain) or len(plain) > LONGEST_QUESTION:
        raise GoldenTextError
    row = session.get(GuideRow, right.guide) if right.guide else None
    clerk.must_edit(row.owner if row else clerk.department or "")
    if session.scalar(_standing().where(GoldenQuestion.text == plain)):
        raise GoldenKeptError
    kept = _row(uuid.uuid4().hex, plain, right, now)
    kept.kept_by, kept.question_id = clerk.id, question
    session.add(kept)
    session.flush()
    audit.record(session, clerk, AuditAction.GOLDEN_KEPT, f"golden:{kept.id}", {"guide": right.guide}, now)
    return kept


def _row(id_: str, text: str, right: Answer, now: datetime) -> GoldenQuestion:
    return GoldenQuestion(
        id=id_,
        text=text,
        lang=detect_language(text).value,
        turns=[],
        guide_id=right.guide,
        expect=right.as_json(),
        kept_at=now,
    )


def _standing() -> Select[GoldenQuestion]:
    return select(GoldenQuestion).where(GoldenQuestion.retired_at.is_(None))


def standing(session: Session, guide_ids: Collection[str] | None = None) -> list[GoldenQuestion]:
    """The golden questions in force, all or those of some guides, in a fixed order."""
    found = _standing() if guide_ids is None else _standing().where(GoldenQuestion.guide_id.in_(guide_ids))
    return list(session.scalars(found.order_by(GoldenQuestion.id)))


def retire(session: Session, golden_id: str, clerk: Clerk, now: datetime) -> None:
    """Let a golden question count no more; a reviewer's right, because it lowers the gate."""
    row = session.get(GoldenQuestion, golden_id)
    if row is None or row.retired_at:
        raise GoldenMissingError
    guide = session.get(GuideRow, row.guide_id) if row.guide_id else None
    clerk.must_review([guide.owner if guide else clerk.department or ""], frozenset())
    row.retired_at = now
    session.flush()
    audit.record(session, clerk, AuditAction.GOLDEN_RETIRED, f"golden:{row.id}", {"guide": row.guide_id}, now)


def sync(session: Session, records: Sequence[GoldenRecord], now: datetime) -> None:
    """Make the golden questions of the pack those in force; what staff kept or retired stays as it is."""
    rows = {row.id: row for row in session.scalars(select(GoldenQuestion).where(GoldenQuestion.kept_by.is_(None)))}
    for record in records:
        right = Answer(record.outcome, record.guide, record.also)
        fresh, row = _row(_pack_id(record), record.text, right, now), rows.pop(_pack_id(record), None)
        if row is None:
            session.add(fresh)
        elif row.expect != fresh.expect:
            row.expect, row.guide_id = fresh.expect, fresh.guide_id
    gone = [id_ for id_, row in rows.items() if row.retired_at is None]
    session.execute(update(GoldenQuestion).where(GoldenQuestion.id.in_(gone)).values(retired_at=now))


def _pack_id(record: GoldenRecord) -> str:
    return f"pack-{sha256(record.text.encode()).hexdigest()[:24]}"
