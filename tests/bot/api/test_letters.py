"""Letters against the ledger: once each whatever LINE answers and whoever dies, by random histories too."""

from collections import Counter
from collections.abc import Iterator
from datetime import datetime, timedelta
from pathlib import Path
from typing import Any

import pytest
from hypothesis import HealthCheck, Phase, settings
from hypothesis import strategies as st
from hypothesis.stateful import RuleBasedStateMachine, invariant, rule, run_state_machine_as_test
from sqlalchemy import Engine
from sqlalchemy.orm import Session

from bot.notices.gate import Brake
from bot.notices.letters import Held, claim, send_letter, sweep
from bot.simulator.endpoints import Endpoint
from bot.simulator.faults import Fault
from knowledge import letters, standing
from knowledge.database import open_engine
from knowledge.letters import Order
from knowledge.models import Letter, LetterOrigin, LetterStatus, Resident, ResidentStatus
from tests.bot.api.conftest import Desk
from tests.bot.notices.test_two_persons import BEGIN
from tests.bot.notices.world import settle_friends
from tests.databases import fresh_sqlite
from tests.knowledge.notices.rows import add_staff
from tests.knowledge.notices.town import line_id

TEXT = '[{"type":"text","text":"お知らせです"}]'


def _put(desk: Desk, resident: int = 1, **more: Any) -> str:
    with desk.town.sessions.begin() as session:
        return letters.put(session, Order(LetterOrigin.DEADLINE, resident, TEXT, **more), desk.town.now).id


def _status(desk: Desk, letter: str) -> str:
    with desk.town.sessions() as session:
        return session.get_one(Letter, letter).status


def test_every_fault_is_tried_again_with_the_same_key_and_body(desk: Desk) -> None:
    """Lost replies, errors before and after accepting, resets, hangs, limits: told exactly once."""
    for resident, fault in enumerate(list(Fault)[:5], 1):
        desk.town.platform.faults.queue(Endpoint.MULTICAST, fault, fault)
        letter = _put(desk, resident)
        desk.send()
        assert _status(desk, letter) == LetterStatus.DELIVERED, fault
    assert Counter(to for to, _ in desk.texts()) == {line_id(n): 1 for n in range(1, 6)}


def test_a_sender_that_died_after_sending_is_relieved_and_nobody_is_told_twice(desk: Desk) -> None:
    """The same request under the same key is answered 409, which is success."""
    letter = _put(desk)
    with desk.town.sessions.begin() as session:
        held = claim(session, Brake(), desk.town.now)
    assert held
    desk.town.parts.client.multicast(held.body, held.retry_key)
    desk.send()
    assert _status(desk, letter) == LetterStatus.DELIVERED
    assert [entry.status for entry in desk.town.platform.ledger.refused()] == [409]
    assert len(desk.texts()) == 1


@pytest.mark.parametrize(("hours", "status"), [(22.9, LetterStatus.DELIVERED), (23.1, LetterStatus.UNKNOWN)])
def test_nothing_is_sent_again_blindly_after_23_hours(desk: Desk, hours: float, status: LetterStatus) -> None:
    """While LINE knows the key it is repeated; later nobody knows, and that is what the ward system is told."""
    desk.town.platform.faults.queue(Endpoint.MULTICAST, Fault.REPLY_LOST)
    letter = _put(desk)
    send_letter(desk.town.parts)
    desk.town.clock.pass_(hours * 3600)
    desk.send()
    assert _status(desk, letter) == status
    assert len(desk.texts()) == 1


def test_what_comes_too_late_is_dropped(desk: Desk) -> None:
    """A letter whose use has ended is never sent, nor tried again where nobody knows whether it arrived."""
    late = _put(desk, 1, not_after=desk.town.now + timedelta(minutes=5))
    desk.town.clock.pass_(301)
    desk.send()
    assert (_status(desk, late), desk.texts()) == (LetterStatus.EXPIRED, [])
    desk.town.platform.faults.queue(Endpoint.MULTICAST, Fault.REPLY_LOST)
    unsure = _put(desk, 2, not_after=desk.town.now + timedelta(minutes=5))
    send_letter(desk.town.parts)
    desk.town.clock.pass_(400)
    desk.send()
    assert (_status(desk, unsure), len(desk.texts())) == (LetterStatus.UNKNOWN, 1)


