"""Rules against a plain reference: whoever fits hears once of each moment, in its time, as two people agreed.

The reference knows no campaigns, batches or keys: it walks the same clock, asks `matches` of every person, and keeps a
set of what was said. LINE's ledger must equal it.
"""

from collections import Counter
from collections.abc import Iterator
from datetime import date, datetime, time, timedelta
from pathlib import Path

import pytest
from hypothesis import HealthCheck, Phase, settings
from hypothesis import strategies as st
from hypothesis.stateful import RuleBasedStateMachine, invariant, rule, run_state_machine_as_test
from sqlalchemy import delete, update

from bot.notices.following import follow
from bot.simulator.app import create_simulator
from bot.simulator.config import SimulatorConfig
from bot.simulator.endpoints import Endpoint
from knowledge import collection, rules
from knowledge.database import Sessions, open_engine, open_sessions
from knowledge.days import JST
from knowledge.models import (
    Base,
    Child,
    DepartmentBudget,
    Resident,
    ResidentChoices,
    ResidentStatus,
    Rule,
    SendingGate,
    Subscription,
    Topic,
)
from knowledge.notice import Content, TextBlock, Variant
from knowledge.rules import RulePlan
from knowledge.segment import ChildAge, Conditions, Person, matches
from knowledge.trigger import ChildTrigger, GarbageTrigger, MatchTrigger, Trigger, YearlyTrigger
from tests.bot.notices.world import CALENDAR, Member, Ward, ward
from tests.bot.simulator.stand import SECRET, TOKEN, Clock, Street
from tests.databases import fresh_sqlite
from tests.knowledge.notices.town import line_id

FIRST = datetime(2026, 11, 30, 23, 30, tzinfo=JST)
"""Half an hour before a new month in Japan, which in UTC is still the same day."""
HEALTH, CARE, BINS = (Conditions(topics=frozenset([each])) for each in (Topic.HEALTH, Topic.CHILDREN, Topic.GARBAGE))
PLANS: list[tuple[Trigger, Conditions, Topic]] = [
    (ChildTrigger(months=4, day=1, hour=10), CARE, Topic.CHILDREN),
    (YearlyTrigger(month=12, day=2, hour=9), HEALTH, Topic.HEALTH),
    (GarbageTrigger(evening=True), BINS, Topic.GARBAGE),
    (GarbageTrigger(evening=False), BINS, Topic.GARBAGE),
    (MatchTrigger(), Conditions(topics=frozenset([Topic.BENEFITS]), areas=frozenset(["巣鴨"])), Topic.BENEFITS),
]
TABLE = """town,place,kind,days,put_out_by,valid_from,valid_to,source
巣鴨,1丁目,burnable,火・金,8:00,2026-04-01,2026-12-31,区の表
巣鴨,2丁目,plastic,火,8:00,2026-04-01,2026-12-31,区の表
高田,,nonburnable,第1・3水,8:00,2026-04-01,2026-12-31,区の表
"""


def plan_of(number: int, text: str) -> RulePlan:
    """A rule whose every sentence tells which rule it is."""
    trigger, audience, topic = PLANS[number]
    words = f"規則{number}{text}" + (" {collected} {by}まで" if isinstance(trigger, GarbageTrigger) else "")
    content = Content(texts={Variant.JA: (TextBlock(text=words),)})
    return RulePlan(f"規則{number}", f"課{number}", topic, trigger, audience, content)


def approved(sessions: Sessions, plan: RulePlan, now: datetime) -> str:
    """The plan as a rule that two people agreed to."""
    with sessions.begin() as session:
        row = rules.draft(session, plan, Member(1), now)
        rules.COURSE.submit(session, row, Member(1), now)
        rules.COURSE.approve(session, row, Member(2), rules.digest_of(row), now)
        return row.id


def said(town: Ward) -> Counter[tuple[str, str]]:
    """How often the platform took a text for somebody: the number of the rule, and to whom."""
    found: Counter[tuple[str, str]] = Counter()
    for entry in town.platform.ledger.accepted(Endpoint.MULTICAST):
        found.update((str(entry.messages[0]["text"])[2], to) for to in entry.recipients)
    return found


