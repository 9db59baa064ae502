"""Whom a batch is for, as ids: cut from the audience by the database, written out as recipients when its turn comes.

An audience is a few hundred rows when it is frozen, whoever many people it has: no write takes longer than a blink, and
the chat goes on. Nobody is a recipient before the transaction that claims their batch.
"""

from collections.abc import Sequence
from dataclasses import dataclass

from sqlalchemy import (
    Case,
    Integer,
    Row,
    Select,
    String,
    and_,
    bindparam,
    case,
    cast,
    func,
    insert,
    literal,
    or_,
    select,
    true,
)
from sqlalchemy.orm import Session

from bot.notices.body import BATCH
from knowledge.elements import elements
from knowledge.models import (
    Base,
    Batch,
    Campaign,
    Recipient,
    RecipientStatus,
    Resident,
    ResidentChoices,
    ResidentStatus,
    Subscription,
    Tester,
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
_ENDED = (
    select(Subscription.resident_id)
    .where(Subscription.resident_id == Resident.id, Subscription.topic == bindparam("topic"))
    .where(Subscription.ended_at.is_not(None))
    .exists()
)
_LOOK = (
    select(
        Resident.id,
        Resident.line_user_id,
        Resident.status,
        _ENDED,
        ResidentChoices.quiet_from,
        ResidentChoices.quiet_until,
    )
    .outerjoin(ResidentChoices, ResidentChoices.resident_id == Resident.id)
    .order_by(Resident.id)
)
_LOOK_AT_ROSTER = _LOOK.where(_ON_ROSTER)
_LOOK_AT_RECIPIENTS = _LOOK.join(Recipient, Recipient.resident_id == Resident.id).where(
    Recipient.batch_id == bindparam("batch"), Recipient.status == RecipientStatus.INCLUDED
)
_UNROLL = insert(Base.metadata.tables[Recipient.__tablename__]).from_select(
    ["campaign_id", "resident_id", "world", "tester_id", "batch_id", "status"],
    select(
        bindparam("campaign", type_=String),
        Resident.id,
        bindparam("world", type_=String),
        case((bindparam("world", type_=String) == World.DRILL.value, Resident.id)),
        bindparam("batch", type_=Integer),
        literal(RecipientStatus.INCLUDED.value),
    ).where(_ON_ROSTER),
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
    ids, lines = cast(everybody.c.id, String), everybody.c.line_user_id
    joined = select(everybody.c.variant, func.aggregate_strings(ids, ","), func.aggregate_strings(lines, ","))
    grouped = joined.group_by(everybody.c.variant, everybody.c.part).order_by(everybody.c.variant, everybody.c.part)
    return [_cut(Variant(variant), *each) for variant, *each in session.execute(grouped)]


def _cut(variant: Variant, ids: str, lines: str) -> Cut:
    """What was aggregated comes in any order, but both in the same."""
    both = sorted(zip(map(int, ids.split(",")), lines.split(","), strict=True))
    return Cut(variant, [resident for resident, _ in both], [line for _, line in both])


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


def is_friend(person: Person) -> bool:
    """Whether the account still is a friend."""
    return person[2] == ResidentStatus.FRIEND


def unroll(session: Session, batch: Batch) -> None:
    """Write the people on a batch's roster out as its recipients; the database refuses a resident in a drill."""
    values = {"campaign": batch.campaign_id, "world": batch.world, "batch": batch.id}
    session.connection().execute(_UNROLL, values)
    batch.roster = None
