"""Batches as a queue: claimed by one sender at a time under a lease, closed with LINE's answer, swept when left."""

import uuid
from collections.abc import Iterable, Iterator, Sequence
from dataclasses import dataclass, field
from datetime import datetime, timedelta

from sqlalchemy import Integer, bindparam, case, select, update
from sqlalchemy.orm import Session

from bot.notices import gate, roster
from bot.notices.body import body_of, digest_of, included, messages_of
from bot.notices.gate import Brake, Pass
from bot.notices.roster import Person
from bot.notices.settling import Spent, is_spent, settle, spent_by
from knowledge.database import changed
from knowledge.models import Batch, BatchStatus, Campaign, CampaignStatus, Recipient, RecipientStatus, Urgency

LEASE = timedelta(seconds=15)
"""A dead sender's batch is taken up again after it; a slow one's too, which does no harm: the key is the same."""
HORIZON = timedelta(hours=23)
"""LINE remembers a retry key for 24 hours from the first request (line-platform.md, 3); one is left for clocks."""
_URGENCY = case({Urgency.DISASTER.value: 0, Urgency.URGENT.value: 1}, value=Campaign.urgency, else_=2)
_OPEN = Campaign.status == CampaignStatus.SENDING, Batch.status == BatchStatus.PREPARED
_NEXT = (
    select(Batch, Campaign, Batch.roster.is_not(None))
    .join(Campaign, Campaign.id == Batch.campaign_id)
    .where(*_OPEN, Batch.not_before <= bindparam("now"))
    .order_by(_URGENCY, Campaign.frozen_at, Batch.position)
    .limit(bindparam("most", type_=Integer))
    .with_for_update(of=Batch, skip_locked=True)
)
_IDS = (
    select(Batch.id)
    .join(Campaign, Campaign.id == Batch.campaign_id)
    .where(*_OPEN, Batch.not_before <= bindparam("now"))
    .limit(1)
)
_ACCEPTED = (
    update(Batch)
    .where(Batch.id == bindparam("batch"), Batch.retry_key == bindparam("key"), Batch.status != BatchStatus.ACCEPTED)
    .values(status=BatchStatus.ACCEPTED, closed_at=bindparam("now"), claimed_until=None, problem=None)
)
_STILL = (
    select(Batch.id)
    .join(Campaign, Campaign.id == Batch.campaign_id)
    .where(*_OPEN, Batch.id.in_(bindparam("batches", expanding=True)))
)


@dataclass(frozen=True)
class Claim:
    """A batch that is ours until the lease ends, with the very bytes to send.

    `attempt` fences off whoever held it before; `uncertain` is whether an earlier attempt may have been accepted.
    """

    batch: int
    campaign: str
    attempt: int
    uncertain: bool
    retry_key: str
    body: bytes
    leave: Pass


@dataclass(frozen=True)
class _Waiting:
    """A batch that could be sent, and its people as they were a moment ago; of a `whole` one their LINE ids alone."""

    batch: Batch
    campaign: Campaign
    people: Sequence[Person]
    whole: list[str] | None


@dataclass(frozen=True)
class _Turn:
    """One taking; what its batches have in common is read once."""

    session: Session
    now: datetime
    budgets: dict[str, Spent | None] = field(default_factory=dict)
    texts: dict[tuple[str, str], str] = field(default_factory=dict)

    def budget(self, campaign: Campaign) -> Spent | None:
        if campaign.id not in self.budgets:
            self.budgets[campaign.id] = spent_by(self.session, campaign, self.now)
        return self.budgets[campaign.id]

    def text(self, batch: Batch) -> str:
        if (key := (batch.campaign_id, batch.variant)) not in self.texts:
            self.texts[key] = messages_of(self.session, batch)
        return self.texts[key]


def waiting(session: Session, now: datetime) -> bool:
    """Whether a batch could be sent now, brake aside; reads only."""
    return session.scalars(_IDS, {"now": now, "most": 1}).first() is not None


def claim(session: Session, brake: Brake, now: datetime) -> Claim | None:
    """Take the most urgent batch that waits; see `take`."""
    return next(iter(take(session, brake, now)), None)


def take(session: Session, brake: Brake, now: datetime, most: int = 1, accepted: Sequence[Claim] = ()) -> list[Claim]:
    """Take the most urgent batches that wait, in the session's transaction; none where none does or the brake is on.

    With the commit everything stands that a retry needs: the key, the digest of the body, that its first byte may be
    out; and that LINE took the `accepted` ones. What takes long is read before the first write, which on SQLite shuts
    out everybody else's. A batch whose key has grown too old is not sent again: what is uncertain waits for a person.
    """
    leave = gate.peek(session.connection()).take(brake, now)[1]
    turn = _Turn(session, now)
    found = [] if leave is None else _found(turn, most)
    accept(session, accepted, now)
    if not found:
        return []
    connection = session.connection()
    after, leaves = gate.held(connection).take_many(brake, now, len(found))
    still = _still(session, found)
    claims: list[Claim] = []
    for each in found if leaves else ():
        if each.batch.id in still and len(claims) < len(leaves):
            claims += _claimed(turn, each, leaves[len(claims)])
    if claims:
        gate.keep(connection, after)
    return claims


def _found(turn: _Turn, most: int) -> list[_Waiting]:
    rows = turn.session.execute(_NEXT, {"now": turn.now, "most": most}).all()
    free = [batch.id for batch, campaign, listed in rows if listed and not is_spent(turn.budget(campaign))]
    whole = roster.whole(turn.session, free)
    return [
        _Waiting(batch, campaign, (), whole[batch.id])
        if batch.id in whole
        else _Waiting(batch, campaign, roster.look(turn.session, campaign, batch, listed=listed), None)
        for batch, campaign, listed in rows
    ]


