"""Whom a batch is for, as ids: cut from the audience by the database, written out as recipients when there is time.

An audience is a few hundred rows when it is frozen, however many people it has: no write takes longer than a blink, and
the chat goes on. Where somebody is left out, the transaction that claims their batch writes them out; a batch that goes
to everybody on its roster is written out afterwards, when no sender has anything better to do (decision 0011).
"""

from collections.abc import Sequence
from dataclasses import dataclass
from typing import Any

from sqlalchemy import (
    Case,
    ColumnElement,
    Integer,
    Row,
    Select,
    SQLColumnExpression,
    String,
    and_,
    bindparam,
    case,
    cast,
    func,
    insert,
    literal,
    null,
    or_,
    select,
    true,
    update,
)
from sqlalchemy.orm import Session, aliased

from bot.notices.body import BATCH
from knowledge.elements import elements
from knowledge.models import (
    LEFT,
    Base,
    Batch,
    BatchStatus,
    Campaign,
    Recipient,
    RecipientStatus,
    Resident,
    ResidentChoices,
    ResidentStatus,
    Subscription,
    Tester,
    Urgency,
    World,
)
from knowledge.notice import Content, Variant

Person = Row[int, str, str, bool, int | None, int | None]
"""Resident id, LINE id, status, whether they gave the topic up, and their quiet hours."""


_LISTED = elements(Batch.roster)
_RESIDENT = cast(_LISTED.c.value, Integer)
_STILL_TESTER = or_(Batch.world == World.LIVE, _RESIDENT.in_(select(Tester.resident_id)))
_ON_ROSTER = Resident.id.in_(
    select(_RESIDENT).select_from(Batch).join(_LISTED, true()).where(Batch.id == bindparam("batch"), _STILL_TESTER)
)
_OTHER = aliased(Batch)
_UNDER_WAY = select(_OTHER.id).where(_OTHER.campaign_id == Batch.campaign_id, _OTHER.status == BatchStatus.CLAIMED)
_LEFT = (
    select(Batch.id)
    .where(LEFT, ~_UNDER_WAY.exists())
    .order_by(Batch.id)
    .limit(bindparam("most", type_=Integer))
    .with_for_update(skip_locked=True)
)
_THESE = Batch.id.in_(bindparam("batches", expanding=True))


def _ended(topic: SQLColumnExpression[Any]) -> ColumnElement[bool]:
    ours = Subscription.resident_id == Resident.id, Subscription.topic == topic
    return select(Subscription.resident_id).where(*ours, Subscription.ended_at.is_not(None)).exists()


def _aggregated(ids: SQLColumnExpression[int], lines: SQLColumnExpression[str]) -> tuple[ColumnElement[str], ...]:
    return func.aggregate_strings(cast(ids, String), ","), func.aggregate_strings(lines, ",")


_LOOK = (
    select(
        Resident.id,
        Resident.line_user_id,
        Resident.status,
        _ended(bindparam("topic", type_=String)),
        ResidentChoices.quiet_from,
        ResidentChoices.quiet_until,
    )
    .outerjoin(ResidentChoices, ResidentChoices.resident_id == Resident.id)
    .order_by(Resident.id)
)
_SPARED = or_(
    Resident.status != ResidentStatus.FRIEND,
    and_(
        Campaign.urgency == Urgency.NORMAL,
        or_(_ended(Campaign.topic), ResidentChoices.quiet_from.is_not(None)),
    ),
)
_WHOLE = (
    select(Batch.id, *_aggregated(Resident.id, Resident.line_user_id))
    .select_from(Batch)
    .join(Campaign, Campaign.id == Batch.campaign_id)
    .join(_LISTED, true())
    .join(Resident, Resident.id == _RESIDENT)
    .outerjoin(ResidentChoices, ResidentChoices.resident_id == Resident.id)
    .where(_THESE, Batch.world == World.LIVE, Batch.first_sent_at.is_(None))
    .group_by(Batch.id)
    .having(func.sum(case((_SPARED, 1), else_=0)) == 0)
)
_LOOK_AT_ROSTER = _LOOK.where(_ON_ROSTER)
_LOOK_AT_RECIPIENTS = _LOOK.join(Recipient, Recipient.resident_id == Resident.id).where(
    Recipient.batch_id == bindparam("batch"), Recipient.status == RecipientStatus.INCLUDED
)
_EMPTIED = update(Batch).where(_THESE).values(roster=null())
_WRITE_OUT = insert(Base.metadata.tables[Recipient.__tablename__]).from_select(
    ["campaign_id", "resident_id", "world", "tester_id", "batch_id", "status"],
    select(
        Batch.campaign_id,
        Resident.id,
        Batch.world,
        case((Batch.world == World.DRILL, Resident.id)),
        Batch.id,
        literal(RecipientStatus.INCLUDED.value),
    )
    .select_from(Batch)
    .join(_LISTED, true())
    .join(Resident, Resident.id == _RESIDENT)
    .where(_THESE, _STILL_TESTER),
)


