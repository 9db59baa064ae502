"""Changing what a resident chose: the one place, for the chat and for the page.

The typed changes of `knowledge.changes` come in. One that is refused changes nothing; one that is made gives the change
that takes it back, where there is one.
"""

from collections.abc import Callable
from dataclasses import dataclass
from datetime import datetime
from enum import StrEnum

from sqlalchemy import delete, select, update
from sqlalchemy.dialects import postgresql, sqlite
from sqlalchemy.orm import Session

from knowledge.changes import (
    AddChild,
    BeOfAge,
    Change,
    Disclose,
    ForgetAll,
    ForgetDisability,
    LiveIn,
    Read,
    RemoveChild,
    Rest,
    Speakable,
    TopicsAs,
    WantTopic,
)
from knowledge.choices import delete_told, quiet_of, read, towns, variant_in, whose
from knowledge.database import changed
from knowledge.days import day_in_japan
from knowledge.erasure import erase_told
from knowledge.models import (
    AgeBand,
    Child,
    Resident,
    ResidentChoices,
    ResidentStatus,
    SensitiveChoice,
    SensitiveKind,
    Subscription,
    Topic,
)
from knowledge.notice import Variant
from knowledge.sealing import Seal
from knowledge.segment import OLDEST_CHILD_MONTHS
from knowledge.text import Language

MOST_CHILDREN = 10


class Refusal(StrEnum):
    """Why a change is not made."""

    NO_FRIEND = "no_friend"
    UNKNOWN_TOWN = "unknown_town"
    NO_SUCH_MONTH = "no_such_month"
    TOO_MANY = "too_many"
    NO_SEAL = "no_seal"


@dataclass(frozen=True)
class Done:
    """What became of a change: whether anything is different now, and what takes it back, where that is possible."""

    refusal: Refusal | None = None
    undo: Speakable | None = None
    changed: bool = False


@dataclass(frozen=True)
class _Acting:
    session: Session
    resident: int
    row: ResidentChoices
    now: datetime
    seal: Seal | None


def change(session: Session, resident: int, wanted: Change, now: datetime, seal: Seal | None = None) -> Done:
    """Make a change for a friend, in the session's transaction; refused where it can not be made."""
    if not _hold(session, resident):
        return Done(Refusal.NO_FRIEND)
    acting = _Acting(session, resident, _own_row(session, resident, now), now, seal)
    done = _ACTS[type(wanted)](acting, wanted)
    if not isinstance(wanted, ForgetAll):
        acting.row.updated_at = now
    session.flush()
    return done


def _hold(session: Session, resident: int) -> bool:
    """Whether somebody is a friend and stays one until this transaction ends: a write, so that a block waits for it."""
    friend = update(Resident).where(Resident.id == resident, Resident.status == ResidentStatus.FRIEND)
    return session.scalar(friend.values(changed_ms=Resident.changed_ms).returning(Resident.id)) is not None


def _own_row(session: Session, resident: int, now: datetime) -> ResidentChoices:
    """The row of a resident's settings, made where there is none; safe against a second process."""
    insert = postgresql.insert if session.get_bind().dialect.name == "postgresql" else sqlite.insert
    values = {"resident_id": resident, "plain_japanese": False, "updated_at": now}
    session.execute(insert(ResidentChoices).values(values).on_conflict_do_nothing(index_elements=["resident_id"]))
    return session.get_one(ResidentChoices, resident)


def _want_topic(acting: _Acting, wanted: WantTopic) -> Done:
    now = read(acting.session, acting.resident)
    others, topic = (now.wanted - {wanted.topic}, now.refused - {wanted.topic}), frozenset({wanted.topic})
    return _topics_as(
        acting, TopicsAs(others[0] | topic, others[1]) if wanted.wanted else TopicsAs(others[0], others[1] | topic)
    )


def _topics_as(acting: _Acting, wanted: TopicsAs) -> Done:
    before = read(acting.session, acting.resident)
    if (before.wanted, before.refused) == (wanted.wanted, wanted.refused):
        return Done()
    rows = select(Subscription).where(Subscription.resident_id == acting.resident)
    known = {Topic(row.topic): row for row in acting.session.scalars(rows)}
    for topic in wanted.wanted | wanted.refused:
        ended = acting.now if topic in wanted.refused else None
        row = known.pop(topic, None)
        if row is None:
            acting.session.add(
                Subscription(resident_id=acting.resident, topic=topic.value, since=acting.now, ended_at=ended)
            )
        elif (row.ended_at is None) != (ended is None):
            row.ended_at, row.since = ended, row.since if ended else acting.now
    for row in known.values():
        acting.session.delete(row)
    return Done(changed=True, undo=TopicsAs(before.wanted, before.refused))


