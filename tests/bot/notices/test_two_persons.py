"""Random histories of notices: nothing is sent without two people on exactly that, and no drill reaches residents.

The machine keeps its own record of who wrote and who agreed to what, without digests, and judges every freezing by it.
It also tampers with rows behind the product's back. One transaction an example, one savepoint a step.
"""

import json
import sys
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass, field
from datetime import UTC, datetime, timedelta
from pathlib import Path
from typing import Any

import pytest
from hypothesis import HealthCheck, Phase, settings
from hypothesis import strategies as st
from hypothesis.stateful import RuleBasedStateMachine, rule, run_state_machine_as_test
from sqlalchemy import Engine, event, select, update
from sqlalchemy.exc import IntegrityError
from sqlalchemy.orm import Session

from bot.notices.batches import claim
from bot.notices.freezing import freeze
from bot.notices.gate import Brake
from bot.notices.rounds import close_finished
from knowledge import models
from knowledge.approval import approve, break_glass, give_back, submit
from knowledge.audit import CLOCK
from knowledge.campaign import CampaignError, Drill, Live, Plan, digests, draft, edit, load
from knowledge.course import due, pause, resume, schedule, start, stop
from knowledge.database import open_engine
from knowledge.models import Batch, Campaign, CampaignStatus, Recipient, ResidentChoices, Urgency, World
from knowledge.segment import Conditions, Everyone
from tests.bot.notices.world import CALENDAR, Member, settle_friends, wording
from tests.databases import fresh_sqlite
from tests.knowledge.notices.rows import add_staff

BEGIN = datetime(2026, 11, 21, 3, 0, tzinfo=UTC)
TESTERS, IN_TOWN, ALL = {5, 6}, {1, 2, 3}, {1, 2, 3, 4, 5, 6}
STAFF = st.integers(1, 3)
MOST = 4
"""Few notices, so that a history gets somewhere with one of them."""
PICKED = st.integers(0, 20)
_COURSE: dict[str, Any] = {"give_back": give_back, "pause": pause, "resume": resume, "stop": stop}
MOVES = st.sampled_from(
    ["forward"] * 10 + ["compose", "edit", "break_glass", "schedule", "clock", "tamper", "tamper"] + list(_COURSE)
)


def _plan(kind: str, text: str, urgency: Urgency) -> Plan:
    said = wording(text, urgency)
    if kind == "drill":
        return Drill(said)
    return Live(said, Everyone() if kind == "everyone" else Conditions(areas=frozenset(["巣鴨"])))


PLANS = st.builds(
    _plan,
    st.sampled_from(["everyone", "town", "drill"]),
    st.sampled_from(["一", "二", "三"]),
    st.sampled_from(Urgency),
)


@dataclass
class Known:
    """What the test itself knows of a notice."""

    writer: int
    said: tuple[Any, ...] = ()
    agreed: list[tuple[int, tuple[Any, ...]]] = field(default_factory=list)
    alone: list[tuple[Any, ...]] = field(default_factory=list)


