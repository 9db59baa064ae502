"""Times of the console's pages with many guides and a long log, beside a bare FastAPI page in the same process.

`python -m bench.console [--questions 1000000] [--guides 2000] [--rounds 60] [--json]`. An installation is made in a
temporary place, with an index of all its guides (`bench.publish`), and a year of questions (`bench.year`). What is
timed is a whole request by a signed-in person, from the call to the last byte; beside it stands the processor's time.
"""

import argparse
import json
import sys
import tempfile
import time
import uuid
from collections.abc import Iterator
from dataclasses import asdict, dataclass, field
from datetime import UTC, datetime
from pathlib import Path

import numpy as np
from fastapi import FastAPI
from starlette.testclient import TestClient

from bench.publish import prepare
from bench.year import SPAN, fill
from bot.console.app import mount_console
from bot.console.frame import Console
from bot.console.visit import FIELD, csrf_of
from bot.settings import Settings
from bot.wiring import Pocket
from knowledge import library, sessions, staff
from knowledge.models import Role, SessionOrigin, SessionStage
from knowledge.staff import NewStaff

BOUND_MS = 300.0
"""What the 95th percentile of each page may take (issue 4)."""
BARE = "a bare page"


@dataclass(frozen=True)
class Request:
    """A page: its path below the host, and the form that is sent to it (None: it is fetched)."""

    path: str
    form: dict[str, str] | None = field(default=None, hash=False)


PAGES = {
    "home, one department": Request("/staff/"),
    "home, everybody": Request("/staff/?all=1"),
    "questions": Request("/staff/questions?all=1"),
    "questions, page 10": Request("/staff/questions?all=1&page=10"),
    "questions, answered ones": Request("/staff/questions?all=1&show=answered"),
    "a group": Request("/staff/questions/1"),
    "guides": Request("/staff/guides"),
    "guides, all departments": Request("/staff/guides?owner="),
    "guides, searched": Request("/staff/guides/search", {"text": "引っ越してきたけど何すればいい？"}),
    "guides, a question tried": Request("/staff/guides/try", {"text": "住民票の写しはいくらですか"}),
    "a guide": Request("/staff/guides/tennyu-todoke"),
    "a guide's form": Request("/staff/guides/tennyu-todoke/edit"),
    "a new guide's form": Request("/staff/guides/new"),
    "a guide's golden questions": Request("/staff/guides/tennyu-todoke/golden"),
    "a draft": Request("/staff/guides/drafts/{draft}"),
    "a draft's form": Request("/staff/guides/drafts/{draft}/edit"),
    "numbers, four weeks": Request("/staff/numbers"),
    "numbers, a year": Request("/staff/numbers?since={year_ago}&until={today}"),
    "numbers, three years": Request("/staff/numbers?since={long_ago}&until={today}"),
    "numbers, a year as a file": Request(
        "/staff/numbers/csv", {"table": "guide", "since": "{year_ago}", "until": "{today}"}
    ),
    "open data": Request("/staff/numbers/open-data", {}),
    "sources": Request("/staff/sources"),
    "changed pages": Request("/staff/sources/changes"),
    "exchange": Request("/staff/exchange"),
    "notices": Request("/staff/notices"),
    "people": Request("/staff/people"),
    "audit log": Request("/staff/audit"),
    "audit log, searched": Request("/staff/audit?action=numbers_exported&subject=guide:tennyu-todoke"),
    "account": Request("/staff/account"),
}


@dataclass(frozen=True)
class Figure:
    """Milliseconds of one page, and of them the processor's own: what is left of it on a machine that is busy."""

    page: str
    p50_ms: float
    p95_ms: float
    cpu_ms: float


def signed_in(console: Console) -> str:
    """The token of a new person with a department who may see every page."""
    now = console.clock()
    with console.pocket.sessions.begin() as session:
        new = NewStaff(f"bench{uuid.uuid4().hex[:6]}", "計測 係", library.guides(session)[0].owner, frozenset(Role))
        return sessions.begin(session, staff.add(session, new, now).id, SessionStage.FULL, SessionOrigin.LOCAL, now)


def measure(pocket: Pocket, draft: str, rounds: int) -> Iterator[Figure]:
    """The times of every page, and of a bare one."""
    app, console = FastAPI(), Console(pocket)
    mount_console(app, console)
    app.add_api_route("/bare", lambda: {"hello": "world"})
    now, token = datetime.now(UTC), signed_in(console)
    words = {
        "draft": draft, "today": str(now.date()), "year_ago": str((now - SPAN).date()),
        "long_ago": str((now - 3 * SPAN).date()),
    }  # fmt: skip
    with TestClient(app, cookies={console.cookies.session: token}) as client:
        for name, request in {BARE: Request("/bare"), **PAGES}.items():
            filled = _filled(request, words, csrf_of(token))
            taken = [_timed(client, filled) for _ in range(rounds + 3)][3:]
            wall, cpu = np.array(taken).T
            yield Figure(name, *(round(float(value), 1) for value in (*np.percentile(wall, [50, 95]), np.median(cpu))))


def _filled(request: Request, words: dict[str, str], csrf: str) -> Request:
    if request.form is None:
        return Request(request.path.format(**words))
    return Request(request.path, {FIELD: csrf} | {name: text.format(**words) for name, text in request.form.items()})


def _timed(client: TestClient, request: Request) -> tuple[float, float]:
    started, worked = time.perf_counter(), time.process_time()
    form = request.form
    answer = client.get(request.path) if form is None else client.post(request.path, data=form)
    taken = 1000 * (time.perf_counter() - started), 1000 * (time.process_time() - worked)
    assert answer.status_code == 200, (request.path, answer.status_code)
    return taken


def figures(data: Path, questions: int, guides: int, rounds: int) -> Iterator[Figure]:
    """Make an installation in a directory, fill it and measure its pages."""
    settings = Settings(_env_file=None, data_dir=data)
    prepare(settings, guides)
    pocket = Pocket.open(settings)
    draft = fill(pocket, questions, questions // 50, datetime.now(UTC))
    yield from measure(pocket, draft, rounds)
    pocket.engine.dispose()


def main() -> None:
    """Fill, measure, and print a table or JSON; the exit code tells whether every page is within its bound."""
    parser = argparse.ArgumentParser(prog="bench.console")
    parser.add_argument("--questions", type=int, default=1_000_000)
    parser.add_argument("--guides", type=int, default=2_000)
    parser.add_argument("--rounds", type=int, default=60)
    parser.add_argument("--json", action="store_true")
    options = parser.parse_args()
    with tempfile.TemporaryDirectory() as data:
        found = list(figures(Path(data), options.questions, options.guides, options.rounds))
    if options.json:
        print(json.dumps([asdict(figure) for figure in found]))
    else:
        print(f"{options.questions:,} questions, {options.guides:,} guides")
        print(f"{'page':28}{'p50 ms':>10}{'p95 ms':>10}{'cpu ms':>10}")
        for figure in found:
            print(f"{figure.page:28}{figure.p50_ms:10}{figure.p95_ms:10}{figure.cpu_ms:10}")
    sys.exit(any(figure.p95_ms > BOUND_MS for figure in found))


if __name__ == "__main__":
    main()