class Following(RuleBasedStateMachine):
    """Residents who change their minds, rules that are edited and approved, workers that come twice, and the clock."""

    town: Ward

    def __init__(self) -> None:
        super().__init__()
        town = self.town
        town.clock.time = FIRST.timestamp()
        town.platform.ledger.clear()
        with town.sessions.begin() as session:
            for table in reversed(Base.metadata.sorted_tables):
                if table.name not in ("staff", "sending_gates", "audit_head", "audit_entries", "alembic_version"):
                    session.execute(delete(table))
            session.execute(update(SendingGate).values(open_at=town.now, pause_ms=0, successes=0))
            collection.replace_all(session, collection.read_table(TABLE))
            session.add_all(DepartmentBudget(department=f"課{n}", monthly=60) for n in range(len(PLANS)))
        self.people: dict[int, Person] = {}
        for number in range(1, 5):
            with town.sessions.begin() as session:
                row = Resident(
                    line_user_id=line_id(number), status=ResidentStatus.FRIEND, changed_ms=0, created_at=town.now
                )
                session.add(row)
                session.flush()
                session.add(ResidentChoices(resident_id=row.id, area=None, updated_at=town.now))
                self.people[row.id] = Person(id=row.id, seen_at=town.now)
            if town.platform.people.find(line_id(number)) is None:
                town.platform.add_user("友だち", line_id(number))
        self.ids = sorted(self.people)
        self.written: dict[int, tuple[str, datetime | None]] = {}
        self.taken: set[tuple[int, str]] = set()
        self.told: set[tuple[int, str, int]] = set()
        self.expected: Counter[tuple[str, str]] = Counter()

    @rule(who=st.integers(0, 3), topic=st.sampled_from([each for *_, each in PLANS]), wanted=st.booleans())
    def subscribe(self, who: int, topic: Topic, wanted: bool) -> None:
        """A topic is asked for, or given up."""
        person = self.people[self.ids[who]]
        now = self.town.now
        with self.town.sessions.begin() as session:
            session.merge(Subscription(resident_id=person.id, topic=topic, since=now, ended_at=None if wanted else now))
        topics = person.topics | {topic} if wanted else person.topics - {topic}
        self.people[person.id] = person.model_copy(update={"topics": topics})

    @rule(who=st.integers(0, 3), area=st.sampled_from(["巣鴨", "高田", None]))
    def move(self, who: int, area: str | None) -> None:
        """Somebody moves to another town, or keeps it to themselves."""
        person = self.people[self.ids[who]]
        with self.town.sessions.begin() as session:
            session.get_one(ResidentChoices, person.id).area = area
        self.people[person.id] = person.model_copy(update={"area": area})

    @rule(who=st.integers(0, 3), month=st.sampled_from([date(2026, 8, 1), date(2026, 7, 1), date(2026, 9, 1)]))
    def birth(self, who: int, month: date) -> None:
        """A child's birth month is told."""
        person = self.people[self.ids[who]]
        with self.town.sessions.begin() as session:
            session.merge(Child(resident_id=person.id, born=month))
        self.people[person.id] = person.model_copy(update={"children": person.children | {month}})

    @rule(who=st.integers(0, 3), friend=st.booleans())
    def block(self, who: int, friend: bool) -> None:
        """Somebody blocks the account, or returns."""
        person = self.people[self.ids[who]]
        with self.town.sessions.begin() as session:
            row = session.get_one(Resident, person.id)
            row.status = ResidentStatus.FRIEND if friend else ResidentStatus.BLOCKED
        self.people[person.id] = person.model_copy(update={"friend": friend})

    @rule(number=st.integers(0, len(PLANS) - 1), second=st.booleans(), text=st.sampled_from("あい"))
    def write(self, number: int, second: bool, text: str) -> None:
        """A rule is written or edited, and perhaps agreed to by a second person."""
        now, plan = self.town.now, plan_of(number, text)
        with self.town.sessions.begin() as session:
            if number in self.written:
                row = rules.load(session, self.written[number][0])
                rules.edit(session, row, plan, Member(1), now)
            else:
                row = rules.draft(session, plan, Member(1), now)
            if second:
                rules.COURSE.submit(session, row, Member(1), now)
                rules.COURSE.approve(session, row, Member(2), rules.digest_of(row), now)
            self.written[number] = (row.id, now if second else None)

    @rule(number=st.integers(0, len(PLANS) - 1))
    def tamper(self, number: int) -> None:
        """Somebody changes the words behind the product's back: nothing of it is sent any more."""
        if number in self.written:
            with self.town.sessions.begin() as session:
                row = session.get_one(Rule, self.written[number][0])
                row.content = {"texts": {"ja": [{"kind": "text", "text": f"規則{number}勝手に"}]}}
            self.written[number] = (self.written[number][0], None)

    @rule(minutes=st.sampled_from([1, 29, 31, 60, 119, 180, 600, 1440, 3000]), workers=st.integers(1, 2))
    def clock(self, minutes: int, workers: int) -> None:
        """Time passes, and one or two workers make their rounds; what they send arrives."""
        self.town.clock.pass_(minutes * 60)
        self._reference(self.town.now)
        for _ in range(workers):
            follow(self.town.sessions, CALENDAR, self.town.now)
        self.town.run(seconds=30)

    def _reference(self, now: datetime) -> None:
        for number, (_, since) in self.written.items():
            for name, telling, at, until, wanted in _moments(number, now):
                if since is None or at <= since or at > now or (number, name) in self.taken:
                    continue
                self.taken.add((number, name))
                if now > until:
                    continue
                for person in self.people.values():
                    if matches(wanted, person, at) and (number, telling, person.id) not in self.told:
                        self.told.add((number, telling, person.id))
                        self.expected[(str(number), line_id(self.ids.index(person.id) + 1))] += 1

    @invariant()
    def ledger_is_the_reference(self) -> None:
        assert said(self.town) == self.expected