class Histories(RuleBasedStateMachine):
    """Compose, edit, review, approve, schedule, start, drill, cancel, break glass, tamper; and the clock."""

    engine: Engine
    freezings = 0

    def __init__(self) -> None:
        super().__init__()
        self.session = Session(self.engine)
        self.now = BEGIN
        self.known: dict[str, Known] = {}
        add_staff(self.session, 3, self.now)
        settle_friends(self.session, 6, self.now)
        self.session.flush()
        for resident in IN_TOWN:
            self.session.add(ResidentChoices(resident_id=resident, area="巣鴨", updated_at=self.now))
        for resident in TESTERS:
            self.session.add(models.Tester(name="試", resident_id=resident, added_by=1, added_at=self.now))
        self.session.flush()

    def teardown(self) -> None:
        self.session.rollback()
        self.session.close()

    @contextmanager
    def _step(self) -> Iterator[None]:
        try:
            with self.session.begin_nested():
                yield
        except (CampaignError, IntegrityError):
            self.session.expire_all()

    def _pick(self, number: int) -> Campaign:
        ids = sorted(self.known)
        return load(self.session, ids[number % len(ids)])

    def _learn(self) -> None:
        """Corrections appear by themselves, written by whoever wrote the notice."""
        for row in self.session.scalars(select(Campaign)):
            self.known.setdefault(row.id, Known(row.author)).said = _said(row)

    @rule(move=MOVES, number=PICKED, actor=STAFF, plan=PLANS, minutes=st.integers(-10, 120))
    def step(self, move: str, number: int, actor: int, plan: Plan, minutes: int) -> None:
        """One rule, because Hypothesis leaves rules out at random, and a history without one of them leads nowhere."""
        match move if self.known else "compose":
            case "compose" if len(self.known) < MOST:
                self.compose(plan, actor)
            case "edit":
                self.edit(number, plan, actor)
            case "break_glass":
                self.break_glass(number, actor, "川があふれ、待てないため" if minutes % 2 else "")
            case "give_back" | "pause" | "resume" | "stop":
                self.course(number, actor, _COURSE[move])
            case "schedule" | "clock":
                self.schedule(number, minutes) if move == "schedule" else self.clock(abs(minutes))
            case "tamper" if actor == 3:
                self.tamper_with_the_text(number, f"勝手に{minutes}")
            case "tamper":
                self.tamper_with_the_world(number, World.LIVE if actor == 1 else World.DRILL, minutes % 2 == 0)
            case _:
                self.forward(number, actor)

    def compose(self, plan: Plan, author: int) -> None:
        with self._step():
            draft(self.session, plan, Member(author), self.now)
        self._learn()

    def edit(self, number: int, plan: Plan, editor: int) -> None:
        campaign = self._pick(number)
        with self._step():
            edit(self.session, campaign, plan, Member(editor), self.now)
            self.known[campaign.id].writer = editor
        self._learn()

    def forward(self, number: int, actor: int) -> None:
        """What comes next for a notice, by anybody."""
        match self._pick(number).status:
            case CampaignStatus.DRAFT:
                self.submit(number, actor, "少人数の試験のため" if number % 4 else None)
            case CampaignStatus.IN_REVIEW:
                self.approve(number, actor)
            case CampaignStatus.APPROVED:
                self.course(number, actor, start)
            case _:
                self.send()

    def submit(self, number: int, actor: int, reason: str | None) -> None:
        with self._step():
            submit(self.session, self._pick(number), Member(actor), self.now, reason)

    def approve(self, number: int, approver: int) -> None:
        campaign = self._pick(number)
        with self._step():
            approve(self.session, campaign, Member(approver), digests(campaign), self.now)
            self.known[campaign.id].agreed.append((approver, _said(campaign)))

    def break_glass(self, number: int, actor: int, reason: str) -> None:
        campaign = self._pick(number)
        with self._step():
            break_glass(self.session, campaign, Member(actor), reason, self.now)
            assert reason
            assert campaign.urgency != Urgency.NORMAL
            self.known[campaign.id].alone.append(_said(campaign))

    def course(self, number: int, actor: int, step: Any) -> None:
        with self._step():
            step(self.session, self._pick(number), Member(actor), self.now)

    def schedule(self, number: int, minutes: int) -> None:
        with self._step():
            schedule(self.session, self._pick(number), self.now + timedelta(minutes=minutes), Member(1), self.now)

    def clock(self, minutes: int) -> None:
        self.now += timedelta(minutes=minutes)
        for campaign_id in due(self.session, self.now):
            with self._step():
                start(self.session, load(self.session, campaign_id), CLOCK, self.now)

    def tamper_with_the_text(self, number: int, text: str) -> None:
        campaign = self._pick(number)
        with self._step():
            campaign.content = {"texts": {"ja": [{"kind": "text", "text": text}]}}
            self.session.flush()
        self._learn()

    def tamper_with_the_world(self, number: int, world: World, everyone: bool) -> None:
        campaign = self._pick(number)
        with self._step():
            kind = "everyone" if everyone else "testers"
            values = {"world": world.value, "audience": {"kind": kind, "version": 1}}
            self.session.execute(update(Campaign).where(Campaign.id == campaign.id).values(values))
        self.session.expire_all()
        self._learn()

    def send(self) -> None:
        """Everything that may be sent is frozen, judged and sent."""
        sending = select(Campaign.id).where(Campaign.status == CampaignStatus.SENDING, Campaign.frozen_at.is_(None))
        for campaign_id in list(self.session.scalars(sending)):
            campaign = load(self.session, campaign_id)
            with self._step():
                freeze(self.session, campaign, CALENDAR, self.now)
                self._judge(campaign)
        while claim(self.session, Brake(), self.now):
            self.now += timedelta(milliseconds=20)
        self.session.execute(update(Batch).where(Batch.status == "claimed").values(status="accepted"))
        close_finished(self.session, self.now)
        self.session.expire_all()
        drills = select(Recipient.resident_id).where(Recipient.world == World.DRILL)
        assert set(self.session.scalars(drills)) <= TESTERS

    def _judge(self, campaign: Campaign) -> None:
        type(self).freezings += 1
        known, said = self.known[campaign.id], _said(campaign)
        two = any(approver != known.writer and what == said for approver, what in known.agreed)
        alone = said in known.alone and campaign.urgency != Urgency.NORMAL
        assert two or alone
        rosters = select(Batch.roster).where(Batch.campaign_id == campaign.id)
        got = {resident for roster in self.session.scalars(rosters) for resident in roster or ()}
        if campaign.world == World.DRILL:
            assert got <= TESTERS
        elif campaign.corrects is None:
            assert got == (ALL if campaign.audience["kind"] == "everyone" else IN_TOWN)


