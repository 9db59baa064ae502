"""Fixtures: the API over real HTTP, a ward with a content pack, two persons of the staff, and LINE's stand-in.

`desk` has everything: `desk.client()` is a ward system at the API, `desk.town` the ward at the simulator whose clock a
test moves.
"""

from collections.abc import Iterator
from dataclasses import dataclass, field
from typing import Any

import httpx
import pytest
from fastapi import FastAPI

from bot.api.app import mount_api
from bot.api.doors import Api
from bot.notices.letters import send_letter
from bot.notices.postman import take_up_again
from bot.notices.sender import Step
from bot.simulator.app import create_simulator
from bot.simulator.config import SimulatorConfig
from bot.simulator.endpoints import Endpoint
from knowledge import api_clients, links, templates
from knowledge.audit import COMMAND_LINE
from knowledge.database import Sessions
from knowledge.models import Letter
from knowledge.template import template_from
from tests.bot.notices.world import Member, Ward, ward
from tests.bot.simulator.stand import SECRET, TOKEN, Clock, Street
from tests.databases import toshima_url as database_url

__all__ = ["database_url"]

WORDS: dict[str, Any] = {
    "places": [
        {"kind": "guide", "name": "procedure"},
        {"kind": "desk", "name": "desk"},
        {"kind": "date", "name": "by"},
        {"kind": "number", "name": "count", "least": 1, "most": 9},
    ],
    "texts": {
        "ja": {"title": "申請の結果", "text": "{procedure}の結果が出ました。{by}までに{desk}へ。{count}件です。"},
        "easy": {"title": "結果（けっか）", "text": "{procedure} {by} {desk} {count}"},
        "en": {"title": "Result", "text": "{procedure}: {by}, {desk}, {count}"},
    },
}
VALUES = {"procedure": "kokuho-kanyu", "desk": "kokuho-shikaku", "by": "2026-12-01", "count": 2}


@dataclass
class System:
    """A ward system at the API."""

    http: httpx.Client
    id: str
    key: str
    number: int = 0

    def call(self, method: str, path: str, body: object = None, **headers: str) -> httpx.Response:
        named = {name.replace("_", "-"): value for name, value in headers.items()}
        given = {"authorization": f"Bearer {self.key}"} | named
        if body is None:
            return self.http.request(method, path, headers=given)
        return self.http.request(method, path, json=body, headers=given)

    def ask(self, link: str, key: str = "", **changes: object) -> httpx.Response:
        self.number += 1
        body = {"template": "result", "link": link, "values": VALUES} | changes
        return self.call("POST", "/api/v1/notices", body, idempotency_key=key or f"order-{self.number}")

    def state(self, notice: str) -> str:
        answer: str = self.call("GET", f"/api/v1/notices/{notice}").json()["status"]
        return answer


@dataclass
class Desk:
    """The ward, the API in front of it and LINE behind it."""

    town: Ward
    http: httpx.Client
    systems: list[System] = field(default_factory=list)

    def client(self, *slugs: str, name: str = "児童手当システム") -> System:
        with self.town.sessions.begin() as session:
            row, key = api_clients.add(session, name, slugs, COMMAND_LINE, self.town.now)
        return System(self.http, row.id, key)

    def template(self, slug: str = "result", **changes: object) -> str:
        """An approved template; its id."""
        with self.town.sessions.begin() as session:
            value = template_from(WORDS | changes)
            row = templates.draft(session, slug, "結果", "国民健康保険課", value, Member(1), self.town.now)
            templates.COURSE.submit(session, row, Member(1), self.town.now)
            templates.COURSE.approve(session, row, Member(2), templates.digest_of(row), self.town.now)
            return row.id

    def linked(self, system: System, resident: int) -> str:
        """A link that a resident has joined; its token."""
        with self.town.sessions.begin() as session:
            made = links.offer(session, system.id, self.town.now)
            assert links.join(session, made.code.replace("-", ""), resident, self.town.now)
        return made.token

    def send(self, seconds: float = 3_600.0) -> None:
        """What the postman does, in the test's own time, until nothing waits or the time is over."""
        end = self.town.clock.time + seconds
        while self.town.clock.time < end:
            take_up_again(self.town.parts)
            match send_letter(self.town.parts):
                case Step.IDLE if not self._open():
                    return
                case Step.IDLE:
                    self.town.clock.pass_(30.0)
                case Step.WAIT:
                    self.town.clock.pass_(1.0)
                case _:
                    self.town.clock.pass_(0.05)

    def _open(self) -> bool:
        with self.town.sessions() as session:
            return session.query(Letter).filter(Letter.closed_at.is_(None)).count() > 0

    def texts(self) -> list[tuple[str, str]]:
        """Who was told what, once for each time LINE took it."""
        taken = self.town.platform.ledger.accepted(Endpoint.MULTICAST)
        return [(to, str(entry.messages)) for entry in taken for to in entry.recipients]


@pytest.fixture(scope="session")
def street() -> Iterator[Street]:
    """The server of this process's tests."""
    street = Street()
    yield street
    street.close()


@pytest.fixture
def desk(street: Street, sessions: Sessions) -> Iterator[Desk]:
    """Five friends, a content pack, LINE and the API."""
    config = SimulatorConfig(SECRET, TOKEN, seed=1, now=Clock(), hang_seconds=0.2)
    simulator, app = create_simulator(config), FastAPI()
    assert isinstance(config.now, Clock)
    with (
        street.served(simulator) as url,
        ward(sessions, simulator.state.platform, config.now, url) as town,
        street.served(app) as base,
        httpx.Client(base_url=base, timeout=30) as http,
    ):
        town.friends(5)
        mount_api(app, Api(sessions, 60, lambda: town.now))
        yield Desk(town, http)
