"""The intake: requests share commits, a full queue refuses, an end stores what waits."""

import asyncio
import json
import threading
from collections.abc import Sequence

import pytest
from sqlalchemy import Engine, event, text

from bot.intake import Intake, IntakeError, NewEvent, insert_new
from knowledge.database import Sessions
from knowledge.models import InboundEvent


def _event(number: int) -> NewEvent:
    return NewEvent(f"e{number}", None, number, "{}")


def _ids(sessions: Sessions) -> set[str]:
    with sessions() as session:
        return {row.id for row in session.query(InboundEvent)}


class _Held:
    """Holds the database's commits until released, and counts them."""

    def __init__(self, engine: Engine) -> None:
        self.release = threading.Event()
        self.reached = threading.Event()
        self.commits = 0
        event.listen(engine, "commit", self._on_commit)

    def _on_commit(self, _: object) -> None:
        self.commits += 1
        self.reached.set()
        self.release.wait(10)


async def _store_all(intake: Intake, numbers: Sequence[int], held: _Held) -> list[object]:
    """Store the first alone, so that its commit is under way, then the others at once."""
    first = asyncio.ensure_future(intake.store([_event(numbers[0])]))
    await asyncio.to_thread(held.reached.wait, 10)
    others = [asyncio.ensure_future(intake.store([_event(number)])) for number in numbers[1:]]
    await asyncio.sleep(0)
    held.release.set()
    return await asyncio.gather(first, *others, return_exceptions=True)


def test_requests_that_wait_share_a_commit(engine: Engine, sessions: Sessions) -> None:
    """One commit for the first, one for the ninety-nine that came meanwhile; the pool is told after each."""
    woken: list[int] = []
    held = _Held(engine)
    with Intake(engine, lambda: woken.append(held.commits)) as intake:
        assert asyncio.run(_store_all(intake, range(100), held)) == [None] * 100
    assert held.commits == 2
    assert woken == [1, 2]
    assert len(_ids(sessions)) == 100


def test_a_full_queue_refuses_at_once(engine: Engine, sessions: Sessions) -> None:
    """Of four requests behind a slow commit the two that find room are stored, the others refused."""
    held = _Held(engine)
    with Intake(engine, lambda: None, waiting=2) as intake:
        results = asyncio.run(_store_all(intake, range(5), held))
    assert [isinstance(result, IntakeError) for result in results] == [False, False, False, True, True]
    assert _ids(sessions) == {"e0", "e1", "e2"}


def test_the_same_event_is_stored_once(engine: Engine, sessions: Sessions) -> None:
    """In one request, in two, and together with a new one."""

    async def store(intake: Intake) -> None:
        await intake.store([_event(1), _event(1)])
        await intake.store([_event(1), _event(2)])

    with Intake(engine, lambda: None) as intake:
        asyncio.run(store(intake))
    assert _ids(sessions) == {"e1", "e2"}


def test_what_is_stored_is_what_came(engine: Engine, sessions: Sessions) -> None:
    """Quotes, backslashes and escapes stay; no chat stays none; the largest moment fits."""
    given = [
        NewEvent("a", None, 2**63 - 1, json.dumps({"text": "\0\ud83c 「\"'\\\\u0000」"})),
        NewEvent("b", "c" * 64, -(2**63), "{}"),
        NewEvent("1e5", "0012", 0, '"1.0"'),
    ]
    insert_new(engine, given)
    with sessions() as session:
        stored = session.query(InboundEvent).all()
        assert {(row.id, row.chat, row.occurred_ms, row.body) for row in stored} == {
            (each.id, each.chat, each.occurred_ms, each.body) for each in given
        }
        assert {(row.status, row.attempts, row.claimed_until) for row in stored} == {("stored", 0, None)}


def test_a_failing_database_is_told_and_survived(engine: Engine, sessions: Sessions) -> None:
    """The requests of the failed commit get the error; the next one is stored."""

    async def store(intake: Intake) -> None:
        with sessions.begin() as session:
            session.execute(text("ALTER TABLE inbound_events RENAME TO away"))
        with pytest.raises(IntakeError):
            await intake.store([_event(1)])
        with sessions.begin() as session:
            session.execute(text("ALTER TABLE away RENAME TO inbound_events"))
        await intake.store([_event(2)])

    with Intake(engine, lambda: None) as intake:
        asyncio.run(store(intake))
    assert _ids(sessions) == {"e2"}


def test_the_end_stores_what_waits(engine: Engine, sessions: Sessions) -> None:
    """Leaving the context while requests wait loses none; afterwards requests are refused."""

    async def leave() -> None:
        intake = Intake(engine, lambda: None)
        with intake:
            stores = [asyncio.ensure_future(intake.store([_event(number)])) for number in range(20)]
            await asyncio.sleep(0)
        await asyncio.gather(*stores)
        with pytest.raises(IntakeError):
            await intake.store([_event(99)])

    asyncio.run(leave())
    assert len(_ids(sessions)) == 20
