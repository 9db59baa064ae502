"""Handling: one effect and one answer an event, whatever LINE answers and wherever the process ended."""

from collections.abc import Iterator
from datetime import UTC, datetime, timedelta
from typing import Any

import pytest
from sqlalchemy import Engine

from bot import handling, inbox
from bot.handling import Parts, Result, handle
from bot.intake import insert_new
from bot.line.client import LineClient
from bot.line.events import read
from bot.line.layout import lay_out
from bot.line.loading import Loading
from bot.line.reduce import reduce
from bot.retry import RetryPolicy
from handlers.actions import ShowMenu
from knowledge.database import Sessions
from knowledge.models import Delivery, InboundEvent, Question
from tests.bot.line.said import ALICE, Marks, event, press, text
from tests.bot.line.test_read_events import GROUP
from tests.bot.wire import Wire

NOW = datetime.now(UTC)
POLICY = RetryPolicy(attempts=3, first=timedelta(seconds=1), longest=timedelta(seconds=10))
LONG = 86_400.0
"""Seconds until a chat would show that we are at work; sooner it would take what a test lets LINE answer."""


class Desk:
    """Stores events and handles them by hand, at times of our choosing."""

    def __init__(self, engine: Engine, sessions: Sessions, client: LineClient, loading: Loading) -> None:
        self.now = datetime.now(UTC)
        self.engine, self.sessions, self._loading = engine, sessions, loading
        self.parts = Parts(engine, sessions, Marks(), client, lay_out, b"key", POLICY, lambda: self.now)

    def store(self, raw: dict[str, Any]) -> str:
        stored = reduce(raw)
        assert stored is not None
        insert_new(self.engine, [stored])
        return stored.id

    def claim(self) -> inbox.Claim:
        inbox.sweep(self.engine, self.now)
        held = inbox.claim(self.engine, self.now)
        assert held is not None
        return held

    def handle(self, held: inbox.Claim | None = None) -> Result:
        return handle(self.parts, self._loading, held or self.claim())

    def wait(self, **time: float) -> None:
        self.now += timedelta(**time)

    def delivery(self, key: str) -> tuple[str, str | None, str | None]:
        with self.sessions() as session:
            row = session.get_one(Delivery, key)
            return row.status, row.method, row.payload

    def event(self, key: str) -> tuple[str, str | None]:
        with self.sessions() as session:
            row = session.get_one(InboundEvent, key)
            return row.status, row.body

    def effects(self) -> int:
        with self.sessions() as session:
            return session.query(Question).count()


@pytest.fixture
def desk(engine: Engine, sessions: Sessions, client: LineClient) -> Iterator[Desk]:
    """A desk on each kind of database."""
    with Loading(client, patience=LONG) as loading:
        yield Desk(engine, sessions, client, loading)


def _paths(wire: Wire) -> list[str]:
    return [call.path.rsplit("/", 1)[1] for call in wire.to("/v2/bot/message/")]


def test_an_old_question_is_pushed(desk: Desk, wire: Wire) -> None:
    """Past fifty seconds the reply token is not trusted; the push carries a retry key that follows from the event."""
    key = desk.store(text("ごみ"))
    desk.wait(seconds=51)
    assert desk.handle() is Result.ANSWERED
    call = wire.to("/v2/bot/message/push")[0]
    assert call.json["to"] == ALICE
    assert call.headers["x-line-retry-key"]
    assert desk.delivery(key) == ("accepted", "push", None)


@pytest.mark.parametrize(("minutes", "way"), [(3, "reply"), (18, "reply"), (21, "push")])
def test_a_redelivered_token_lives_longer(desk: Desk, wire: Wire, minutes: int, way: str) -> None:
    """A minute from its redelivery, at most twenty minutes from the event (reference: Send reply message)."""
    happened = int((desk.now - timedelta(minutes=minutes)).timestamp() * 1000)
    desk.store(text("ごみ", timestamp=happened, deliveryContext={"isRedelivery": True}))
    assert desk.handle() is Result.ANSWERED
    assert _paths(wire) == [way]


