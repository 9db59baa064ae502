"""Our LINE side against the strict stand-in for the platform: what residents would see, and how often."""

import random
import time
from collections import Counter
from collections.abc import Iterator
from dataclasses import dataclass
from datetime import timedelta

import httpx
import pytest
from pydantic import SecretStr
from sqlalchemy import Engine

from bot.line.client import LineClient
from bot.line.webhook import PATH
from bot.retry import RetryPolicy
from bot.simulator.app import create_simulator
from bot.simulator.config import SimulatorConfig
from bot.simulator.endpoints import Endpoint
from bot.simulator.events import Event, Events
from bot.simulator.faults import Fault
from bot.simulator.people import User
from bot.simulator.platform import Platform
from bot.simulator.webhooks import WebhookSender, deliver_with
from tests.bot.line.conftest import SECRET, Door, house, serving
from tests.bot.simulator.stand import TOKEN

AT_ONCE = RetryPolicy(attempts=4, first=timedelta(), longest=timedelta())


@dataclass(frozen=True)
class Town:
    """The platform with its people, its events and its webhooks, and our house behind them."""

    platform: Platform
    events: Events
    sender: WebhookSender
    door: Door
    alice: User

    def seen(self, user: User | None = None) -> list[str]:
        """What a user saw, oldest first."""
        return [str(each.get("text")) for each in self.platform.ledger.shown_to((user or self.alice).id)]


@pytest.fixture
def town(engine: Engine) -> Iterator[Town]:
    """A town on each kind of database; what fails is tried again at once."""
    app = create_simulator(SimulatorConfig(SECRET.decode(), TOKEN, seed=1, hang_seconds=3))
    platform: Platform = app.state.platform
    with (
        serving(app) as url,
        LineClient(url, url, SecretStr(TOKEN), timeout_seconds=2) as client,
        house(engine, client, policy=AT_ONCE) as door,
        httpx.Client(trust_env=False) as http,
    ):
        sender = WebhookSender(platform, deliver_with(http, door.url + PATH))
        yield Town(platform, Events(platform), sender, door, platform.add_user("アリス"))


def _message_id(event: Event) -> str:
    message = event["message"]
    assert isinstance(message, dict)
    return str(message["id"])


def test_a_question_and_its_answer(town: Town) -> None:
    """The verify button, a question, and the answer in the chat."""
    assert town.sender.verify().status == 200
    assert town.sender.send(town.events.text(town.alice, "ごみの日は？")).status == 200
    town.platform.ledger.wait(1)
    assert town.seen() == ["「ごみの日は？」ですね"]


def test_every_kind_of_event_is_taken(town: Town) -> None:
    """In one batch: what can be answered is answered once, the rest is closed in silence, nothing is refused."""
    make, alice, group = town.events, town.alice, "C" + "1" * 32
    message = make.text(alice, "ごみの日は？")
    batch = [
        message, make.sticker(alice), make.image(alice, b"jpeg"), make.audio(alice, b"m4a"), make.video(alice, b"mp4"),
        make.file(alice, "a.pdf", b"pdf"), make.location(alice, 35.7, 139.7), make.postback(alice, "menu"),
        make.postback(alice, "?"), make.beacon(alice), make.account_link(alice, "nonce-nonce"), make.unknown(alice),
        make.video_play_complete(alice, "track"), make.join(group), make.group_text(group, alice, "やあ"),
        make.unsend(alice, _message_id(message)), make.unfollow(alice), make.follow(alice),
    ]  # fmt: skip
    assert town.sender.send(*batch).status == 200
    town.door.wait_until_done()
    assert len(town.seen()) == 9
    assert town.platform.ledger.refused() == ()


def test_redelivered_and_shuffled_events_are_answered_once(town: Town) -> None:
    """Each of thirty questions four times, in any order and company: one answer each, none refused."""
    people = [town.platform.add_user(f"人{n}") for n in range(5)]
    asked = [town.events.text(people[n % 5], f"質問{n}") for n in range(30)]
    town.sender.scatter(asked, random.Random(1), copies=4)
    town.door.wait_until_done()
    answers = Counter(text for person in people for text in town.seen(person))
    assert answers == {f"「質問{n}」ですね": 1 for n in range(30)}
    assert town.platform.ledger.refused(Endpoint.REPLY) == ()


@pytest.mark.parametrize("fault", list(Fault))
def test_whatever_goes_wrong_the_answer_is_seen_once(town: Town, fault: Fault) -> None:
    """Rate limit, error, time-out, cut line, and accepted though no answer came: one message in the chat."""
    town.platform.faults.queue(Endpoint.REPLY, fault)
    town.sender.send(town.events.text(town.alice, "ごみの日は？"))
    town.door.wait_until_done()
    assert town.seen() == ["「ごみの日は？」ですね"]


@pytest.mark.parametrize("fault", list(Fault))
def test_an_old_question_is_pushed_once_whatever_goes_wrong(town: Town, fault: Fault) -> None:
    """The retry key makes a repeated push the same push."""
    town.platform.faults.queue(Endpoint.PUSH, fault)
    old = town.events.text(town.alice, "ごみの日は？")
    town.sender.send(dict(old) | {"timestamp": int(time.time() * 1000) - 120_000})
    town.door.wait_until_done()
    assert town.seen() == ["「ごみの日は？」ですね"]
    assert town.platform.ledger.accepted(Endpoint.REPLY) == ()