def _moments(number: int, now: datetime) -> Iterator[tuple[str, str, datetime, datetime, Conditions]]:
    """Every moment of a rule in the week before: its name, what is told once, its time, and whom it is for."""
    trigger, wanted, _ = PLANS[number]
    for back in range(8):
        day = (now.astimezone(JST) - timedelta(days=back)).date()
        if isinstance(trigger, ChildTrigger) and day.day == 1:
            at = datetime.combine(day, time(10), JST)
            child = wanted.model_copy(update={"child": ChildAge(from_months=4, to_months=4)})
            yield str(day), str(day), at, at + timedelta(hours=2), child
        if isinstance(trigger, YearlyTrigger) and (day.month, day.day) == (12, 2):
            at = datetime.combine(day, time(9), JST)
            yield str(day), str(day), at, at + timedelta(hours=2), wanted
        if isinstance(trigger, GarbageTrigger):
            on = day + timedelta(days=1) if trigger.evening else day
            at = datetime.combine(day, time(20) if trigger.evening else time(6, 30), JST)
            until = at + timedelta(minutes=120 if trigger.evening else 90)
            towns = {"巣鴨": on.weekday() in (1, 4), "高田": on.weekday() == 2 and (on.day - 1) // 7 in (0, 2)}
            for town in (each for each, due in towns.items() if due and on <= date(2026, 12, 31)):
                here = wanted.model_copy(update={"areas": frozenset([town])})
                yield f"{on}{town}", f"{on}{town}", at, until, here
        if isinstance(trigger, MatchTrigger):
            for hour in range(10, 18):
                at = datetime.combine(day, time(hour), JST)
                yield str(at), "once", at, at + timedelta(hours=1), wanted


@pytest.fixture
def machine(street: Street, tmp_path: Path) -> Iterator[type[Following]]:
    """The machine, on one database and one platform that each history finds empty."""
    engine = open_engine(fresh_sqlite(tmp_path / "following.db"))
    config = SimulatorConfig(SECRET, TOKEN, seed=1, now=Clock(), hang_seconds=0.2)
    app = create_simulator(config)
    assert isinstance(config.now, Clock)
    with (
        street.served(app) as base,
        ward(open_sessions(engine), app.state.platform, config.now, base) as town,
    ):
        yield type("OwnFollowing", (Following,), {"town": town})
    engine.dispose()


def _run(machine: type[Following], histories: int) -> None:
    calm = [HealthCheck.too_slow, HealthCheck.filter_too_much, HealthCheck.data_too_large]
    once = (Phase.generate,)
    chosen = settings(max_examples=histories, stateful_step_count=40, suppress_health_check=calm, phases=once)
    run_state_machine_as_test(machine, settings=chosen)


def test_the_ledger_is_the_reference(machine: type[Following]) -> None:
    """A sample of random histories."""
    _run(machine, 12)


@pytest.mark.prove
@pytest.mark.timeout(7200)
def test_the_ledger_is_the_reference_at_length(machine: type[Following]) -> None:
    """The same at full size."""
    _run(machine, 1_000)