def _still(session: Session, found: Iterable[_Waiting]) -> set[int]:
    """Which of the batches nobody has taken, held or stopped since they were looked at: asked once writes are ours."""
    return set(session.scalars(_STILL, {"batches": [each.batch.id for each in found]}))


def _claimed(turn: _Turn, found: _Waiting, leave: Pass) -> Iterator[Claim]:
    batch, campaign = found.batch, found.campaign
    body = _ready(turn, found)
    if body is None:
        return
    yield Claim(batch.id, campaign.id, batch.attempts + 1, batch.uncertain, batch.retry_key, body, leave)
    batch.status, batch.claimed_until, batch.attempts = BatchStatus.CLAIMED, turn.now + LEASE, batch.attempts + 1
    batch.uncertain = True


def _ready(turn: _Turn, found: _Waiting) -> bytes | None:
    """The bytes to send, or None where the batch was closed instead."""
    batch, now = found.batch, turn.now
    if batch.first_sent_at is not None and now - batch.first_sent_at >= HORIZON:
        if batch.uncertain:
            _close(batch, BatchStatus.UNKNOWN, now, "too_old")
            return None
        renew(batch)
    first = batch.first_sent_at is None
    people = _people(turn, found, first=first)
    if not people:
        _close(batch, BatchStatus.EMPTY, now, None)
        return None
    body = body_of(people, turn.text(batch), found.campaign.unit)
    if first:
        batch.body_digest, batch.first_sent_at = digest_of(body), now
    elif digest_of(body) != batch.body_digest:
        _close(batch, BatchStatus.UNKNOWN, now, "body_changed")
        return None
    return body


def _people(turn: _Turn, found: _Waiting, *, first: bool) -> list[str]:
    if found.whole is not None:
        found.batch.people = len(found.whole)
        return found.whole
    if not first:
        return [line for _, line, *_ in found.people]
    return settle(turn.session, found.campaign, found.batch, found.people, turn.budget(found.campaign), turn.now)


def renew(batch: Batch) -> None:
    """A new key and a new last look, for a batch of which certainly nothing was accepted."""
    batch.retry_key, batch.first_sent_at, batch.uncertain = str(uuid.uuid4()), None, False


def _close(batch: Batch, status: BatchStatus, now: datetime, problem: str | None) -> None:
    batch.status, batch.closed_at, batch.claimed_until, batch.problem = status, now, None, problem


def accept(session: Session, held: Sequence[Claim], now: datetime) -> None:
    """LINE took these; also where another sender has taken one over meanwhile, because accepted is accepted."""
    if held:
        values = [{"batch": each.batch, "key": each.retry_key, "now": now} for each in held]
        session.connection().execute(_ACCEPTED, values)


def put_back(session: Session, held: Claim, not_before: datetime, *, accepted_perhaps: bool) -> bool:
    """Try again from `not_before` on; False where the batch is no longer ours."""
    batch = _ours(session, held)
    if batch is None:
        return False
    batch.uncertain = held.uncertain or accepted_perhaps
    if session.get_one(Campaign, held.campaign).status == CampaignStatus.STOPPED:
        _close(batch, BatchStatus.UNKNOWN if batch.uncertain else BatchStatus.CANCELLED, not_before, "stopped")
    else:
        batch.status, batch.claimed_until, batch.not_before = BatchStatus.PREPARED, None, not_before
    return True


def give_back(session: Session, held: Claim, now: datetime) -> None:
    """Undo a claim of which no byte went out: its batch gets a new last look when its turn comes again."""
    if put_back(session, held, now, accepted_perhaps=False) and not held.uncertain:
        session.get_one(Batch, held.batch).first_sent_at = None


def quarantine(session: Session, held: Claim, place: int, now: datetime) -> bool:
    """LINE does not know the recipient at a place: nobody got anything; the rest goes out under a new key."""
    batch = _ours(session, held)
    if batch is None or held.uncertain:
        return refuse(session, held, now, "unknown_recipient")
    roster.write_out(session, [batch.id])
    people = included(session, batch)
    if place >= len(people):
        return refuse(session, held, now, "unknown_recipient")
    gone = Recipient.batch_id == batch.id, Recipient.resident_id == people[place][0]
    session.execute(update(Recipient).where(*gone).values(status=RecipientStatus.QUARANTINED))
    renew(batch)
    batch.status, batch.claimed_until = BatchStatus.PREPARED, None
    return True


def refuse(session: Session, held: Claim, now: datetime, problem: str) -> bool:
    """LINE will not take the batch; where an earlier attempt may have been taken, a person has to find out."""
    batch = _ours(session, held)
    if batch is not None:
        _close(batch, BatchStatus.UNKNOWN if held.uncertain else BatchStatus.REFUSED, now, problem)
    return batch is not None


def sweep(session: Session, now: datetime) -> int:
    """Put back the batches whose lease has ended: their sender died or hangs. Returns how many."""
    late = Batch.status == BatchStatus.CLAIMED, Batch.claimed_until <= now
    stopped = select(Campaign.id).where(Campaign.status == CampaignStatus.STOPPED)
    lost = update(Batch).where(*late, Batch.campaign_id.in_(stopped))
    session.execute(lost.values(status=BatchStatus.UNKNOWN, claimed_until=None, closed_at=now, problem="stopped"))
    back = update(Batch).where(*late).values(status=BatchStatus.PREPARED, claimed_until=None)
    return changed(session, back)


def _ours(session: Session, held: Claim) -> Batch | None:
    ours = Batch.id == held.batch, Batch.status == BatchStatus.CLAIMED, Batch.attempts == held.attempt
    return session.scalars(select(Batch).where(*ours).with_for_update()).one_or_none()
