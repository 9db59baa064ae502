"""Random lives of guides with a moving clock: residents never see a text that is unapproved, expired or of another day.

Each sequence runs in one transaction that is rolled back; answers come from the real `Responder` over the real rows.
"""

from collections.abc import Iterator
from datetime import timedelta
from pathlib import Path
from typing import ClassVar

import pytest
from hypothesis import HealthCheck, settings
from hypothesis import strategies as st
from hypothesis.stateful import RuleBasedStateMachine, initialize, invariant, rule, run_state_machine_as_test
from sqlalchemy import Connection, Engine
from sqlalchemy.orm import Session

from handlers.conversation import Responder
from knowledge import drafts
from knowledge.clerk import Clerk
from knowledge.encoder import Encoder
from knowledge.pack import Pack, load_pack
from knowledge.search import Searcher
from knowledge.shelf import Shelf
from knowledge.words import WordSplitter
from tests.handlers.life import CLERKS, Life
from tests.knowledge.packs import write_pack

IDS = ("tennyu", "ichi", "ni")
GUIDES, WHO, AT = st.sampled_from(IDS), st.sampled_from(CLERKS), st.integers(0, 9)
STEPS = st.sampled_from(("go_on", "submit", "send_back", "discard", "publish"))
Machine = type[RuleBasedStateMachine]


class Lives(RuleBasedStateMachine):
    """Clerks of two departments, a pack and a clock work on three guides."""

    connection: ClassVar[Connection]
    responder: ClassVar[Responder]
    pack: ClassVar[Pack]

    def __init__(self) -> None:
        super().__init__()
        self.transaction = self.connection.begin()
        if self.connection.dialect.name == "sqlite":
            # The driver would begin a transaction only at the first change, after the first savepoint.
            self.connection.exec_driver_sql("BEGIN")
        session = Session(self.connection, expire_on_commit=False)
        self.life = Life(session, self.responder, self.pack, self.pack.guides[0])
        self.touched: set[str] = set()

    def teardown(self) -> None:
        """Look at everything once more, in words, too; then forget it."""
        try:
            for guide in IDS:
                assert self.life.shown(guide) == self.life.allowed(guide), guide
                assert self.life.told(guide) <= self.life.allowed(guide), guide
        finally:
            self.life.session.close()
            self.transaction.rollback()

    @initialize(spread=st.integers(0, 100))
    def first(self, spread: int) -> None:
        """An installation starts from the pack."""
        self.life.load([self.life.text("tennyu", spread), self.life.text("ichi", spread + 20)])

    def _draft(self, at: int) -> str | None:
        return self.life.drafts[at % len(self.life.drafts)] if self.life.drafts else None

    @rule(guide=GUIDES, base=st.integers(0, 3), who=WHO, spread=st.integers(0, 100))
    def write(self, guide: str, base: int, who: Clerk, spread: int) -> None:
        self.touched.add(guide)
        self.life.write(guide, base, who, spread)

    @rule(at=AT, who=WHO, other=WHO)
    def review(self, at: int, who: Clerk, other: Clerk) -> None:
        """What clerks do most: submit, have it approved, publish."""
        if draft := self._draft(at):
            self._touch(draft)
            self.life.submit(draft, who)
            self.life.approve(draft, 0, other)
            self.life.publish(draft, other)

    @rule(at=AT, behind=st.integers(0, 1), who=WHO, spread=st.integers(0, 100))
    def save(self, at: int, behind: int, who: Clerk, spread: int) -> None:
        if draft := self._draft(at):
            self._touch(draft)
            self.life.save(draft, behind, who, spread)

    @rule(
        at=AT,
        step=STEPS,
        who=WHO,
    )
    def step(self, at: int, step: str, who: Clerk) -> None:
        if draft := self._draft(at):
            self._touch(draft)
            getattr(self.life, step)(draft, who)

    @rule(at=AT, behind=st.integers(0, 1), who=WHO)
    def approve(self, at: int, behind: int, who: Clerk) -> None:
        if draft := self._draft(at):
            self._touch(draft)
            self.life.approve(draft, behind, who)

    @rule(guide=GUIDES, who=WHO)
    def withdraw(self, guide: str, who: Clerk) -> None:
        self.touched.add(guide)
        self.life.withdraw(guide, who)

    @rule(guide=GUIDES, number=st.integers(1, 4), who=WHO)
    def return_to(self, guide: str, number: int, who: Clerk) -> None:
        self.touched.add(guide)
        self.life.return_to(guide, number, who)

    @rule(guide=GUIDES, who=WHO)
    def shift(self, guide: str, who: Clerk) -> None:
        self.touched.add(guide)
        self.life.shift(guide, who)

    @rule(spread=st.integers(0, 100), some=st.sets(st.sampled_from(IDS)))
    def load(self, spread: int, some: set[str]) -> None:
        """`pocket init` with a pack that has moved on."""
        self.touched = set(IDS)
        self.life.load([self.life.text(guide, spread) for guide in sorted(some)])

    @rule(hours=st.integers(1, 24 * 45))
    def wait(self, hours: int) -> None:
        self.touched = set(IDS)
        self.life.now += timedelta(hours=hours)

    def _touch(self, draft: str) -> None:
        self.touched |= {drafts.get(self.life.session, draft).guide_id}

    @invariant()
    def only_what_may_be_said_is_said(self) -> None:
        """Whatever happened, and whatever day it is; and what may be said is said."""
        for guide in sorted(self.touched):
            assert self.life.shown(guide) == self.life.allowed(guide), guide
        self.touched = set()


def _run(machine: Machine, examples: int, steps: int) -> None:
    ours = settings(
        max_examples=examples,
        stateful_step_count=steps,
        database=None,
        suppress_health_check=list(HealthCheck),
    )
    run_state_machine_as_test(machine, settings=ours)


@pytest.fixture
def machine(engine: Engine, encoder: Encoder, tmp_path: Path) -> Iterator[Machine]:
    """The machine on a real database."""
    searcher = Searcher(encoder, WordSplitter.open(), Shelf(tmp_path / "none", encoder.model_id))
    with engine.connect() as connection:
        parts = {"connection": connection, "responder": Responder(searcher), "pack": load_pack(write_pack(tmp_path))}
        yield type("LivesHere", (Lives,), parts)


def test_residents_see_only_what_may_be_said(machine: Machine) -> None:
    """A sample of the long proof."""
    _run(machine, 25, 15)


@pytest.mark.prove
@pytest.mark.timeout(7200)
def test_residents_see_only_what_may_be_said_in_5000_lives(machine: Machine) -> None:
    """0 answers from unapproved or expired text in 5,000 random sequences (issue 4)."""
    _run(machine, 5_000, 20)