def _said(row: Campaign) -> tuple[Any, ...]:
    return (row.world, row.urgency, row.title, json.dumps([row.content, row.audience], sort_keys=True))


@pytest.fixture
def machine(tmp_path: Path) -> Iterator[type[Histories]]:
    """The machine on a database whose savepoints are real: pysqlite must not open transactions by itself."""
    engine = open_engine(fresh_sqlite(tmp_path / "histories.db"))
    event.listen(engine, "connect", lambda connection, _: setattr(connection, "isolation_level", None))
    event.listen(engine, "begin", lambda connection: connection.exec_driver_sql("BEGIN"))
    machine = type("Histories", (Histories,), {"engine": engine})
    yield machine
    engine.dispose()


_CALM = [HealthCheck.too_slow, HealthCheck.filter_too_much, HealthCheck.data_too_large]


def _run(machine: type[Histories], sequences: int) -> None:
    run_state_machine_as_test(
        machine,
        settings=settings(
            max_examples=sequences,
            stateful_step_count=30,
            derandomize=False,
            suppress_health_check=_CALM,
            phases=(Phase.generate,),  # a failing history is short enough to read; shrinking one takes minutes
        ),
    )
    assert machine.freezings > sequences / 5


def test_no_history_sends_without_two_people_or_a_drill_to_residents(machine: type[Histories]) -> None:
    """A sample of random histories."""
    _run(machine, 25)


@pytest.mark.prove
@pytest.mark.timeout(3600)
@pytest.mark.parametrize("part", range(10))
def test_ten_thousand_histories(machine: type[Histories], part: int) -> None:
    """The same at full size, a thousand at a time: what Hypothesis keeps of them is let go, and processes can share.

    `-k "[3"` runs one part; each has histories of its own.
    """
    _run(machine, 1_000)
    sys.stdout.write(f"\npart {part}: 1,000 histories, {machine.freezings} freezings judged\n")
