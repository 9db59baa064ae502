"""The ward's knowledge as rows: loading a content pack into the database, and reading it back."""

import threading
from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass
from datetime import date, datetime
from functools import cache, lru_cache
from hashlib import sha256
from typing import Any, TypeVar, cast

from sqlalchemy import Result, Select, Text, bindparam, select
from sqlalchemy import cast as sql_cast
from sqlalchemy.orm import Session

from knowledge import golden, proposals, versions
from knowledge.database import columns
from knowledge.dated import ahead
from knowledge.disaster.records import Disaster, DisasterTopic, Shelter, Town
from knowledge.guide import Desk, Guide, Record
from knowledge.models import (
    GuideKeeper,
    GuideRow,
    GuideStatus,
    PackKind,
    PackRecord,
    SourcePassage,
    SourceRow,
    SourceStatus,
)
from knowledge.pack import Pack, digest
from knowledge.passages import Field, IndexedPassage, Owner, OwnerKind, guide_passages
from knowledge.records import Crisis, FollowUp, LifeEvent, Offtopic, OtherBody, SmallTalk, Ward
from knowledge.stored import readable
from knowledge.versions import Edition

R = TypeVar("R", bound=Record)
_PRETENDED = "pretended"
_EDITION = "edition of the pack"
_kept: dict[type[Record], tuple[str, Mapping[str, Record]]] = {}
_reading = threading.Lock()
FROM_PACK = Edition(reason="コンテンツパックから")
KINDS: dict[type[Record], PackKind] = {
    Ward: PackKind.WARD,
    Desk: PackKind.DESK,
    LifeEvent: PackKind.LIFE_EVENT,
    OtherBody: PackKind.OTHER_BODY,
    Crisis: PackKind.CRISIS,
    SmallTalk: PackKind.SMALLTALK,
    FollowUp: PackKind.FOLLOW_UP,
    Offtopic: PackKind.OFFTOPIC,
    Disaster: PackKind.DISASTER,
    DisasterTopic: PackKind.DISASTER_TOPIC,
    Shelter: PackKind.SHELTER,
    Town: PackKind.TOWN,
}


@dataclass
class Synced:
    """How many records a load created, updated, left as they were, and deleted."""

    created: int = 0
    updated: int = 0
    skipped: int = 0
    deleted: int = 0


def publish(session: Session, guide: Guide, now: datetime) -> bool:
    """Make a guide of the content pack answerable as it is now; an unchanged one keeps its version and is False.

    A guide that staff keep stays as it is; a pack's record that changed becomes a proposal to them.
    """
    row, fresh = session.get(GuideRow, guide.id, populate_existing=True), digest(guide)
    if row and row.keeper == GuideKeeper.STAFF:
        if row.pack_digest != fresh:
            proposals.propose(session, row, guide, now)
            row.pack_digest = fresh
        return False
    if row and row.digest == fresh and row.status == GuideStatus.PUBLISHED:
        return False
    versions.publish(session, guide, FROM_PACK, row.version if row else 0, now)
    session.get_one(GuideRow, guide.id).pack_digest = fresh
    return True


def withdraw(session: Session, guide_id: str, now: datetime) -> None:
    """Stop answering a guide that left the content pack."""
    row = session.get(GuideRow, guide_id, populate_existing=True)
    if row:
        versions.withdraw(session, guide_id, FROM_PACK, row.version, now)


def sync_pack(session: Session, pack: Pack, now: datetime) -> Synced:
    """Make the database hold the pack but for the guides that staff keep; what is unchanged is not written."""
    report = Synced()
    rows = list(session.scalars(select(GuideRow).where(GuideRow.status == GuideStatus.PUBLISHED)))
    present = {row.id for row in rows}
    packs = {row.id for row in rows if row.keeper == GuideKeeper.PACK}
    for guide in pack.guides:
        changed = publish(session, guide, now)
        report.skipped += not changed
        report.updated += changed and guide.id in present
        report.created += changed and guide.id not in present
    for gone in packs - {guide.id for guide in pack.guides}:
        withdraw(session, gone, now)
        report.deleted += 1
    _sync_records(session, pack, report)
    golden.sync(session, pack.golden, now)
    return report


