"""What notices do by themselves: due ones start, started ones are frozen, lost batches return, done ones are closed."""

from dataclasses import dataclass
from datetime import datetime

import structlog
from sqlalchemy import func, select, update
from sqlalchemy.orm import Session

from bot.line.client import LineClient
from bot.line.errors import LineError
from bot.line.validate import LineMessageInvalid
from bot.notices import batches, roster
from bot.notices.freezing import freeze
from knowledge.approval import UnusualCountError
from knowledge.audience import count
from knowledge.audit import CLOCK
from knowledge.campaign import CampaignError, audience_of, load
from knowledge.course import due, pause, start
from knowledge.database import Sessions
from knowledge.models import Batch, BatchStatus, Campaign, CampaignStatus

_OPEN = (BatchStatus.PREPARED, BatchStatus.CLAIMED)
_DONE = (
    Campaign.status == CampaignStatus.SENDING,
    Campaign.frozen_at.is_not(None),
    ~select(Batch.id).where(Batch.campaign_id == Campaign.id, Batch.status.in_(_OPEN)).exists(),
)
_log = structlog.get_logger(__name__)


@dataclass(frozen=True)
class Rounds:
    """What a round takes; `calendar_base` is the public address of calendar files."""

    sessions: Sessions
    client: LineClient
    calendar_base: str

    def make(self, now: datetime) -> bool:
        """One round; whether senders have anything to do. Any number of processes may make rounds at once."""
        with self.sessions() as session:
            active = select(Campaign.id, Campaign.frozen_at).where(Campaign.status == CampaignStatus.SENDING)
            started, sending = due(session, now), list(session.execute(active))
            left = roster.left(session, most=1)
        for campaign_id in started:
            self._start(campaign_id, now)
        for campaign_id, frozen_at in sending:
            if frozen_at is None:
                self._freeze(campaign_id, now)
        if self._abandoned(now) or (sending and self._finished()):
            with self.sessions.begin() as session:
                if late := batches.sweep(session, now):
                    _log.warning("batches_taken_up_again", batches=late)
                close_finished(session, now)
        return bool(started or sending or left)

    def _abandoned(self, now: datetime) -> bool:
        """Whether a batch was left by a sender that died; asked first: a write each second is felt in the chat."""
        with self.sessions() as session:
            late = select(Batch.id).where(Batch.status == BatchStatus.CLAIMED, Batch.claimed_until <= now)
            return session.scalars(late.limit(1)).first() is not None

    def _finished(self) -> bool:
        """Whether of a notice nothing is left to send."""
        with self.sessions() as session:
            return session.scalars(select(Campaign.id).where(*_DONE).limit(1)).first() is not None

    def _start(self, campaign_id: str, now: datetime) -> None:
        try:
            with self.sessions.begin() as session:
                start(session, load(session, campaign_id), CLOCK, now)
        except CampaignError as error:
            _log.error("notice_not_started", campaign=campaign_id, problem=type(error).__name__)
            with self.sessions.begin() as session:
                _drop_schedule(session, campaign_id)

    def _freeze(self, campaign_id: str, now: datetime) -> None:
        try:
            if not self._allowed(campaign_id, now):
                self._hold(campaign_id, "quota", now)
                return
            with self.sessions.begin() as session:
                people = freeze(session, load(session, campaign_id), self.calendar_base, now)
            _log.info("notice_frozen", campaign=campaign_id, people=people)
        except LineError as error:
            # The next round asks again: nothing was frozen, nothing sent.
            _log.warning("quota_unknown", campaign=campaign_id, kind=type(error).__name__, status=error.status)
        except UnusualCountError:
            self._hold(campaign_id, "unusual_count", now)
        except (CampaignError, LineMessageInvalid) as error:
            _log.error("notice_not_frozen", campaign=campaign_id, problem=type(error).__name__)
            self._hold(campaign_id, type(error).__name__[:32], now)

    def _allowed(self, campaign_id: str, now: datetime) -> bool:
        """Whether this month's plan has room for everybody: nothing is sent by halves."""
        allowed = self.client.sendable()
        if allowed is None:
            return True
        with self.sessions() as session:
            campaign = session.get_one(Campaign, campaign_id)
            return count(session, audience_of(campaign), now) <= allowed - _not_yet_sent(session)

    def _hold(self, campaign_id: str, problem: str, now: datetime) -> None:
        with self.sessions.begin() as session:
            campaign = load(session, campaign_id)
            if campaign.status == CampaignStatus.SENDING and campaign.frozen_at is None:
                pause(session, campaign, CLOCK, now, problem)


def _not_yet_sent(session: Session) -> int:
    """The recipients of other campaigns whose batches are still to go."""
    waiting = (
        select(func.coalesce(func.sum(Batch.people), 0))
        .join(Campaign, Campaign.id == Batch.campaign_id)
        .where(Batch.status.in_(_OPEN), Campaign.status.in_((CampaignStatus.SENDING, CampaignStatus.PAUSED)))
    )
    return session.scalar(waiting) or 0


def _drop_schedule(session: Session, campaign_id: str) -> None:
    scheduled = Campaign.id == campaign_id, Campaign.status == CampaignStatus.SCHEDULED
    values = {"status": CampaignStatus.DRAFT, "send_at": None, "revision": Campaign.revision + 1}
    session.execute(update(Campaign).where(*scheduled).values(values))


def close_finished(session: Session, now: datetime) -> None:
    """Close the campaigns of which no batch is left to send."""
    values = {"status": CampaignStatus.SENT, "closed_at": now, "revision": Campaign.revision + 1}
    session.execute(update(Campaign).where(*_DONE).values(values))
