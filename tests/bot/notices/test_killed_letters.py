"""Letters to one person under fire: real processes, replies that are lost, SIGKILL at random moments."""

import random
import sys
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass
from datetime import UTC, datetime, timedelta

import pytest
from sqlalchemy import func, select

from knowledge import letters, standing
from knowledge.database import Sessions
from knowledge.letters import Order
from knowledge.models import Letter, LetterOrigin, LetterStatus
from tests.bot.notices.test_killed import Scene, process, sent_under_fire
from tests.bot.notices.world import settle_friends
from tests.knowledge.notices.rows import add_staff

TEXT = '[{"type":"text","text":"申請の結果が出ました"}]'
OPEN = (LetterStatus.ACCEPTED, LetterStatus.CLAIMED)


@dataclass
class Post(Scene):
    """Letters that wait, a platform, and the processes that send them."""

    what = "letters"

    def finished(self) -> bool:
        with self.sessions() as session:
            return session.scalars(select(Letter.id).where(Letter.status.in_(OPEN)).limit(1)).first() is None


@contextmanager
def post(sessions: Sessions, database: str, friends: int, lost: float, latency: float) -> Iterator[Post]:
    """A letter to each of so many friends: half from a ward system by approved words, half asked for by themselves."""
    now = datetime.now(UTC)
    with process("platform_process", str(friends), str(lost), str(latency)) as (_, platform):
        with sessions.begin() as session:
            add_staff(session, 2, now)
            settle_friends(session, friends, now)
            standing.agree(session, "template:1", "x", 1, 2, now)
        with sessions.begin() as session:
            for number in range(1, friends + 1):
                letters.put(session, _order(number, now), now)
        yield Post(sessions, database, platform)


def _order(number: int, now: datetime) -> Order:
    if number % 2:
        return Order(LetterOrigin.DEADLINE, number, TEXT, keeps_quiet=False)
    late = now + timedelta(hours=2)
    return Order(
        LetterOrigin.SYSTEM, number, TEXT, subject="template:1", standing="x", keeps_quiet=False, not_after=late
    )


def check(there: Post, friends: int) -> None:
    """Each friend was told once, and every row says so; no text is left behind."""
    assert there.ledger()["times"] == {"1": friends}
    with there.sessions() as session:
        statuses = select(Letter.status, func.count()).group_by(Letter.status)
        assert {status: count for status, count in session.execute(statuses)} == {LetterStatus.DELIVERED: friends}  # noqa: C416
        assert session.scalars(select(Letter.id).where(Letter.messages.is_not(None))).all() == []


def test_killed_postmen_lose_no_letter_and_bring_none_twice(sessions: Sessions, database_url: str) -> None:
    """A small sample: thirty letters, some replies lost, two kills."""
    with post(sessions, database_url, 30, 0.05, latency=0.02) as there:
        killed, _ = sent_under_fire(there, 2, random.Random(1))
        check(there, 30)
    assert killed


@pytest.mark.prove
@pytest.mark.timeout(1200)
@pytest.mark.parametrize("run", range(5))
def test_letters_under_fire(sessions: Sessions, database_url: str, run: int) -> None:
    """500 letters, 5 % lost replies, twenty kills a run, five runs on each database: 200 kills over 10 runs."""
    with post(sessions, database_url, 500, 0.05, latency=0.05) as there:
        killed, resumed = sent_under_fire(there, 20, random.Random(run))
        check(there, 500)
    sys.stdout.write(f"\nrun {run}: {killed} kills, 0 lost, 0 twice, resumed {resumed:.1f} s after the last kill\n")
    assert killed == 20
