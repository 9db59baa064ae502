"""The switch as a state machine: no history of people, feeds and clocks turns anything over that it should not."""

import json
import uuid
from collections.abc import Iterator
from contextlib import contextmanager
from datetime import UTC, datetime, timedelta
from pathlib import Path
from tempfile import TemporaryDirectory

import pytest
from hypothesis import settings
from hypothesis import strategies as st
from hypothesis.stateful import RuleBasedStateMachine, initialize, invariant, rule
from sqlalchemy import select
from sqlalchemy.exc import IntegrityError

from knowledge import models
from knowledge.database import Sessions
from knowledge.disaster import switch
from knowledge.disaster.feed import OtherContentError, accept, modes_from
from knowledge.disaster.mode import current, standing_for
from knowledge.disaster.switch import SwitchError
from knowledge.models import Hazard, Mode, ModeChange, SwitchRequest, WarningRow, World
from tests.databases import fresh_sqlite
from tests.handlers.emergency import Member, ward_at
from tests.handlers.talk import NOW, resident
from tests.knowledge.notices.rows import add_staff

MODES = modes_from("4:disaster,5:disaster,lifted:recovery")
PEOPLE = st.sampled_from([Member(1), Member(2), Member(3)])


@contextmanager
def _ward() -> Iterator[Sessions]:
    with TemporaryDirectory() as directory, ward_at(fresh_sqlite(Path(directory) / "pocket.db")) as sessions:
        yield sessions


class Switching(RuleBasedStateMachine):
    """Three people, one feed, two worlds; what the switch should be is kept beside what it is."""

    shared: Sessions

    @initialize()
    def begin(self) -> None:
        """Ordinary times."""
        self.session = self.shared()
        self.who = resident(self.session).resident
        self.now, self.sent = NOW, dict[str, bytes]()
        self.asked: dict[int, tuple[World, Mode, int, datetime]] = {}
        self.live: Mode = Mode.NORMAL
        self.drill: Mode = Mode.NORMAL
        self.causes = 0

    @rule(who=PEOPLE, world=st.sampled_from(World), mode=st.sampled_from(Mode))
    def ask(self, who: Member, world: World, mode: Mode) -> None:
        """Somebody asks; nothing changes."""
        try:
            row = switch.ask(self.session, world, mode, Hazard.FLOOD, "", who, self.now)
        except SwitchError:
            return
        self.asked[row.id] = (world, mode, who.id, self.now)

    @rule(who=PEOPLE, number=st.integers(0, 12))
    def confirm(self, who: Member, number: int) -> None:
        """Somebody confirms anything, known or not: it counts for another person, in time, once."""
        request = sorted(self.asked)[number] if number < len(self.asked) else number + 10_000
        world, mode, asker, at = self.asked.get(request, (World.LIVE, Mode.NORMAL, who.id, self.now))
        allowed = request in self.asked and asker != who.id and self.now - at <= switch.VALID
        try:
            switch.confirm(self.session, request, who, self.now)
        except SwitchError:
            return
        assert allowed
        del self.asked[request]
        self._in_force(world, mode)

    @rule(who=PEOPLE, number=st.integers(0, 12))
    def withdraw(self, who: Member, number: int) -> None:
        """Somebody takes a request back."""
        if number < len(self.asked):
            request = sorted(self.asked)[number]
            switch.withdraw(self.session, request, who, self.now)
            del self.asked[request]

    @rule(
        world=st.sampled_from(World),
        level=st.integers(1, 5),
        lifted=st.booleans(),
        late=st.sampled_from([0, 0, 0, 30]),
        area=st.sampled_from(["高田", "区全域"]),
    )
    def warn(self, world: World, level: int, lifted: bool, late: int, area: str) -> None:
        """A warning of the feed."""
        identity = uuid.uuid4().hex
        said = {
            "id": identity,
            "world": world.value,
            "status": "lifted" if lifted else "issued",
            "level": level,
            "hazard": "flood",
            "area": area,
            "issuer": "気象庁",
            "issued_at": (self.now - timedelta(minutes=late)).isoformat(),
        }
        self.sent[identity] = json.dumps(said).encode()
        before = self.drill if world is World.DRILL else self.live
        taken = accept(self.session, "office", self.sent[identity], MODES, self.now)
        if taken.switched:
            assert (lifted and taken.mode is Mode.RECOVERY and before is Mode.DISASTER) or (not lifted and level >= 4)
            assert world is World.LIVE or self.live is Mode.NORMAL
            self._in_force(world, taken.mode)
        elif not lifted and level >= 4 and not late and world is World.LIVE:
            assert before is Mode.DISASTER

    @rule(number=st.integers(0, 30))
    def replay(self, number: int) -> None:
        """An old warning once more, or its id with other words."""
        if number < len(self.sent):
            identity = sorted(self.sent)[number]
            assert not accept(self.session, "office", self.sent[identity], MODES, self.now).switched
            other = json.loads(self.sent[identity]) | {"issuer": "だれか"}
            with pytest.raises(OtherContentError):
                accept(self.session, "office", json.dumps(other).encode(), MODES, self.now)

    @rule(minutes=st.integers(1, 12))
    def wait(self, minutes: int) -> None:
        """Time passes."""
        self.now += timedelta(minutes=minutes)

    @invariant()
    def the_mode_is_what_it_should_be(self) -> None:
        """In both worlds; each change has its own cause, of its world, of two people or of the feed."""
        if not hasattr(self, "session"):
            return
        assert (current(self.session) is None) == (self.live is Mode.NORMAL)
        drill = current(self.session, World.DRILL)
        assert (drill.mode if drill else Mode.NORMAL) is self.drill
        seen = standing_for(self.session, self.who)
        assert (seen.mode if seen else Mode.NORMAL) is self.live
        assert seen is None or seen.world is World.LIVE
        changes = self.session.scalars(select(ModeChange)).all()
        assert len(changes) == self.causes
        for change in changes:
            request = self.session.get(SwitchRequest, change.request_id) if change.request_id else None
            warning = self.session.get(WarningRow, change.warning_id) if change.warning_id else None
            cause = request or warning
            assert cause is not None
            assert cause.world == change.world
            assert request is None or request.confirmed_by not in (None, request.asked_by)

    def _in_force(self, world: World, mode: Mode) -> None:
        self.causes += 1
        if world is World.LIVE:
            self.live = mode
        else:
            self.drill = mode

    def teardown(self) -> None:
        """All of it is forgotten."""
        if hasattr(self, "session"):
            self.session.rollback()
            self.session.close()


