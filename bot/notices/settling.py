"""The last look before a batch's first byte: who has left, does not want it, has had enough, or is asleep."""

from collections import defaultdict
from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass
from datetime import datetime, timedelta

from sqlalchemy import func, or_, select, union_all, update
from sqlalchemy.orm import Session

from bot.notices.body import BATCH
from bot.notices.freezing import new_batch
from bot.notices.roster import Person, is_friend, write_out
from knowledge.audience import listed_in
from knowledge.days import JST
from knowledge.models import (
    Batch,
    BatchStatus,
    Campaign,
    DepartmentBudget,
    Recipient,
    RecipientStatus,
    Urgency,
    World,
)

MONTHLY = 8
"""How many normal notices a month a resident gets from one department where the ward has set no other figure."""
_DAY = 24 * 60


@dataclass(frozen=True)
class Spent:
    """How a department's budget stands: the notices of this month that count, and how many a resident may get."""

    notices: tuple[str, ...]
    monthly: int
    month: datetime


def settle(
    session: Session, campaign: Campaign, batch: Batch, people: Sequence[Person], spent: Spent | None, now: datetime
) -> list[str]:
    """Leave out of a batch that nothing was sent of whom it should not reach now, and put off who sleeps.

    A notice that counts against no budget (`spent_by`) leaves out only those who are no friends any more. Whom a batch
    does not reach stands in their rows, so its people become recipients first; so do testers, whose keys keep a drill
    from residents. Returns the LINE ids that stay, in the order of the request.
    """
    out = _left_out(session, people, spent)
    asleep = {} if spent is None else _asleep([person for person in people if person[0] not in out], now)
    if out or asleep or batch.world == World.DRILL:
        write_out(session, [batch.id])
    for status in sorted(set(out.values())):
        ours = Recipient.batch_id == batch.id, Recipient.resident_id.in_([each for each in out if out[each] == status])
        session.execute(update(Recipient).where(*ours).values(status=status))
    for until, residents in asleep.items():
        _move(session, campaign, batch, residents, until)
    gone = out.keys() | {resident for residents in asleep.values() for resident in residents}
    left = [person[1] for person in people if person[0] not in gone]
    batch.people = len(left)
    return left


def _left_out(session: Session, people: Sequence[Person], spent: Spent | None) -> dict[int, RecipientStatus]:
    """Who is not to be told, and the first reason that holds."""
    gone = {person[0]: RecipientStatus.UNFOLLOWED for person in people if not is_friend(person)}
    if spent is None:
        return gone
    unwanted = {person[0]: RecipientStatus.OPTED_OUT for person in people if person[3]}
    tired = dict.fromkeys(_over_budget(session, [person[0] for person in people], spent), RecipientStatus.OVER_BUDGET)
    return tired | unwanted | gone


def spent_by(session: Session, campaign: Campaign, now: datetime) -> Spent | None:
    """The budget of the department a notice is of, as it stands without that notice.

    None for urgent notices, corrections and drills: they count against none.
    """
    if campaign.urgency != Urgency.NORMAL or campaign.world != World.LIVE or campaign.corrects:
        return None
    budget = session.get(DepartmentBudget, campaign.department)
    month = now.astimezone(JST).replace(day=1, hour=0, minute=0, second=0, microsecond=0)
    others = select(Campaign.id).where(
        Campaign.department == campaign.department,
        Campaign.urgency == Urgency.NORMAL,
        Campaign.world == World.LIVE,
        Campaign.frozen_at.is_not(None),
        or_(Campaign.closed_at.is_(None), Campaign.closed_at >= month),
    )
    before = tuple(each for each in session.scalars(others) if each != campaign.id)
    return Spent(before, budget.monthly if budget else MONTHLY, month)


def is_spent(spent: Spent | None) -> bool:
    """Whether somebody could have had enough: only then are people counted one by one."""
    return spent is not None and len(spent.notices) >= spent.monthly


def _over_budget(session: Session, residents: Sequence[int], spent: Spent) -> set[int]:
    if not is_spent(spent):
        return set()
    recipients = (
        select(Recipient.resident_id.label("resident"))
        .join(Batch, Batch.id == Recipient.batch_id)
        .where(Recipient.status == RecipientStatus.INCLUDED, Recipient.campaign_id.in_(spent.notices))
        .where(Batch.first_sent_at >= spent.month, Recipient.resident_id.in_(residents))
    )
    listed = listed_in(Batch.campaign_id.in_(spent.notices), Batch.first_sent_at >= spent.month)
    told = union_all(recipients, listed).subquery()
    heard = select(told.c.resident).where(told.c.resident.in_(residents)).group_by(told.c.resident)
    return set(session.scalars(heard.having(func.count() >= spent.monthly)))


def _asleep(people: Iterable[Person], now: datetime) -> Mapping[datetime, list[int]]:
    """Whose quiet hours hold now, by when they end."""
    asleep: defaultdict[datetime, list[int]] = defaultdict(list)
    for person in people:
        first, last = person[4], person[5]
        if first is not None and last is not None and (until := quiet_until((first, last), now)):
            asleep[until].append(person[0])
    return asleep


def _move(session: Session, campaign: Campaign, batch: Batch, residents: Sequence[int], until: datetime) -> None:
    """Into a batch of the same words that waits for the same minute, or a new one."""
    waiting = select(Batch).where(
        Batch.campaign_id == campaign.id,
        Batch.variant == batch.variant,
        Batch.status == BatchStatus.PREPARED,
        Batch.first_sent_at.is_(None),
        Batch.roster.is_(None),
        Batch.not_before == until,
        Batch.people <= BATCH - len(residents),
        Batch.id != batch.id,
    )
    target = session.scalars(waiting.limit(1)).one_or_none()
    if target is None:
        last = session.scalar(select(func.max(Batch.position)).where(Batch.campaign_id == campaign.id)) or 0
        target = new_batch(campaign, last + 1, batch.variant, 0, until)
        session.add(target)
    target.people += len(residents)
    session.flush()
    ours = Recipient.batch_id == batch.id, Recipient.resident_id.in_(residents)
    session.execute(update(Recipient).where(*ours).values(batch_id=target.id))


def quiet_until(quiet: tuple[int, int], now: datetime) -> datetime | None:
    """When quiet hours (minutes of the day in Japan, also across midnight) that hold now end; None outside of them."""
    first, last = quiet
    here = now.astimezone(JST)
    minute = here.hour * 60 + here.minute
    inside = first <= minute < last if first < last else minute >= first or minute < last
    if not inside or first == last:
        return None
    start_of_minute = here.replace(second=0, microsecond=0)
    return start_of_minute + timedelta(minutes=(last - minute) % _DAY)
