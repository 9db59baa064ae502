"""The feed over HTTP: only what a key signed, once, within its time; the level leads where the ward's setting says."""

import base64
import json
import threading
from collections.abc import Mapping
from dataclasses import replace
from datetime import UTC, datetime
from typing import Any

import pytest
from cryptography.hazmat.primitives.asymmetric.ed25519 import Ed25519PrivateKey
from fastapi import FastAPI
from httpx2 import Response
from starlette.testclient import TestClient

from bot.disaster.feed import PATH, Feeds, feed_router
from knowledge.database import Sessions
from knowledge.disaster.feed import modes_from
from knowledge.disaster.mode import current, standing_for
from knowledge.disaster.signature import FeedKey, Signed
from knowledge.models import Mode, World
from tests.bot.disaster.conftest import Town

KEY = Ed25519PrivateKey.from_private_bytes(b"\1" * 32)
WARNING: dict[str, Any] = {
    "id": "2026-0001",
    "world": "live",
    "status": "issued",
    "level": 4,
    "hazard": "flood",
    "area": "高田",
    "issuer": "豊島区災害対策本部",
    "issued_at": "2026-11-18T02:10:00+09:00",
}


class Sender:
    """The other system."""

    def __init__(self, sessions: Sessions, now: datetime, modes: str = "4:disaster,5:disaster,lifted:recovery") -> None:
        self.now = now
        self.sessions = sessions
        keys = (FeedKey("office", KEY.public_key().public_bytes_raw()),)
        app = FastAPI()
        app.include_router(feed_router(Feeds(sessions, keys, modes_from(modes), lambda: self.now)))
        self.client = TestClient(app)

    def raw(self, body: bytes, at: datetime | None = None, headers: Mapping[str, str] | None = None) -> Response:
        bare = Signed("office", str(int((at or self.now).timestamp())), "", body)
        own = {
            "x-pocket-feed": "office",
            "x-pocket-time": bare.time,
            "x-pocket-signature": base64.b64encode(KEY.sign(bare.covered)).decode(),
        }
        return self.client.post(PATH, content=body, headers=own | dict(headers or {}))

    def send(self, **changes: Any) -> Response:
        return self.raw(json.dumps(WARNING | changes).encode())

    def mode(self, world: World = World.LIVE) -> Mode | None:
        with self.sessions() as session:
            standing = current(session, world)
            return standing.mode if standing else None


@pytest.fixture
def sender(town: Town) -> Sender:
    """A system whose clock is ours."""
    return Sender(town.sessions, town.now)


def test_level_four_turns_the_account_over_and_its_end_leads_to_recovery(sender: Sender) -> None:
    """As the setting says; a level below it changes nothing."""
    low = sender.send(id="1", level=3)
    assert (low.status_code, low.json()) == (201, {"known": False, "switched": False, "mode": "ordinary"})
    assert sender.send(id="2").json() == {"known": False, "switched": True, "mode": "disaster"}
    assert sender.send(id="3", area="目白", level=5).json()["switched"] is False
    assert sender.send(id="4", status="lifted", issued_at="2026-11-18T05:00:00+09:00").json()["mode"] == "disaster"
    lifted = sender.send(id="5", area="目白", status="lifted", issued_at="2026-11-18T05:00:00+09:00")
    assert lifted.json() == {"known": False, "switched": True, "mode": "recovery"}


def test_a_copy_has_no_second_effect(town: Town, sender: Sender) -> None:
    """Not after two people have switched back either; another content under the same id is refused."""
    assert sender.send().json()["switched"]
    town.turn(Mode.NORMAL)
    again = sender.send()
    assert (again.status_code, again.json()) == (200, {"known": True, "switched": False, "mode": "ordinary"})
    assert sender.send(level=5).status_code == 409
    assert sender.mode() is None


def test_what_comes_late_has_no_effect(sender: Sender) -> None:
    """An older warning of the same hazard and area does not undo that it was lifted."""
    sender.send(id="1", status="lifted", issued_at="2026-11-18T05:00:00+09:00")
    assert sender.send(id="2").json()["switched"] is False


def test_what_is_not_signed_has_no_effect(sender: Sender) -> None:
    """No signature, another's, another time, another body: 401, and nothing is read."""
    body = json.dumps(WARNING).encode()
    wrong = [
        sender.client.post(PATH, content=body),
        sender.raw(body, headers={"x-pocket-feed": "other"}),
        sender.raw(body, headers={"x-pocket-time": "1"}),
        sender.raw(body, headers={"x-pocket-signature": "AAAA"}),
        sender.raw(body, at=datetime(2026, 1, 1, tzinfo=UTC)),
        sender.client.post(PATH, content=body + b" ", headers=dict(sender.raw(b"x").request.headers)),
    ]
    assert [each.status_code for each in wrong] == [401] * 6
    assert sender.mode() is None


@pytest.mark.parametrize(
    "change",
    [
        {"level": 6},
        {"level": "4"},
        {"level": True},
        {"world": "all"},
        {"hazard": "war"},
        {"issued_at": "2026-11-18T02:10:00"},
        {"area": ""},
        {"id": "a b"},
        {"extra": 1},
        {"issuer": "x" * 101},
    ],
)
def test_what_is_not_a_warning_is_refused(sender: Sender, change: dict[str, Any]) -> None:
    """Though it is signed."""
    assert sender.send(**change).status_code == 422
    for body in (b"", b"[]", b"\xff", b"{}"):
        assert sender.raw(body).status_code == 422
    assert sender.raw(b"x" * 20_000).status_code == 413
    assert sender.mode() is None


def test_a_drill_of_the_feed_reaches_testers_only(town: Town, sender: Sender) -> None:
    """A resident stays in ordinary times."""
    town.tester(1, on_call=False)
    assert sender.send(world="drill").json()["switched"]
    assert (sender.mode(), sender.mode(World.DRILL)) == (None, Mode.DISASTER)
    with sender.sessions() as session:
        assert standing_for(session, None) is None
        assert standing_for(session, 1) is not None


def test_copies_that_come_at_once_switch_once(town: Town) -> None:
    """Eight at a time: one is the first, the others are known."""
    sender = Sender(town.sessions, town.now)
    answers: list[Response] = []
    threads = [threading.Thread(target=lambda: answers.append(sender.send())) for _ in range(8)]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join()
    assert sorted(each.status_code for each in answers) == [200] * 7 + [201]
    assert sum(each.json()["switched"] for each in answers) == 1


def test_a_feed_leaves_alone_what_people_began(town: Town, sender: Sender) -> None:
    """Its lifting does not end a disaster that two people declared."""
    sender.send(id="1", level=3)
    town.turn()
    sender.send(id="2", level=3, status="lifted", issued_at="2026-11-18T05:00:00+09:00")
    assert sender.mode() is Mode.DISASTER


def test_without_a_key_there_is_no_such_address(town: Town) -> None:
    """Nobody can even try."""
    app = FastAPI()
    app.include_router(feed_router(replace(Feeds(town.sessions, (), {}))))
    assert TestClient(app).post(PATH, content=b"{}").status_code == 404
