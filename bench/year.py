"""A year in the life of an installation, for the bench of the console: questions, a draft, an audit log."""

import uuid
from datetime import datetime, timedelta
from random import Random

import numpy as np
from sqlalchemy import insert

from bot.wiring import Pocket
from knowledge import audit, drafts, library
from knowledge.audit import AuditAction
from knowledge.clerk import Clerk
from knowledge.counts import count_due
from knowledge.database import Sessions
from knowledge.models import GroupStatus, MissedQuestion, Question, QuestionGroup

GROUPS = 600
SPAN = timedelta(days=365)
CHUNK = 20_000
WRITER = Clerk(1, "kaku", None, everywhere=True)


def fill(pocket: Pocket, questions: int, entries: int, now: datetime) -> str:
    """Give the installation so many questions of the last year, a tenth in vain, and an audit log; a draft's id."""
    chance = Random(questions)
    with pocket.sessions.begin() as session:
        guides = library.guides(session)
        ids, owners = [guide.id for guide in guides], sorted({guide.owner for guide in guides})
        groups = [_group(number, chance.choice(owners), ids, chance, now) for number in range(1, GROUPS + 1)]
        session.execute(insert(QuestionGroup), groups)
    for start in range(0, questions, CHUNK):
        rows = [_question(chance, ids, now) for _ in range(min(CHUNK, questions - start))]
        lost = [row for row in rows if row["outcome"] == "not_found"]
        with pocket.sessions.begin() as session:
            session.execute(insert(Question), rows)
            if lost:
                session.execute(insert(MissedQuestion), [_missed(row, chance) for row in lost])
    count_due(pocket.sessions, now)
    _log(pocket.sessions, entries, ids, now)
    return _draft(pocket.sessions, ids[0], now)


def _log(sessions: Sessions, entries: int, ids: list[str], now: datetime) -> None:
    with sessions.begin() as session:
        for number in range(entries):
            at = now - SPAN + number * SPAN / entries
            subject = f"guide:{ids[number % len(ids)]}"
            audit.record(session, audit.VISITOR, AuditAction.NUMBERS_EXPORTED, subject, {"months": number}, at)


def _draft(sessions: Sessions, guide_id: str, now: datetime) -> str:
    with sessions.begin() as session:
        found = drafts.whole(session, guide_id)
        assert found
        guide, row = found
        edited = guide.model_copy(update={"aliases": (*guide.aliases, "べつの言い方")})
        draft = drafts.create(session, edited, row.version, WRITER, now)
        return drafts.submit(session, draft.id, draft.revision, "言い方を足す", WRITER, now).id


def _group(number: int, owner: str, ids: list[str], chance: Random, now: datetime) -> dict[str, object]:
    begun = now - SPAN
    status = chance.choice([GroupStatus.OPEN, GroupStatus.OPEN, GroupStatus.ANSWERED, GroupStatus.DISMISSED])
    return {
        "id": number, "status": status.value, "department": owner, "assigned": False, "neighbours": {}, "count": 0,
        "meaning": np.ones(384, dtype=np.float32).tobytes(), "encoder": "bench", "stale": False, "first_at": begun,
        "nearest": chance.sample(ids, 3), "last_at": now, "guide_id": None, "taken_at": None, "taken_by": None,
        "checked": None, "closed_at": now if status is GroupStatus.ANSWERED else None, "closed_by": None,
        "reason": None,
    }  # fmt: skip


def _question(chance: Random, ids: list[str], now: datetime) -> dict[str, object]:
    outcome = chance.choices(["answered", "clarify", "not_found", "smalltalk"], [75, 10, 10, 5])[0]
    return {
        "id": uuid.UUID(int=chance.getrandbits(128)).hex, "event_id": None, "message_id": None, "resident_id": None,
        "channel": chance.choice(["line", "line", "web"]), "lang": chance.choice(["ja"] * 9 + ["en"]),
        "text": f"質問{chance.randrange(5_000)}", "outcome": outcome,
        "guide_id": chance.choice(ids) if outcome == "answered" else None, "passage_id": None, "candidates": [],
        "trace": {}, "snapshot": "", "asked_at": now - SPAN * chance.random(), "feedback": None, "pressed": False,
        "forms_shown": chance.randrange(2) if outcome == "answered" else 0,
    }  # fmt: skip


def _missed(row: dict[str, object], chance: Random) -> dict[str, object]:
    return {
        "question_id": row["id"], "group_id": min(GROUPS, 1 + int(chance.expovariate(8 / GROUPS))), "miss": "not_found",
        "lang": row["lang"], "asked_at": row["asked_at"], "due_at": None, "meaning": None, "neighbours": None,
    }  # fmt: skip
