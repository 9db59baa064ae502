"""How fast a notice to 100,000 people goes out, beside a bare loop that posts the same 200 bodies, in the same run.

The bare loop is what can be had for nothing: the bodies stand ready, one connection, no rows, no keys, no second
process to make room for. Both meet the same platform: its limits, its own time for each request, and the way there
(`latency`). They take turns, and the medians are compared.
"""

import os
import sys
import threading
import time
from concurrent.futures import ThreadPoolExecutor
from datetime import UTC, datetime
from functools import partial
from statistics import median

import httpx
import pytest
from pydantic import SecretStr
from sqlalchemy import Engine, update

from bot.line.client import LineClient
from bot.notices.rounds import Rounds
from bot.notices.sender import NICENESS, Sender, Sending
from knowledge.approval import approve, submit
from knowledge.campaign import Live, digests, draft, load
from knowledge.course import start
from knowledge.database import Sessions, open_sessions
from knowledge.models import CampaignStatus, StaffRow, Urgency
from knowledge.segment import Everyone
from tests.bot.notices.meanwhile import meanwhile
from tests.bot.notices.test_killed import AUTHORISED, process
from tests.bot.notices.world import Member, settle_friends, wording
from tests.bot.simulator.stand import TOKEN
from tests.knowledge.notices.rows import add_staff
from tests.knowledge.notices.town import line_id

PEOPLE = 100_000
TURNS = 5


def _write(sessions: Sessions) -> None:
    """What somebody else writes, who must not be kept waiting."""
    with sessions.begin() as session:
        session.execute(update(StaffRow).where(StaffRow.id == 2).values(totp_step=StaffRow.totp_step + 1))


def sent_off(sessions: Sessions) -> str:
    """An urgent notice to everybody, approved and started; its id."""
    now = datetime.now(UTC)
    with sessions.begin() as session:
        campaign = draft(session, Live(wording(urgency=Urgency.URGENT), Everyone()), Member(1), now)
        submit(session, campaign, Member(1), now)
        approve(session, campaign, Member(2), digests(campaign), now)
        start(session, campaign, Member(1), now)
        return campaign.id


def _ours(sessions: Sessions, platform: str, waits: list[float]) -> tuple[float, float]:
    """Freezing, and from there until the platform took the last request; in seconds."""
    campaign = sent_off(sessions)
    with LineClient(platform, platform, SecretStr(TOKEN)) as client:
        parts = Sending(sessions, client, "https://pocket.example/calendar")
        with meanwhile(partial(_write, sessions), 0.01, waits):
            begun = time.time()
            Rounds(sessions, client, parts.calendar_base).make(datetime.now(UTC))
            frozen = time.time()
        with Sender(parts):
            while not done(sessions, campaign):
                time.sleep(0.2)
    last: float = httpx.post(f"{platform}/ledger", timeout=30).json()["last"]
    return frozen - begun, last - frozen


def done(sessions: Sessions, campaign: str) -> bool:
    """Whether everything of it is sent."""
    with sessions() as session:
        return load(session, campaign).status == CampaignStatus.SENT


def _loop(platform: str) -> float:
    """The seconds of the bare loop, which stands as far back behind others as the senders do."""
    with ThreadPoolExecutor(1, initializer=_stand_back) as thread:
        return thread.submit(_posted, platform).result()


def _stand_back() -> None:
    os.setpriority(os.PRIO_PROCESS, threading.get_native_id(), NICENESS)


def _posted(platform: str) -> float:
    text = {"type": "text", "text": "お知らせです"}
    numbers = range(1, PEOPLE + 1, 500)
    bodies = [{"to": [line_id(n) for n in range(first, first + 500)], "messages": [text]} for first in numbers]
    with httpx.Client(base_url=platform, headers=AUTHORISED) as bare:
        begun = time.monotonic()
        for body in bodies:
            assert bare.post("/v2/bot/message/multicast", json=body).status_code == 200
        return time.monotonic() - begun


@pytest.mark.prove
@pytest.mark.timeout(900)
@pytest.mark.parametrize("latency", [0.0, 0.05])
def test_without_faults_it_keeps_up_with_a_bare_loop(engine: Engine, latency: float) -> None:
    """Within 1.2 × of the loop: sending where the platform is next door, freezing too where it is 50 ms away.

    Freezing shuts nobody else out for longer than half a second.
    """
    sessions = open_sessions(engine)
    waits, frozen, sent, loops = list[float](), list[float](), list[float](), list[float]()
    with sessions.begin() as session:
        add_staff(session, 2, datetime.now(UTC))
        settle_friends(session, PEOPLE, datetime.now(UTC))
    with process("platform_process", str(PEOPLE), "0", str(latency)) as (_, platform):
        for _ in range(TURNS):
            freezing, sending = _ours(sessions, platform, waits)
            frozen.append(freezing)
            sent.append(sending)
            loops.append(_loop(platform))
        assert httpx.post(f"{platform}/ledger", timeout=30).json()["times"] == {str(2 * TURNS): PEOPLE}
    both, loop = median(map(sum, zip(frozen, sent, strict=True))), median(loops)
    sys.stdout.write(
        f"{engine.dialect.name}, {latency * 1000:.0f} ms away: freezing {median(frozen):.2f} s, sending "
        f"{median(sent):.2f} s, bare loop {loop:.2f} s: {median(sent) / loop:.2f} times, with freezing "
        f"{both / loop:.2f}; another writer waited {max(waits) * 1000:.0f} ms at most while it froze\n"
    )
    assert (both if latency else median(sent)) <= 1.2 * loop
    assert max(waits) <= 0.5
