"""Real processes, a real database, a platform that loses replies, and SIGKILL at random moments."""

import random
import subprocess
import sys
import time
from collections.abc import Callable, Iterator
from contextlib import ExitStack, contextmanager
from dataclasses import dataclass
from datetime import UTC, datetime
from pathlib import Path
from typing import Any

import httpx
import pytest
from sqlalchemy import select

from knowledge.approval import approve, submit
from knowledge.campaign import Live, digests, draft, load
from knowledge.course import start
from knowledge.database import Sessions
from knowledge.models import Batch, CampaignStatus, Recipient
from knowledge.segment import Everyone
from tests.bot.notices.world import Member, settle_friends, wording
from tests.bot.simulator.stand import TOKEN
from tests.knowledge.notices.rows import add_staff

ROOT = Path(__file__).parents[3]
AUTHORISED = {"authorization": f"Bearer {TOKEN}"}


@contextmanager
def process(module: str, *arguments: str) -> Iterator[tuple[subprocess.Popen[str], str]]:
    """A process of this house and the first line it says; killed at the end."""
    command = [sys.executable, "-m", f"tests.bot.notices.{module}", *arguments]
    with subprocess.Popen(command, cwd=ROOT, stdout=subprocess.PIPE, text=True) as running:
        try:
            assert running.stdout
            yield running, running.stdout.readline().strip()
        finally:
            running.kill()


@dataclass
class Scene:
    """A campaign that two people sent off, its platform, and the processes that send it."""

    sessions: Sessions
    database: str
    platform: str
    campaign: str = ""
    what = "notices"

    def finished(self) -> bool:
        with self.sessions() as session:
            listed = select(Batch.id).where(Batch.campaign_id == self.campaign, Batch.roster.is_not(None))
            sent = load(session, self.campaign).status == CampaignStatus.SENT
            return sent and session.scalars(listed.limit(1)).first() is None

    def ledger(self) -> dict[str, Any]:
        found: dict[str, Any] = httpx.post(f"{self.platform}/ledger", timeout=30).json()
        return found


@contextmanager
def scene(sessions: Sessions, database: str, friends: int, lost: float, latency: float = 0.0) -> Iterator[Scene]:
    """That many friends, an approved notice to all of them, started this moment."""
    now = datetime.now(UTC)
    with process("platform_process", str(friends), str(lost), str(latency)) as (_, platform):
        with sessions.begin() as session:
            add_staff(session, 2, now)
            settle_friends(session, friends, now)
        with sessions.begin() as session:
            campaign = draft(session, Live(wording(), Everyone()), Member(1), now)
            submit(session, campaign, Member(1), now, "試験のため")
            approve(session, campaign, Member(2), digests(campaign), now)
            start(session, campaign, Member(1), now)
        yield Scene(sessions, database, platform, campaign.id)


def sent_under_fire(there: Scene, kills: int, chance: random.Random, senders: int = 1) -> tuple[int, float]:
    """Kill a sender at random moments and start the next at once; then let them finish.

    How many were killed before all was sent, and the seconds from the last kill to the next request that was taken.
    """
    arguments, killed = (there.database, there.platform, there.what), 0
    with ExitStack() as stack:
        for _ in range(senders - 1):
            stack.enter_context(process("sender_process", *arguments))
        for _ in range(kills):
            with process("sender_process", *arguments):
                time.sleep(chance.uniform(0.0, 0.8))
            killed += not there.finished()
        last, before = time.monotonic(), there.ledger()["accepted"]
        stack.enter_context(process("sender_process", *arguments))
        _wait(lambda: there.finished() or there.ledger()["accepted"] > before, last + 60)
        resumed = time.monotonic() - last
        _wait(there.finished, last + 300)
        return killed, resumed


def _wait(ready: Callable[[], bool], until: float) -> None:
    while not ready():
        assert time.monotonic() < until, "it does not resume"
        time.sleep(0.2)


def check(there: Scene, friends: int) -> None:
    """The ledger is the approved audience: everybody once, nobody twice, nobody else."""
    assert there.ledger()["times"] == {"1": friends}
    with there.sessions() as session:
        people = select(Recipient.resident_id).where(Recipient.campaign_id == there.campaign)
        assert len(set(session.scalars(people))) == friends
        assert set(session.scalars(select(Batch.status).where(Batch.campaign_id == there.campaign))) == {"accepted"}


def test_killed_senders_lose_nobody_and_tell_nobody_twice(sessions: Sessions, database_url: str) -> None:
    """A small sample: 5,000 people, a fifth of the replies lost, two kills."""
    with scene(sessions, database_url, 5_000, 0.2) as there:
        sent_under_fire(there, 2, random.Random(1))
        check(there, 5_000)


@pytest.mark.prove
@pytest.mark.timeout(7200)
@pytest.mark.parametrize("run", range(10))
def test_a_hundred_thousand_under_fire(sessions: Sessions, database_url: str, run: int) -> None:
    """100,000 people, 5 % lost replies, ten kills a run, ten runs on each database: 200 kills over 20 runs.

    The platform takes its time, so that all ten kills come before the end.
    """
    with scene(sessions, database_url, 100_000, 0.05, latency=0.25) as there:
        killed, resumed = sent_under_fire(there, 10, random.Random(run))
        check(there, 100_000)
    sys.stdout.write(f"\nrun {run}: {killed} kills, 0 lost, 0 twice, resumed {resumed:.1f} s after the last kill\n")
    assert killed == 10


@pytest.mark.prove
@pytest.mark.timeout(600)
def test_two_workers_share_a_campaign(sessions: Sessions, database_url: str) -> None:
    """On PostgreSQL two processes send at once, neither in the other's way; on SQLite it does no harm."""
    with scene(sessions, database_url, 50_000, 0.0) as there:
        sent_under_fire(there, 0, random.Random(1), senders=2)
        check(there, 50_000)