def _histories(count: int, steps: int) -> None:
    with _ward() as sessions:
        Switching.shared = sessions
        case = Switching.TestCase
        case.settings = settings(max_examples=count, stateful_step_count=steps)
        case().runTest()


def test_no_history_switches_what_it_should_not() -> None:
    """Thirty histories of thirty steps."""
    _histories(30, 30)


@pytest.mark.prove
@pytest.mark.timeout(3600)
def test_no_history_switches_what_it_should_not_at_full_size() -> None:
    """Two thousand histories of fifty steps."""
    _histories(2_000, 50)


def test_the_database_itself_refuses_one_person_and_a_drill_that_turns_the_account_over(sessions: Sessions) -> None:
    """Whatever the code above it should do: the rows can not be written."""
    with sessions.begin() as session:
        person = add_staff(session, 2, NOW)[0]
        drill = SwitchRequest(world="drill", mode="disaster", hazard="flood", asked_by=person, asked_at=NOW)
        session.add(drill)
        session.flush()
        request = drill.id
    asked = {"world": "live", "mode": "disaster", "hazard": "flood", "asked_by": person, "asked_at": NOW}
    alone = SwitchRequest(**asked, confirmed_by=person, confirmed_at=NOW)
    crossed = ModeChange(world="live", mode="disaster", hazard="flood", since=NOW, request_id=request)
    causeless = ModeChange(world="live", mode="disaster", hazard="flood", since=NOW)
    for row in (alone, crossed, causeless):
        with sessions() as session:
            session.add(row)
            with pytest.raises(IntegrityError):
                session.flush()


def test_a_mode_survives_a_restart_and_all_workers_agree(sessions: Sessions) -> None:
    """It is a row: what one session commits the next one sees."""
    with sessions.begin() as session:
        session.add(
            models.WarningRow(
                feed="office",
                identity="1",
                digest="d",
                world="live",
                status="issued",
                level=4,
                hazard="flood",
                area="区",
                issuer="区",
                issued_at=datetime(2026, 11, 21, tzinfo=UTC),
                received_at=NOW,
            )
        )
        session.flush()
        session.add(ModeChange(world="live", mode="disaster", hazard="flood", since=NOW, warning_id=1))
    with sessions() as one, sessions() as other:
        assert current(one) == current(other) is not None