def _pack_records(pack: Pack) -> Iterator[tuple[PackKind, str, Record]]:
    yield PackKind.WARD, "ward", pack.ward
    yield PackKind.OFFTOPIC, "offtopic", pack.offtopic
    if pack.disaster:
        yield PackKind.DISASTER, "disaster", pack.disaster
    many = (pack.desks, pack.life_events, pack.other_bodies, pack.crises, pack.smalltalk, pack.follow_ups)
    for records in (*many, *pack.for_disasters):
        for record in records:
            yield KINDS[type(record)], record.id, record


def _sync_records(session: Session, pack: Pack, report: Synced) -> None:
    each = select(PackRecord).where(PackRecord.kind != PackKind.PACK)
    rows = {(row.kind, row.id): row for row in session.scalars(each)}
    known = []
    for position, (kind, id_, record) in enumerate(_pack_records(pack)):
        fresh, row = digest(record), rows.pop((kind.value, id_), None)
        known.append(fresh)
        if row is None:
            content = record.model_dump(mode="json")
            session.add(PackRecord(kind=kind, id=id_, position=position, content=content, digest=fresh))
            report.created += 1
        elif (row.digest, row.position) != (fresh, position):
            row.content, row.digest, row.position = record.model_dump(mode="json"), fresh, position
            report.updated += 1
        else:
            report.skipped += 1
    for row in rows.values():
        session.delete(row)
        report.deleted += 1
    edition = sha256("".join(known).encode()).hexdigest()
    session.merge(PackRecord(kind=PackKind.PACK, id="pack", position=0, content={}, digest=edition))
    session.info.pop(_EDITION, None)


@lru_cache(maxsize=8192)
def _parsed(kind: type[Record], text: str) -> Record:
    """The record a text stands for; the same text is parsed once, so what is unchanged costs a question nothing."""
    return kind.model_validate_json(text)


def _read(kind: type[R], text: str) -> R:
    with _reading:
        return cast(R, _parsed(kind, text))


@lru_cache(maxsize=8192)
def _understood(guide_id: str, text: str) -> Guide | None:
    """The guide a row's text stands for, if any; the same text is parsed once, and complained of once."""
    return readable(guide_id, text)


def _read_guides(rows: Result[Any]) -> dict[str, Guide]:
    with _reading:
        return {row.id: each for row in rows if (each := _understood(row.id, row.content))}


_CONTENT = sql_cast(GuideRow.content, Text)
_GUIDE = (
    select(GuideRow.id, _CONTENT.label("content")).where(GuideRow.status == GuideStatus.PUBLISHED).order_by(GuideRow.id)
)
_ONE_GUIDE = _GUIDE.where(GuideRow.id == bindparam("id"))
_THESE_GUIDES = _GUIDE.where(GuideRow.id.in_(bindparam("ids", expanding=True)))
_TITLES = (
    select(SourcePassage.id, SourceRow.title)
    .join(SourceRow)
    .where(SourcePassage.id.in_(bindparam("passages", expanding=True)))
)
_WHICH = select(PackRecord.digest).where(PackRecord.kind == PackKind.PACK)


@cache
def _records(kind: type[Record]) -> Select[str, str]:
    text = sql_cast(PackRecord.content, Text).label("content")
    of_kind = select(PackRecord.id, text).where(PackRecord.kind == KINDS[kind])
    return of_kind.order_by(PackRecord.position)


def pretend(session: Session, guide: Guide) -> None:
    """Let this session alone see a guide as if it were published so: for previews and for the accuracy gate."""
    session.info.setdefault(_PRETENDED, {})[guide.id] = guide


def _pretended(session: Session) -> dict[str, Guide]:
    return cast(dict[str, Guide], session.info.get(_PRETENDED, {}))


def guide(session: Session, guide_id: str) -> Guide | None:
    """The guide as published now, or None where there is none, or none that is `readable`; of all days (`dated.on`)."""
    if guide_id in _pretended(session):
        return _pretended(session)[guide_id]
    return _read_guides(columns(session, _ONE_GUIDE, {"id": guide_id})).get(guide_id)


def guides(session: Session, ids: Sequence[str] | None = None) -> list[Guide]:
    """Published guides, all or those with the given ids in the order given; of all days, see `dated.on`."""
    if ids is not None and not ids:
        return []
    found = _read_guides(columns(session, _GUIDE) if ids is None else columns(session, _THESE_GUIDES, {"ids": ids}))
    found |= {id_: each for id_, each in _pretended(session).items() if ids is None or id_ in ids}
    order = sorted(found) if ids is None else dict.fromkeys(ids)
    return [found[id_] for id_ in order if id_ in found]


