"""The night at full load: questions and a push at once, the product a process of its own, its encoder gone."""

import subprocess
import sys
import time
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass
from datetime import UTC, datetime
from pathlib import Path
from typing import Any

import httpx
import pytest

from knowledge import library
from knowledge.approval import approve, submit
from knowledge.campaign import Live, digests, draft
from knowledge.course import start
from knowledge.database import Sessions, open_engine, open_sessions
from knowledge.models import Urgency
from knowledge.segment import Everyone
from tests.bot.notices.world import settle_friends, wording
from tests.bot.served import serve
from tests.bot.simulator.stand import SECRET, TOKEN
from tests.databases import fresh_sqlite
from tests.handlers.emergency import Member, pack, turn
from tests.knowledge.notices.rows import add_staff

ROOT = Path(__file__).parents[3]
PATIENCE = 120.0


@dataclass(frozen=True)
class Found:
    """What the platform's ledger says of a night."""

    asked: int
    failed: int
    took: list[float]
    twice: int
    told: dict[str, int]

    @property
    def p95(self) -> float:
        """Seconds from the question's sending to the platform's taking of the answer, of 95 in a hundred."""
        return self.took[int(len(self.took) * 0.95)]


@contextmanager
def _platform(friends: int) -> Iterator[str]:
    command = [sys.executable, "-m", "tests.bot.disaster.night_process", str(friends)]
    with subprocess.Popen(command, cwd=ROOT, stdout=subprocess.PIPE, text=True) as running:
        try:
            assert running.stdout
            yield running.stdout.readline().strip()
        finally:
            running.kill()


def _push(sessions: Sessions) -> None:
    """A disaster notice to everybody starts this moment."""
    now = datetime.now(UTC)
    with sessions.begin() as session:
        campaign = draft(session, Live(wording("避難指示です", Urgency.DISASTER), Everyone()), Member(1), now)
        submit(session, campaign, Member(1), now, "試験のため")
        approve(session, campaign, Member(2), digests(campaign), now)
        start(session, campaign, Member(1), now)


def night(data: Path, friends: int, questions: int, seconds: float) -> Found:
    """A push to that many friends while so many questions come in so many seconds."""
    engine = open_engine(fresh_sqlite(data / "pocket.db"))
    sessions = open_sessions(engine)
    with sessions.begin() as session:
        library.sync_pack(session, pack(), datetime.now(UTC))
        add_staff(session, 3, datetime.now(UTC))
        settle_friends(session, friends, datetime.now(UTC))
        turn(session)
    with _platform(friends) as platform:
        environment = {
            "LINE_CHANNEL_SECRET": SECRET,
            "LINE_CHANNEL_ACCESS_TOKEN": TOKEN,
            "LINE_API_BASE": platform,
            "LINE_DATA_API_BASE": platform,
            "POCKET_EMBEDDING_MODEL": str(data / "nothing"),
        }
        with serve(data, environment) as served:
            _push(sessions)
            asking = {"url": f"{served.url}/line/webhook", "count": str(questions), "seconds": str(seconds)}
            httpx.post(f"{platform}/say", params=asking, timeout=30)
            found = _watch(platform, questions, friends, seconds + PATIENCE)
    engine.dispose()
    return found


def _watch(platform: str, questions: int, friends: int, seconds: float) -> Found:
    end = time.monotonic() + seconds
    while time.monotonic() < end:
        said: dict[str, Any] = httpx.post(f"{platform}/found", timeout=60).json()
        if said.pop("done") and len(said["took"]) == questions and sum(said["told"].values()) == friends:
            break
        time.sleep(min(2.0, seconds / 20))
    said.pop("done", None)
    return Found(**said)


def test_a_small_night(tmp_path: Path) -> None:
    """Two hundred questions in ten seconds while two thousand people are told: nothing lost, nothing twice."""
    found = night(tmp_path, 2_000, 200, 10.0)
    assert (found.asked, found.failed, len(found.took), found.twice) == (200, 0, 200, 0)
    assert found.told == {"1": 2_000}


@pytest.mark.prove
@pytest.mark.timeout(3600)
def test_the_night_at_full_size(tmp_path: Path) -> None:
    """10,000 questions in 5 minutes during a push to 100,000, without an encoder: 0 lost, p95 at most a second."""
    found = night(tmp_path, 100_000, 10_000, 300.0)
    assert (found.asked, found.failed, len(found.took), found.twice) == (10_000, 0, 10_000, 0)
    assert found.told == {"1": 100_000}
    sys.stdout.write(f"median {found.took[5_000]:.2f} s, p95 {found.p95:.2f} s, slowest {found.took[-1]:.2f} s\n")
    assert found.p95 <= 1.0