def test_an_old_question_of_nobody_is_not_answered(desk: Desk, wire: Wire) -> None:
    """There is no one to push to; the question still counts, and the event is done."""
    key = desk.store(text("ごみ", user=None))
    desk.wait(minutes=2)
    assert desk.handle() is Result.SILENT
    assert (desk.effects(), wire.calls, desk.event(key)) == (1, [], ("done", None))


@pytest.mark.parametrize("more", [{"mode": "standby"}, {"replyToken": "0" * 32}, {"replyToken": "f" * 32}])
def test_nothing_is_sent_where_sending_is_forbidden(desk: Desk, wire: Wire, more: dict[str, str]) -> None:
    """Standby, and the tokens of the old verify button."""
    desk.store(text("ごみ", **more))
    assert desk.handle() is Result.SILENT
    assert wire.calls == []


@pytest.mark.parametrize("status", [500, 503, 429, 0])
def test_a_passing_error_is_tried_again_with_the_same_answer(desk: Desk, wire: Wire, status: int) -> None:
    """After a pause, without handling the event a second time; the payload that was stored is what is sent."""
    wire.answers.append((status, {"message": "The API rate limit has been exceeded. Try again later."}))
    key = desk.store(text("ごみ"))
    assert desk.handle() is Result.AGAIN
    assert inbox.claim(desk.engine, desk.now) is None
    desk.wait(seconds=1)
    assert desk.handle() is Result.ANSWERED
    first, second = wire.to("/v2/bot/message/reply")
    assert first.body == second.body
    assert desk.effects() == 1
    assert desk.event(key) == ("done", None)


def test_a_refused_reply_is_never_pushed(desk: Desk, wire: Wire) -> None:
    """The token was used: the answer had come through. A push would be a second one."""
    wire.answers.append((400, {"message": "Invalid reply token"}))
    key = desk.store(text("ごみ"))
    assert desk.handle() is Result.REFUSED
    assert _paths(wire) == ["reply"]
    assert desk.delivery(key) == ("refused", "reply", None)
    assert desk.event(key) == ("done", None)


def test_the_monthly_limit_is_final(desk: Desk, wire: Wire) -> None:
    """The same status as a rate limit, told apart by its message."""
    wire.answers.append((429, {"message": "You have reached your monthly limit."}))
    desk.store(text("ごみ"))
    desk.wait(minutes=1)
    assert desk.handle() is Result.REFUSED


def test_a_push_repeated_with_its_key_is_accepted(desk: Desk, wire: Wire) -> None:
    """500, then 409 "already accepted": that is success, and both carried the same key."""
    wire.answers.extend([(500, {}), (409, {"message": "The retry key is already accepted"})])
    key = desk.store(text("ごみ"))
    desk.wait(minutes=1)
    assert desk.handle() is Result.AGAIN
    desk.wait(seconds=1)
    assert desk.handle() is Result.ANSWERED
    first, second = wire.to("/v2/bot/message/push")
    assert first.headers["x-line-retry-key"] == second.headers["x-line-retry-key"]
    assert desk.delivery(key)[0] == "accepted"


def test_attempts_end(desk: Desk, wire: Wire) -> None:
    """After the policy's last attempt the event has failed, and nothing of it is kept."""
    wire.answers.extend([(500, {})] * 3)
    key = desk.store(text("ごみ"))
    results = []
    for _ in range(3):
        results.append(desk.handle())
        desk.wait(seconds=10)
    assert results == [Result.AGAIN, Result.AGAIN, Result.FAILED]
    assert desk.event(key) == ("failed", None)
    assert desk.delivery(key) == ("refused", "reply", None)