class Post(RuleBasedStateMachine):
    """Letters, senders that die at any point, blocks, approvals taken back, and a clock; against a plain ledger.

    The ledger is LINE's: a key is taken once. What a test knows of each letter stands in `asked` and `barred`.
    """

    engine: Engine

    def __init__(self) -> None:
        super().__init__()
        self.session = Session(self.engine)
        self.now: datetime = BEGIN
        add_staff(self.session, 2, self.now)
        settle_friends(self.session, 3, self.now)
        self.taken: dict[str, bytes] = {}
        self.times: Counter[str] = Counter()
        self.held: list[Held] = []
        self.of_key: dict[str, str] = {}

    def teardown(self) -> None:
        self.session.rollback()
        self.session.close()

    @rule(resident=st.integers(1, 3), approved=st.booleans(), minutes=st.integers(1, 60))
    def ask(self, resident: int, approved: bool, minutes: int) -> None:
        subject, late = ("template:1", self.now + timedelta(minutes=minutes)) if approved else (None, None)
        if approved and not standing.approval(self.session, "template:1", "x"):
            standing.agree(self.session, "template:1", "x", 1, 2, self.now)
        order = Order(LetterOrigin.SYSTEM, resident, TEXT, subject=subject, standing="x", not_after=late)
        letters.put(self.session, order, self.now)

    @rule(status=st.sampled_from(ResidentStatus), resident=st.integers(1, 3))
    def follow(self, status: ResidentStatus, resident: int) -> None:
        self.session.get_one(Resident, resident).status = status
        self.session.flush()

    @rule()
    def void(self) -> None:
        standing.void(self.session, "template:1", self.now)

    @rule()
    def take(self) -> None:
        """A sender claims; what it holds must be for a friend, approved, and in time."""
        held = claim(self.session, Brake(), self.now)
        self.session.flush()
        if held is None:
            return
        letter = self.session.get_one(Letter, held.letter)
        if not held.uncertain:
            assert self.session.get_one(Resident, letter.resident_id).status == ResidentStatus.FRIEND
            assert letter.subject is None or standing.approval(self.session, letter.subject, "x")
        assert letter.not_after is None or self.now <= letter.not_after
        assert line_id(letter.resident_id).encode() in held.body
        self.of_key[held.retry_key] = held.letter
        self.held.append(held)

    @rule(number=st.integers(0, 5), written=st.booleans())
    def deliver(self, number: int, written: bool) -> None:
        """LINE takes it, at most once a key; the sender may die before it writes that down."""
        if not self.held:
            return
        held = self.held[number % len(self.held)]
        if held.retry_key not in self.taken:
            self.taken[held.retry_key] = held.body
            self.times[held.letter] += 1
        assert self.taken[held.retry_key] == held.body
        if written:
            ours = self.session.query(Letter).filter(Letter.id == held.letter, Letter.retry_key == held.retry_key)
            ours.update({"status": LetterStatus.DELIVERED, "closed_at": self.now, "messages": None})
            self.session.expire_all()

    @rule(minutes=st.sampled_from([0, 1, 30, 60 * 24]))
    def clock(self, minutes: int) -> None:
        """Within a minute a held request may still arrive; by the next day LINE has it or never will."""
        self.now += timedelta(minutes=minutes, seconds=1)
        if minutes:
            self.held.clear()
        sweep(self.session, self.now)
        self.session.expire_all()

    @invariant()
    def told_at_most_once(self) -> None:
        assert all(times == 1 for times in self.times.values())


@pytest.fixture
def machine(tmp_path: Path) -> Iterator[type[Post]]:
    """The machine on a database of its own; one transaction a history."""
    engine = open_engine(fresh_sqlite(tmp_path / "post.db"))
    yield type("OwnPost", (Post,), {"engine": engine})
    engine.dispose()


def _run(machine: type[Post], histories: int) -> None:
    calm = [HealthCheck.too_slow, HealthCheck.filter_too_much, HealthCheck.data_too_large]
    chosen = settings(
        max_examples=histories,
        stateful_step_count=40,
        suppress_health_check=calm,
        phases=(Phase.generate,),
    )
    run_state_machine_as_test(machine, settings=chosen)


def test_no_history_tells_anybody_twice_or_against_the_rules(machine: type[Post]) -> None:
    """A sample of random histories."""
    _run(machine, 40)


@pytest.mark.prove
@pytest.mark.timeout(3600)
def test_thousands_of_histories_tell_nobody_twice(machine: type[Post]) -> None:
    """The same at full size."""
    _run(machine, 3_000)
