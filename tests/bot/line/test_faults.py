"""Two processes on one database, repeated and shuffled events, kill -9: nothing is lost, nothing happens twice.

Each proof runs as a sample in the suite, and at the size the issue asks for under `prove`.
"""

import os
import random
import signal
import subprocess
import sys
import threading
import time
from collections import Counter
from collections.abc import Iterator
from contextlib import contextmanager
from typing import Any

import httpx
import pytest
from sqlalchemy import Engine

from bot.line.signature import sign
from bot.line.webhook import PATH
from knowledge.database import Sessions
from knowledge.models import EventStatus, InboundEvent, Question
from tests.bot.line.conftest import SECRET
from tests.bot.line.said import body, text
from tests.bot.wire import Call, Wire

OPEN = [EventStatus.STORED.value, EventStatus.CLAIMED.value]
Json = dict[str, Any]


class Process:
    """A house in its own process."""

    def __init__(self, database: str, wire: Wire) -> None:
        command = [sys.executable, "-m", "tests.bot.line.house_process", database, wire.url]
        self._process = subprocess.Popen(command, stdout=subprocess.PIPE, text=True)
        assert self._process.stdout is not None
        self.url = self._process.stdout.readline().strip()
        assert self.url

    def kill(self) -> None:
        """As the kernel does when memory is out: no chance to tidy."""
        os.kill(self._process.pid, signal.SIGKILL)
        self._process.wait()
        if self._process.stdout is not None:
            self._process.stdout.close()


@contextmanager
def processes(count: int, database: str, wire: Wire) -> Iterator[list[Process]]:
    """Some houses on one database."""
    started = [Process(database, wire) for _ in range(count)]
    try:
        yield started
    finally:
        for each in started:
            each.kill()


def deliver(http: httpx.Client, url: str, *events: Json) -> bool:
    """Whether the webhook acknowledged the events."""
    content = body(*events)
    try:
        answer = http.post(url + PATH, content=content, headers={"x-line-signature": sign(content, SECRET).decode()})
    except httpx.TransportError:
        return False
    return answer.status_code == 200


def wait_until_done(sessions: Sessions, seconds: float = 60) -> None:
    """Until no event is open."""
    end = time.monotonic() + seconds
    while time.monotonic() < end:
        with sessions() as session:
            if not session.query(InboundEvent).filter(InboundEvent.status.in_(OPEN)).count():
                return
        time.sleep(0.05)
    raise AssertionError("events still open")


def repeated_and_shuffled(count: int, database: str, sessions: Sessions, wire: Wire) -> None:
    """Each of `count` events two to ten times, shuffled, in batches of one to three, to two processes at once."""
    chance = random.Random(count)
    events = [
        text(f"質問{n}", message=str(n), source={"type": "user", "userId": f"U{n % 7:032x}"}) for n in range(count)
    ]
    sent = [each for each in events for _ in range(chance.randint(2, 10))]
    chance.shuffle(sent)
    batches = [sent[n : n + 1 + n % 3] for n in range(0, len(sent), 3)] + [events]
    with processes(2, database, wire) as houses, httpx.Client(trust_env=False) as http:
        halves = [
            threading.Thread(target=lambda p=part, u=house.url: [deliver(http, u, *batch) for batch in p])
            for part, house in zip((batches[::2], batches[1::2]), houses, strict=True)
        ]
        for half in halves:
            half.start()
        for half in halves:
            half.join()
        wait_until_done(sessions, seconds=60 + count)
    with sessions() as session:
        effects = Counter(row.message_id for row in session.query(Question))
    assert effects == {str(n): 1 for n in range(count)}
    ways = Counter(call.headers.get("x-line-retry-key") or call.json["replyToken"] for call in _sent(wire))
    assert (len(ways), set(ways.values())) == (count, {1})


def test_repeated_and_shuffled_events_have_one_effect(database_url: str, sessions: Sessions, wire: Wire) -> None:
    """A sample of forty events on each kind of database: one question and one reply each."""
    repeated_and_shuffled(40, database_url, sessions, wire)


@pytest.mark.prove
@pytest.mark.timeout(1_800)
def test_two_thousand_repeated_and_shuffled_events(database_url: str, sessions: Sessions, wire: Wire) -> None:
    """At full size."""
    repeated_and_shuffled(2_000, database_url, sessions, wire)


def _sent(wire: Wire) -> list[Call]:
    """Replies and, for what waited longer than its token lives, pushes."""
    return wire.to("/v2/bot/message/")


class Load:
    """Posts new events one after the other from a few threads, and remembers those that were acknowledged."""

    def __init__(self, number: int) -> None:
        self.acknowledged: list[str] = []
        self._number = number
        self._guard = threading.Lock()
        self.begun = threading.Event()

    def run_until_down(self, url: str) -> list[threading.Thread]:
        threads = [threading.Thread(target=self._post, args=(url,)) for _ in range(4)]
        for thread in threads:
            thread.start()
        return threads

    def _post(self, url: str) -> None:
        with httpx.Client(trust_env=False, verify=False) as http:
            while True:
                with self._guard:
                    self._number += 1
                    number = self._number
                one = text("ごみ", message=str(number), source={"type": "user", "userId": f"U{number % 50:032x}"})
                if not deliver(http, url, one):
                    return
                with self._guard:
                    self.acknowledged.append(one["webhookEventId"])
                self.begun.set()


def killed_at_random(kills: int, database: str, engine: Engine, sessions: Sessions, wire: Wire) -> None:
    """Kill the process under load again and again; then let one more finish everything."""
    chance = random.Random(kills)
    acknowledged: list[str] = []
    for kill in range(kills):
        house, load = Process(database, wire), Load(kill * 1_000_000)
        threads = load.run_until_down(house.url)
        assert load.begun.wait(30)
        time.sleep(chance.uniform(0, 0.4))
        house.kill()
        for thread in threads:
            thread.join()
        acknowledged += load.acknowledged
    _end_leases(sessions)
    with processes(1, database, wire):
        wait_until_done(sessions, seconds=120)
    with sessions() as session:
        stored = {row.id for row in session.query(InboundEvent)}
        effects = Counter(row.message_id for row in session.query(Question))
    assert acknowledged
    assert [key for key in acknowledged if key not in stored] == []
    assert len(effects) == len(stored)
    assert set(effects.values()) == {1}
    _assert_one_answer_each(wire)


def _end_leases(sessions: Sessions) -> None:
    """What the dead held is free at once: half a minute is not waited out here."""
    with sessions.begin() as session:
        claimed = session.query(InboundEvent).filter(InboundEvent.status == EventStatus.CLAIMED.value)
        claimed.update({"claimed_until": None, "status": EventStatus.STORED.value})


def _assert_one_answer_each(wire: Wire) -> None:
    """An answer sent again after a crash is the same: the token, used once, shows one."""
    answers: dict[str, set[bytes]] = {}
    for call in wire.to("/v2/bot/message/reply"):
        answers.setdefault(call.json["replyToken"], set()).add(call.body)
    assert all(len(bodies) == 1 for bodies in answers.values())


def test_killed_under_load_nothing_acknowledged_is_lost(
    database_url: str, engine: Engine, sessions: Sessions, wire: Wire
) -> None:
    """Three kills on each kind of database."""
    killed_at_random(3, database_url, engine, sessions, wire)


@pytest.mark.prove
@pytest.mark.timeout(1_800)
def test_killed_a_hundred_times_nothing_acknowledged_is_lost(
    database_url: str, engine: Engine, sessions: Sessions, wire: Wire
) -> None:
    """The figure the issue asks for."""
    killed_at_random(100, database_url, engine, sessions, wire)
