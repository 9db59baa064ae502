"""A ward with residents and staff, at a served simulator: everything between approval and the ledger is real."""

from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass, field
from datetime import UTC, datetime, timedelta

from pydantic import SecretStr
from sqlalchemy import insert, select
from sqlalchemy.orm import Session

from bot.line.client import LineClient
from bot.notices.gate import Brake
from bot.notices.rounds import Rounds
from bot.notices.sender import Sending, Step, send_one
from bot.simulator.endpoints import Endpoint
from bot.simulator.platform import Platform
from knowledge import models
from knowledge.approval import approve, submit
from knowledge.campaign import Drill, Live, Wording, digests, draft, load
from knowledge.course import start
from knowledge.database import Sessions
from knowledge.models import Batch, Campaign, Recipient, Resident, ResidentStatus, Topic, Urgency
from knowledge.notice import Content, TextBlock, Variant
from knowledge.segment import Everyone
from tests.bot.simulator.stand import TOKEN, Clock
from tests.knowledge.notices.rows import add_staff
from tests.knowledge.notices.town import line_id

CALENDAR = "https://pocket.example/calendar"


@dataclass(frozen=True)
class Member:
    """A signed-in person."""

    id: int
    login: str = "staff"


def wording(text: str = "お知らせです", urgency: Urgency = Urgency.NORMAL, topic: Topic | None = None) -> Wording:
    """A notice of one sentence."""
    return Wording("題", "広報課", topic, urgency, Content(texts={Variant.JA: (TextBlock(text=text),)}))


def settle_friends(session: Session, count: int, now: datetime) -> None:
    """That many friends, all at once."""
    rows = [
        {"line_user_id": line_id(n), "status": ResidentStatus.FRIEND.value, "changed_ms": 0, "created_at": now}
        for n in range(1, count + 1)
    ]
    session.execute(insert(Resident), rows)


@dataclass
class Ward:
    """Rows, platform and clock of a test; staff 1 writes, staff 2 approves."""

    sessions: Sessions
    platform: Platform
    clock: Clock
    parts: Sending
    slept: list[float] = field(default_factory=list)

    @property
    def now(self) -> datetime:
        return datetime.fromtimestamp(self.clock.time, UTC)

    def friends(self, count: int) -> None:
        """Residents who are friends at the platform too."""
        with self.sessions.begin() as session:
            settle_friends(session, count, self.now)
        for number in range(1, count + 1):
            self.platform.add_user("友だち", line_id(number))

    def newcomer(self) -> None:
        """A friend who was none before."""
        with self.sessions.begin() as session:
            session.add(
                Resident(line_user_id=line_id(9_999), status=ResidentStatus.FRIEND, changed_ms=0, created_at=self.now)
            )

    def testers(self, *residents: int) -> None:
        """Residents who agreed to get drills."""
        with self.sessions.begin() as session:
            session.add_all(
                models.Tester(name="試", resident_id=each, added_by=1, added_at=self.now) for each in residents
            )

    def started(self, plan: Live | Drill | None = None, few_reason: str | None = "試験のため") -> str:
        """A campaign that two people have sent off; its id."""
        with self.sessions.begin() as session:
            campaign = draft(session, plan or Live(wording(), Everyone()), Member(1), self.now)
            self.send_off(session, campaign, few_reason)
            return campaign.id

    def send_off(self, session: Session, campaign: Campaign, few_reason: str | None = "試験のため") -> None:
        """Submitted by the first, approved by the second, started."""
        submit(session, campaign, Member(1), self.now, few_reason)
        approve(session, campaign, Member(2), digests(campaign), self.now)
        start(session, campaign, Member(1), self.now)

    def round(self) -> None:
        """What a sender does once a second."""
        Rounds(self.parts.sessions, self.parts.client, self.parts.calendar_base).make(self.now)

    def run(self, seconds: float = 3_600.0, most: int = 5_000) -> int:
        """Rounds and sends, in the test's own time, until nothing is left or the time is over; the steps it took."""
        end = self.clock.time + seconds
        for steps in range(most):
            self.round()
            match send_one(self.parts):
                case Step.IDLE:
                    if not self._sending() or self.clock.time >= end:
                        return steps
                    self.clock.pass_(1.0)
                case Step.WAIT:
                    if self.clock.time >= end:
                        return steps
                    self.clock.pass_(0.05)
                case Step.SENT | Step.FAILED | Step.WRITTEN:
                    self.clock.pass_(0.01)
        raise AssertionError("it never ends")

    def _sending(self) -> bool:
        with self.sessions() as session:
            return bool(session.scalars(select(Campaign.id).where(Campaign.status == "sending")).first())

    def campaign(self, campaign_id: str) -> Campaign:
        with self.sessions() as session:
            return load(session, campaign_id)

    def batches(self, campaign_id: str) -> list[Batch]:
        with self.sessions() as session:
            mine = select(Batch).where(Batch.campaign_id == campaign_id).order_by(Batch.position)
            return list(session.scalars(mine))

    def outcomes(self, campaign_id: str) -> dict[int, str]:
        """What became of each resident of the audience."""
        with self.sessions() as session:
            mine = select(Recipient.resident_id, Recipient.status).where(Recipient.campaign_id == campaign_id)
            return {resident: status for resident, status in session.execute(mine)}  # noqa: C416

    def told(self) -> list[str]:
        """The LINE ids the platform took messages for, once for each time."""
        return [each for entry in self.platform.ledger.accepted(Endpoint.MULTICAST) for each in entry.recipients]

    def attempts(self) -> int:
        """The requests to send that reached the platform."""
        ledger = self.platform.ledger
        return len(ledger.accepted(Endpoint.MULTICAST)) + len(ledger.refused(Endpoint.MULTICAST))


@contextmanager
def ward(sessions: Sessions, platform: Platform, clock: Clock, url: str, timeout: float = 5.0) -> Iterator[Ward]:
    """A ward whose senders talk to the simulator at `url`; waiting is passing the test's own time."""
    with LineClient(url, url, SecretStr(TOKEN), timeout) as client:

        def now() -> datetime:
            return datetime.fromtimestamp(clock.time, UTC)

        parts = Sending(sessions, client, CALENDAR, Brake(), now, clock.pass_, lambda: 0.5)
        with sessions.begin() as session:
            add_staff(session, 4, now() - timedelta(days=1))
        yield Ward(sessions, platform, clock, parts)