@dataclass(frozen=True)
class Cut:
    """At most 500 people who read the same words: resident ids in order, and their LINE ids."""

    variant: Variant
    residents: list[int]
    lines: list[str]


def cut(session: Session, residents: Select[int], content: Content) -> list[Cut]:
    """These residents, by language and cut into batches; one statement, reads only."""
    part = (func.row_number().over(partition_by=_variant(content), order_by=Resident.id) - 1) // BATCH
    everybody = (
        select(Resident.id, Resident.line_user_id, _variant(content).label("variant"), part.label("part"))
        .outerjoin(ResidentChoices, ResidentChoices.resident_id == Resident.id)
        .where(Resident.id.in_(residents.correlate(None)))
        .order_by("variant", Resident.id)
        .subquery()
    )
    joined = select(everybody.c.variant, *_aggregated(everybody.c.id, everybody.c.line_user_id))
    grouped = joined.group_by(everybody.c.variant, everybody.c.part).order_by(everybody.c.variant, everybody.c.part)
    return [Cut(Variant(variant), *_in_order(*each)) for variant, *each in session.execute(grouped)]


def _in_order(ids: str, lines: str) -> tuple[list[int], list[str]]:
    """What was aggregated comes in any order, but both in the same."""
    both = sorted(zip(map(int, ids.split(",")), lines.split(","), strict=True))
    return [resident for resident, _ in both], [line for _, line in both]


def _variant(content: Content) -> Case[str]:
    others = sorted(each.value for each in content.texts if each not in (Variant.JA, Variant.EASY))
    easy = Variant.EASY in content.texts
    return case(
        (and_(literal(easy), ResidentChoices.plain_japanese.is_(True)), Variant.EASY.value),
        (ResidentChoices.language.in_(others), ResidentChoices.language),
        else_=Variant.JA.value,
    )


def look(session: Session, campaign: Campaign, batch: Batch, *, listed: bool) -> Sequence[Person]:
    """The people of a batch as they are now, in the order of the request; `listed` while they are on its roster."""
    statement = _LOOK_AT_ROSTER if listed else _LOOK_AT_RECIPIENTS
    return session.connection().execute(statement, {"batch": batch.id, "topic": campaign.topic}).all()


def whole(session: Session, batches: Sequence[int]) -> dict[int, list[str]]:
    """The LINE ids of those batches that nothing was sent of and that nobody is to be left out of or put off from.

    Budgets aside. In the order of the request; one statement for all of them, for most batches are whole.
    """
    found = session.connection().execute(_WHOLE, {"batches": batches})
    return {batch: _in_order(*both)[1] for batch, *both in found}


def is_friend(person: Person) -> bool:
    """Whether the account still is a friend."""
    return person[2] == ResidentStatus.FRIEND


def write_out(session: Session, batches: Sequence[int]) -> None:
    """Make the people on the rosters of batches their recipients; the database refuses a resident in a drill."""
    for statement in (_WRITE_OUT, _EMPTIED):
        session.connection().execute(statement, {"batches": batches})


def left(session: Session, most: int) -> Sequence[int]:
    """At most so many batches that are done and whose people stand on the roster alone, held against other senders.

    None of a notice of which a batch is under way: what is being sent comes first.
    """
    return session.scalars(_LEFT, {"most": most}).all()