def relating_to(session: Session, guide_id: str) -> list[Guide]:
    """The published guides that name a guide as related; no other is read."""
    naming = _read_guides(columns(session, _GUIDE.where(_CONTENT.contains(f'"{guide_id}"', autoescape=True))))
    return [each for each in naming.values() if guide_id in each.related]


def record(session: Session, kind: type[R], id_: str) -> R | None:
    """One record of the pack."""
    return _of_kind(session, kind).get(id_)


def records(session: Session, kind: type[R]) -> list[R]:
    """All records of one kind, in the pack's order."""
    return list(_of_kind(session, kind).values())


def _of_kind(session: Session, kind: type[R]) -> Mapping[str, R]:
    """The records of one kind by id, read anew only when the pack is another one."""
    edition, (known, kept) = _edition(session), _kept.get(kind, ("", {}))
    if edition != known:
        kept = {row.id: _read(kind, row.content) for row in columns(session, _records(kind))}
        if edition is not None and edition == columns(session, _WHICH).scalar():
            _kept[kind] = edition, kept
    return cast(Mapping[str, R], kept)


def _edition(session: Session) -> str | None:
    """Which pack the database holds, asked once a session; None where that was not noted yet."""
    if _EDITION not in session.info:
        session.info[_EDITION] = columns(session, _WHICH).scalar()
    return cast(str | None, session.info[_EDITION])


def desks(session: Session, of: Guide) -> list[Desk]:
    """The desks a guide refers to, in its order."""
    found = _of_kind(session, Desk)
    return [found[id_] for id_ in of.desks if id_ in found]


def ward(session: Session) -> Ward:
    """The ward's own record; the database must hold a content pack."""
    found = records(session, Ward)
    assert found, "no content pack loaded"
    return found[0]


def source_passage(session: Session, passage_id: int) -> tuple[SourcePassage, SourceRow] | None:
    """A passage of a source and the source, or None when it is gone or the source was withdrawn."""
    passage = session.get(SourcePassage, passage_id)
    source = session.get(SourceRow, passage.source_id) if passage else None
    return (passage, source) if passage and source and source.status == SourceStatus.APPROVED else None


def source_titles(session: Session, passage_ids: Sequence[int]) -> dict[int, str]:
    """The title of the source each passage belongs to."""
    return {row.id: row.title for row in columns(session, _TITLES, {"passages": passage_ids})}


def indexed_passages(session: Session, today: date) -> Iterator[IndexedPassage]:
    """Everything that can be found: published guides, records people may mean, and passages of approved sources.

    A guide is found by its words of today and of all days to come, so that no index is built at midnight; what is said
    is the record of the day. Words of the past go with the next build.
    """
    for each in guides(session):
        for seen in ahead(each, today):
            yield from guide_passages(seen)
    yield from _record_passages(session)
    approved = select(SourcePassage, SourceRow).join(SourceRow).where(SourceRow.status == SourceStatus.APPROVED)
    for passage, source in session.execute(approved):
        owner = Owner(OwnerKind.SOURCE, str(passage.id))
        yield IndexedPassage(owner, Field.FACT, f"{source.title} {passage.section} {passage.text}")


def _record_passages(session: Session) -> Iterator[IndexedPassage]:
    for event in records(session, LifeEvent):
        yield from _names(OwnerKind.LIFE_EVENT, event.id, (event.name, *event.aliases))
    for body in records(session, OtherBody):
        yield from _names(OwnerKind.OTHER_BODY, body.id, (body.name, *body.examples))
    for crisis in records(session, Crisis):
        yield from _names(OwnerKind.CRISIS, crisis.id, crisis.examples)
    for talk in records(session, SmallTalk):
        yield from _names(OwnerKind.SMALLTALK, talk.id, talk.examples)
    for fact in records(session, FollowUp):
        yield from _names(OwnerKind.FOLLOW_UP, fact.id, fact.examples)
    for number, example in enumerate(each for some in records(session, Offtopic) for each in some.examples):
        yield from _names(OwnerKind.OFFTOPIC, f"offtopic-{number}", (example,))


def _names(kind: OwnerKind, id_: str, texts: Sequence[str]) -> Iterator[IndexedPassage]:
    for text in texts:
        yield IndexedPassage(Owner(kind, id_), Field.NAME, text)
