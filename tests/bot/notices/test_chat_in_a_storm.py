"""The chat while the platform is in trouble with a notice: real time, a real platform process, the chat's own path.

A message is stored, claimed, answered over the chat's own connection and closed, as `bot.events` does, with an answer
that costs nothing: what is left is what sending could be in the way of. Calm and storm take turns.
"""

import sys
import time
import uuid
from datetime import UTC, datetime
from functools import partial

import httpx
import pytest
from pydantic import SecretStr
from sqlalchemy import Engine

from bot import inbox
from bot.line.client import LineClient
from bot.notices.sender import Sender, Sending
from bot.simulator.faults import Fault
from knowledge.database import open_sessions
from knowledge.models import EventStatus, InboundEvent
from tests.bot.notices.meanwhile import meanwhile
from tests.bot.notices.test_killed import process
from tests.bot.notices.test_pace import done, sent_off
from tests.bot.notices.world import settle_friends
from tests.bot.simulator.stand import TOKEN
from tests.knowledge.notices.rows import add_staff
from tests.knowledge.notices.town import line_id

STORM = ((Fault.RATE_LIMITED, 0.5, 120.0), (Fault.SERVER_ERROR, 1.0, 180.0), (Fault.TIMEOUT, 1.0, 60.0))
"""Half 429 for two minutes, then 500 for three, then hung."""


def _answer(engine: Engine, client: LineClient) -> None:
    """Somebody writes and is answered."""
    sessions, now = open_sessions(engine), datetime.now(UTC)
    with sessions.begin() as session:
        row = InboundEvent(id=uuid.uuid4().hex, chat="c", body="{}", status=EventStatus.STORED, received_at=now)
        row.occurred_ms, row.attempts = 0, 0
        session.add(row)
    held = inbox.claim(engine, now)
    assert held
    client.push(line_id(1), [{"type": "text", "text": "お答えです"}], str(uuid.uuid4()))
    with sessions.begin() as session:
        inbox.finish(session, held)


def _p95(took: list[float]) -> float:
    return sorted(took)[int(len(took) * 0.95)]


def _weathered(engine: Engine, scale: float) -> tuple[float, float, float, float]:
    """p95 of the chat in calm and in storm, attempts for each request needed, seconds from recovery to the end."""
    sessions = open_sessions(engine)
    with sessions.begin() as session:
        add_staff(session, 2, datetime.now(UTC))
        settle_friends(session, 100_000, datetime.now(UTC))
    with (
        process("platform_process", "100000", "0", "0") as (_, platform),
        LineClient(platform, platform, SecretStr(TOKEN)) as chat_client,
        LineClient(platform, platform, SecretStr(TOKEN)) as client,
    ):
        chat, calm, storm = partial(_answer, engine, chat_client), list[float](), list[float]()
        with meanwhile(chat, 0.05, calm):
            time.sleep(60 * scale)
        campaign = sent_off(sessions)
        httpx.post(f"{platform}/weather", params={"fault": Fault.RATE_LIMITED, "chance": 0.5})
        with Sender(Sending(sessions, client, "https://pocket.example/calendar")):
            for fault, chance, seconds in STORM:
                httpx.post(f"{platform}/weather", params={"fault": fault, "chance": chance})
                with meanwhile(chat, 0.05, storm):
                    time.sleep(seconds * scale)
            httpx.post(f"{platform}/weather", params={"fault": Fault.TIMEOUT, "chance": 0.0})
            recovered = time.monotonic()
            while not done(sessions, campaign):
                assert time.monotonic() - recovered < 300
                time.sleep(0.2)
            after = time.monotonic() - recovered
        with meanwhile(chat, 0.05, calm):
            time.sleep(60 * scale)
        ledger = httpx.post(f"{platform}/ledger", timeout=30).json()
    assert ledger["times"] == {"1": 100_000}
    return _p95(calm), _p95(storm), (ledger["accepted"] + ledger["refused"]) / 200, after


@pytest.mark.prove
@pytest.mark.timeout(1800)
def test_the_chat_does_not_feel_the_storm(engine: Engine) -> None:
    """p95 within 1.2 × of calm, at most 1.5 attempts for each request needed, done three minutes after recovery."""
    calm, storm, attempts, after = _weathered(engine, 1.0)
    sys.stdout.write(
        f"\n{engine.dialect.name}: chat p95 {calm * 1000:.0f} ms in calm, {storm * 1000:.0f} ms in the storm "
        f"({storm / calm:.2f} times); {attempts:.2f} attempts for each needed; done {after:.0f} s after recovery\n"
    )
    assert storm <= 1.2 * calm
    assert attempts <= 1.5
    assert after <= 180
