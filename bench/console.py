"""Times of the console's pages with many guides and a long log, beside a bare FastAPI page in the same process.

`python -m bench.console [--questions 1000000] [--guides 2000] [--rounds 60] [--like DIR] [--json]`. An installation is
made in a temporary place (or copied from a finished one, `--like`) and filled first: questions over a year, a tenth of
them missed and in groups, counts by day as the chores make them. What is timed is a whole request by a signed-in
person, from the call to the last byte.
"""

import argparse
import json
import shutil
import tempfile
import time
import uuid
from collections.abc import Iterator
from dataclasses import asdict, dataclass
from datetime import UTC, datetime, timedelta
from pathlib import Path
from random import Random

import numpy as np
from fastapi import FastAPI
from sqlalchemy import insert
from starlette.testclient import TestClient

from bot.console.app import mount_console
from bot.console.frame import Console
from bot.settings import Settings
from bot.setup import initialise, silent
from bot.wiring import Pocket
from knowledge import library, sessions, staff
from knowledge.counts import count_due
from knowledge.database import Sessions
from knowledge.models import (
    GroupStatus,
    GuideRow,
    MissedQuestion,
    Question,
    QuestionGroup,
    Role,
    SessionOrigin,
    SessionStage,
)  # fmt: skip
from knowledge.staff import NewStaff

PAGES = {
    "home, one department": "/staff/",
    "home, everybody": "/staff/?all=1",
    "questions": "/staff/questions?all=1",
    "questions, page 10": "/staff/questions?all=1&page=10",
    "a group": "/staff/questions/1",
    "guides": "/staff/guides",
    "guides, all departments": "/staff/guides?owner=",
    "a guide": "/staff/guides/tennyu-todoke",
    "a guide's form": "/staff/guides/tennyu-todoke/edit",
    "numbers, four weeks": "/staff/numbers",
    "numbers, a year": "/staff/numbers?since={year_ago}&until={today}",
}
GROUPS = 600
SPAN = timedelta(days=365)
CHUNK = 20_000


@dataclass(frozen=True)
class Figure:
    """Milliseconds of one page."""

    page: str
    p50_ms: float
    p95_ms: float


def fill(pocket: Pocket, questions: int, guides: int, now: datetime) -> None:
    """Let the installation have so many guides and questions of the last year, grouped and counted."""
    chance = Random(questions)
    _add_guides(pocket.sessions, guides, now)
    with pocket.sessions.begin() as session:
        ids = [guide.id for guide in library.guides(session)]
        owners = sorted({guide.owner for guide in library.guides(session)})
        groups = [_group(number, chance.choice(owners), ids, chance, now) for number in range(1, GROUPS + 1)]
        session.execute(insert(QuestionGroup), groups)
    for start in range(0, questions, CHUNK):
        rows = [_question(chance, ids, now) for _ in range(min(CHUNK, questions - start))]
        lost = [row for row in rows if row["outcome"] == "not_found"]
        with pocket.sessions.begin() as session:
            session.execute(insert(Question), rows)
            session.execute(insert(MissedQuestion), [_missed(row, chance) for row in lost])
    count_due(pocket.sessions, now)


def _add_guides(opened: Sessions, count: int, now: datetime) -> None:
    with opened.begin() as session:
        known = library.guides(session)
        for number in range(max(0, count - len(known))):
            guide = known[number % len(known)].model_copy(update={"id": f"more-{number}"})
            review_by = (now + timedelta(days=number % 400)).date()
            row = {"id": guide.id, "content": guide.model_dump(mode="json"), "digest": uuid.uuid4().hex, "version": 1}
            more = {"status": "published", "review_by": review_by, "updated_at": now, "owner": guide.owner}
            session.execute(insert(GuideRow).values(**row, **more, keeper="staff", pack_digest=""))


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


def signed_in(console: Console) -> dict[str, str]:
    """The cookie of a new system administrator with a department."""
    now = console.clock()
    with console.pocket.sessions.begin() as session:
        owner = library.guides(session)[0].owner
        row = staff.add(
            session, NewStaff(f"bench{uuid.uuid4().hex[:6]}", "計測 係", owner, frozenset({Role.SYSTEM})), now
        )
        token = sessions.begin(session, row.id, SessionStage.FULL, SessionOrigin.LOCAL, now)
    return {console.cookies.session: token}


def measure(pocket: Pocket, rounds: int) -> Iterator[Figure]:
    """The times of every page, and of a bare one."""
    app, console = FastAPI(), Console(pocket)
    mount_console(app, console)
    app.add_api_route("/bare", lambda: {"hello": "world"})
    day = {"today": datetime.now(UTC).date(), "year_ago": (datetime.now(UTC) - SPAN).date()}
    with TestClient(app, cookies=signed_in(console)) as client:
        for name, path in {"a bare page": "/bare", **PAGES}.items():
            taken = [_timed(client, path.format(**day)) for _ in range(rounds + 3)][3:]
            yield Figure(name, *(round(float(value), 1) for value in np.percentile(taken, [50, 95])))


def _timed(client: TestClient, path: str) -> float:
    started = time.perf_counter()
    answer = client.get(path)
    assert answer.status_code == 200, (path, answer.status_code)
    return 1000 * (time.perf_counter() - started)


def main() -> None:
    """Fill, measure, and print a table or JSON."""
    parser = argparse.ArgumentParser(prog="bench.console")
    parser.add_argument("--questions", type=int, default=1_000_000)
    parser.add_argument("--guides", type=int, default=2_000)
    parser.add_argument("--rounds", type=int, default=60)
    parser.add_argument("--like", type=Path, help="a finished installation to copy")
    parser.add_argument("--json", action="store_true")
    options = parser.parse_args()
    with tempfile.TemporaryDirectory() as data:
        settings = Settings(data_dir=Path(data))
        if options.like:
            shutil.copytree(options.like, data, dirs_exist_ok=True)
        else:
            initialise(settings, silent, silent)
        pocket = Pocket.open(settings)
        fill(pocket, options.questions, options.guides, datetime.now(UTC))
        figures = list(measure(pocket, options.rounds))
        pocket.engine.dispose()
    if options.json:
        print(json.dumps([asdict(figure) for figure in figures]))
        return
    print(f"{options.questions:,} questions, {options.guides:,} guides\n{'page':28}{'p50 ms':>10}{'p95 ms':>10}")
    for figure in figures:
        print(f"{figure.page:28}{figure.p50_ms:10}{figure.p95_ms:10}")


if __name__ == "__main__":
    main()
