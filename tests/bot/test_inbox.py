"""The queue of inbound events: who gets which, and who loses it."""

import threading
from datetime import UTC, datetime, timedelta

import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st
from sqlalchemy import Engine

from bot import inbox
from bot.inbox import LEASE, LostClaimError, claim
from bot.intake import NewEvent, insert_new
from knowledge.database import Sessions
from knowledge.models import EventStatus, InboundEvent

NOW = datetime(2026, 11, 21, 3, 0, tzinfo=UTC)


def _store(engine: Engine, *events: tuple[str, str | None, int]) -> None:
    for key, chat, occurred in events:
        insert_new(engine, [NewEvent(key, chat, occurred, '{"type": "x"}')])


def _finish(sessions: Sessions, held: inbox.Claim) -> None:
    with sessions.begin() as session:
        inbox.finish(session, held)


def test_events_of_one_chat_come_one_by_one_in_the_order_they_happened(engine: Engine, sessions: Sessions) -> None:
    """Whatever order they were stored in; while one is held the chat's next waits, another chat's does not."""
    _store(engine, ("a2", "alice", 20), ("a1", "alice", 10), ("b1", "bob", 30))
    first, second = claim(engine, NOW), claim(engine, NOW)
    assert first is not None
    assert second is not None
    assert (first.id, second.id) == ("a1", "b1")
    assert claim(engine, NOW) is None
    _finish(sessions, first)
    third = claim(engine, NOW)
    assert third is not None
    assert third.id == "a2"


def test_an_earlier_event_that_comes_late_waits_for_the_one_under_way(engine: Engine) -> None:
    """Two events of a chat are never handled at once, even where the order is lost already."""
    _store(engine, ("a2", "alice", 20))
    assert claim(engine, NOW) is not None
    _store(engine, ("a1", "alice", 10))
    assert claim(engine, NOW) is None


def test_events_without_a_chat_do_not_wait_for_each_other(engine: Engine) -> None:
    """Users who did not agree to be known share no chat."""
    _store(engine, ("x", None, 1), ("y", None, 2))
    assert claim(engine, NOW) is not None
    assert claim(engine, NOW) is not None


def test_a_dead_process_loses_its_event_to_the_next(engine: Engine, sessions: Sessions) -> None:
    """After the lease it is claimed again, and the first holder can no longer write."""
    _store(engine, ("a1", "alice", 10))
    first = claim(engine, NOW)
    assert first is not None
    assert inbox.sweep(engine, NOW + LEASE / 2) == 0
    assert inbox.sweep(engine, NOW + LEASE) == 1
    second = claim(engine, NOW + LEASE)
    assert second is not None
    assert second.attempt == 2
    with pytest.raises(LostClaimError):
        _finish(sessions, first)
    _finish(sessions, second)
    with sessions() as session:
        row = session.get_one(InboundEvent, "a1")
        assert (row.status, row.body) == (EventStatus.DONE, None)


def test_an_event_put_back_waits_for_its_time(engine: Engine, sessions: Sessions) -> None:
    """And keeps its chat waiting: order is worth more than speed."""
    _store(engine, ("a1", "alice", 10), ("a2", "alice", 20))
    held = claim(engine, NOW)
    assert held is not None
    with sessions.begin() as session:
        inbox.put_back(session, held, NOW + timedelta(seconds=5))
    assert claim(engine, NOW + timedelta(seconds=4)) is None
    again = claim(engine, NOW + timedelta(seconds=5))
    assert again is not None
    assert again.id == "a1"


def test_closed_events_are_forgotten_in_time(engine: Engine, sessions: Sessions) -> None:
    """After two weeks, with their answers; what is still open is kept."""
    _store(engine, ("closed", None, 1), ("open", None, 2))
    held = claim(engine, NOW)
    assert held is not None
    _finish(sessions, held)
    later = datetime.now(UTC) + inbox.KEPT
    assert inbox.forget_closed(engine, later - timedelta(days=1)) == 0
    assert inbox.forget_closed(engine, later + timedelta(days=1)) == 1
    with sessions() as session:
        assert [row.id for row in session.query(InboundEvent)] == ["open"]


@settings(max_examples=8, suppress_health_check=[HealthCheck.function_scoped_fixture])
@given(st.lists(st.tuples(st.sampled_from("abc"), st.integers(0, 9)), min_size=1, max_size=14))
def test_many_threads_keep_every_chat_in_order(
    engine: Engine, sessions: Sessions, events: list[tuple[str, int]]
) -> None:
    """Four threads drain any mixture: each event once, each chat in order, never two of a chat at once."""
    with sessions.begin() as session:
        session.query(InboundEvent).delete()
    _store(engine, *((f"e{n}", chat, at) for n, (chat, at) in enumerate(events)))
    taken: list[tuple[str, int, str]] = []
    chats = {f"e{n}": chat for n, (chat, _) in enumerate(events)}
    busy: set[str] = set()
    guard = threading.Lock()

    def drain() -> None:
        while (held := claim(engine, NOW)) is not None:
            with guard:
                assert chats[held.id] not in busy
                busy.add(chats[held.id])
                taken.append((chats[held.id], held.occurred_ms, held.id))
            with guard:
                busy.discard(chats[held.id])
            _finish(sessions, held)

    threads = [threading.Thread(target=drain) for _ in range(4)]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join()
    drain()
    assert sorted(key for _, _, key in taken) == sorted(chats)
    for chat in "abc":
        order = [(at, key) for name, at, key in taken if name == chat]
        assert order == sorted(order)