def test_a_process_that_died_before_sending_sends_once(desk: Desk, wire: Wire) -> None:
    """Effects and answer were committed; whoever takes over sends what was prepared, and has no second effect."""
    desk.store(text("ごみ"))
    held = desk.claim()
    envelope = read(held.id, held.occurred_ms, held.body)
    assert handling._prepare(desk.parts, envelope, held) is not None
    desk.wait(seconds=31)
    assert desk.handle() is Result.ANSWERED
    assert (desk.effects(), _paths(wire)) == (1, ["reply"])


def test_a_process_that_died_after_sending_sends_the_same_again(desk: Desk, wire: Wire) -> None:
    """LINE refuses the used token; the resident has one answer, the ward one effect."""
    wire.answers.extend([(200, {}), (400, {"message": "Invalid reply token"})])
    desk.store(text("ごみ"))
    handling._attempt(desk.parts, desk._loading, desk.claim())
    desk.wait(seconds=31)
    assert desk.handle() is Result.REFUSED
    first, second = wire.to("/v2/bot/message/reply")
    assert first.body == second.body
    assert desk.effects() == 1


def test_a_holder_that_was_too_slow_has_no_effect(desk: Desk, wire: Wire) -> None:
    """Its lease ended and another answered: its own transaction is taken back, and it sends nothing."""
    desk.store(text("ごみ"))
    slow = desk.claim()
    desk.wait(seconds=31)
    assert desk.handle() is Result.ANSWERED
    assert desk.handle(slow) is Result.LOST
    assert (desk.effects(), _paths(wire)) == (1, ["reply"])


def test_an_event_without_an_answer_is_closed_with_its_effect(desk: Desk, wire: Wire) -> None:
    """Taking a message back purges its text; nothing is said."""
    desk.store(text("秘密です", message="7"))
    desk.wait(seconds=1)
    desk.handle()
    key = desk.store(event("unsend", unsend={"messageId": "7"}))
    assert desk.handle() is Result.SILENT
    assert desk.event(key) == ("done", None)
    with desk.sessions() as session:
        assert session.query(Question).one().text is None
    assert len(wire.calls) == 1


def test_a_message_taken_back_before_it_came_is_not_answered(desk: Desk, wire: Wire) -> None:
    """Order is not guaranteed: the unsend may be first."""
    desk.store(event("unsend", unsend={"messageId": "7"}))
    desk.handle()
    desk.store(text("秘密です", message="7"))
    assert desk.handle() is Result.SILENT
    assert (desk.effects(), wire.calls) == (0, [])


def test_a_replay_from_last_week_has_no_effect(desk: Desk, wire: Wire) -> None:
    """Its id may be forgotten; a day old is a late redelivery, and is answered."""
    for days in (8, 1):
        happened = int((desk.now - timedelta(days=days)).timestamp() * 1000)
        desk.store(text(f"{days}日前", message=str(days), timestamp=happened, deliveryContext={"isRedelivery": True}))
    assert [desk.handle(), desk.handle()] == [Result.SILENT, Result.ANSWERED]
    assert (desk.effects(), _paths(wire)) == (1, ["push"])


def test_groups_are_left(desk: Desk, wire: Wire) -> None:
    """Nobody is answered there."""
    desk.store(event("join", source=GROUP))
    assert desk.handle() is Result.LEFT
    assert [call.path for call in wire.calls] == [f"/v2/bot/group/{GROUP['groupId']}/leave"]


def test_a_handler_that_fails_does_not_stop_the_pool(desk: Desk, monkeypatch: pytest.MonkeyPatch) -> None:
    """The event is tried again and then given up; nothing half-done is kept."""

    def fail(*_: object) -> None:
        raise KeyError("住民の文章")

    monkeypatch.setattr(Marks, "act", fail)
    key = desk.store(press(ShowMenu()))
    assert desk.handle() is Result.AGAIN
    assert desk.effects() == 0
    assert desk.event(key)[0] == "stored"