def _live_in(acting: _Acting, wanted: LiveIn) -> Done:
    listed = {town.id: town.name for town in towns(acting.session)}
    if wanted.town is not None and wanted.town not in listed:
        return Done(Refusal.UNKNOWN_TOWN)
    before, acting.row.area = acting.row.area, listed.get(wanted.town or "")
    if before == acting.row.area:
        return Done()
    ids = {name: id_ for id_, name in listed.items()}
    if before is None:
        return Done(changed=True, undo=LiveIn(None))
    return Done(changed=True, undo=LiveIn(ids[before]) if before in ids else None)


def _add_child(acting: _Acting, wanted: AddChild) -> Done:
    this_month = day_in_japan(acting.now).replace(day=1)
    age = (this_month.year - wanted.born.year) * 12 + this_month.month - wanted.born.month
    if not 0 <= age <= OLDEST_CHILD_MONTHS or wanted.born.day != 1:
        return Done(Refusal.NO_SUCH_MONTH)
    known = acting.session.scalars(select(Child.born).where(Child.resident_id == acting.resident)).all()
    if wanted.born in known:
        return Done()
    if len(known) >= MOST_CHILDREN:
        return Done(Refusal.TOO_MANY)
    acting.session.add(Child(resident_id=acting.resident, born=wanted.born))
    return Done(changed=True, undo=RemoveChild(wanted.born))


def _remove_child(acting: _Acting, wanted: RemoveChild) -> Done:
    row = acting.session.get(Child, (acting.resident, wanted.born))
    if row is None:
        return Done()
    acting.session.delete(row)
    return Done(changed=True, undo=AddChild(wanted.born))


def _be_of_age(acting: _Acting, wanted: BeOfAge) -> Done:
    before = AgeBand(acting.row.age_band) if acting.row.age_band else None
    acting.row.age_band = wanted.band.value if wanted.band else None
    return Done() if before == wanted.band else Done(changed=True, undo=BeOfAge(before))


def _read(acting: _Acting, wanted: Read) -> Done:
    """やさしい日本語 is Japanese, in easy words."""
    before, easy = variant_in(acting.row), wanted.variant == Variant.EASY
    acting.row.plain_japanese = easy
    acting.row.language = Language.JA.value if easy else wanted.variant.value if wanted.variant else None
    return Done() if before == wanted.variant else Done(changed=True, undo=Read(before))


def _rest(acting: _Acting, wanted: Rest) -> Done:
    before, hours = quiet_of(acting.row), wanted.hours
    acting.row.quiet_from, acting.row.quiet_until = (hours.first, hours.last) if hours else (None, None)
    return Done() if before == hours else Done(changed=True, undo=Rest(before))


def _disclose(acting: _Acting, wanted: Disclose) -> Done:
    if acting.seal is None:
        return Done(Refusal.NO_SEAL)
    before = acting.session.get(SensitiveChoice, (acting.resident, SensitiveKind.DISABILITY.value))
    kept = SensitiveChoice(
        resident_id=acting.resident,
        kind=SensitiveKind.DISABILITY.value,
        sealed=acting.seal.close(wanted.certificate.written(), whose(acting.resident)),
        given_at=acting.now,
    )
    acting.session.merge(kept)
    return Done(changed=True, undo=None if before else ForgetDisability())


def _forget_disability(acting: _Acting, _: ForgetDisability) -> Done:
    mine = delete(SensitiveChoice).where(SensitiveChoice.resident_id == acting.resident)
    return Done(changed=changed(acting.session, mine) > 0)


def _forget_all(acting: _Acting, _: ForgetAll) -> Done:
    """Also the questions and what else rests on a person; the wanted topics become refused, so nothing more comes."""
    mine = Subscription.resident_id == acting.resident, Subscription.ended_at.is_(None)
    acting.session.execute(update(Subscription).where(*mine).values(ended_at=acting.now))
    acting.session.flush()
    delete_told(acting.session, acting.resident)
    erase_told(acting.session, acting.resident)
    return Done(changed=True)


_ACTS: dict[type[Change], Callable[..., Done]] = {
    WantTopic: _want_topic,
    TopicsAs: _topics_as,
    LiveIn: _live_in,
    AddChild: _add_child,
    RemoveChild: _remove_child,
    BeOfAge: _be_of_age,
    Read: _read,
    Rest: _rest,
    Disclose: _disclose,
    ForgetDisability: _forget_disability,
    ForgetAll: _forget_all,
}
