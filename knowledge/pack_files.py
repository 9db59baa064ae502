"""A content pack written out as the files `knowledge.pack.load_pack` reads."""

from collections.abc import Sequence
from itertools import groupby

import yaml
from sqlalchemy import select
from sqlalchemy.orm import Session

from knowledge import golden, library
from knowledge.disaster.records import Disaster, DisasterTopic, Shelter, Town
from knowledge.guide import Desk, Guide, Record
from knowledge.models import GuideRow, GuideStatus
from knowledge.pack import Pack
from knowledge.records import Crisis, FollowUp, GoldenRecord, LifeEvent, Offtopic, OtherBody, SmallTalk
from knowledge.stored import readable


class _Plain(yaml.SafeDumper):
    """Writes a value out wherever it stands: a pack's files have no aliases."""

    def ignore_aliases(self, data: object) -> bool:  # noqa: ARG002 - PyYAML's signature
        return True


def published(session: Session) -> list[Guide]:
    """Every published guide whole, facts of other days included, by id; see `stored.readable`."""
    rows = select(GuideRow.id, GuideRow.content).where(GuideRow.status == GuideStatus.PUBLISHED).order_by(GuideRow.id)
    return [guide for id_, content in session.execute(rows) if (guide := readable(id_, content))]


def pack_of(session: Session) -> Pack:
    """The content as it is now; the database must hold a content pack."""
    return Pack(
        ward=library.ward(session),
        desks=tuple(library.records(session, Desk)),
        guides=tuple(published(session)),
        life_events=tuple(library.records(session, LifeEvent)),
        other_bodies=tuple(library.records(session, OtherBody)),
        crises=tuple(library.records(session, Crisis)),
        smalltalk=tuple(library.records(session, SmallTalk)),
        follow_ups=tuple(library.records(session, FollowUp)),
        offtopic=library.records(session, Offtopic)[0],
        golden=_golden(session),
        disaster=library.record(session, Disaster, "disaster"),
        disaster_topics=tuple(library.records(session, DisasterTopic)),
        shelters=tuple(library.records(session, Shelter)),
        towns=tuple(library.records(session, Town)),
    )


def _golden(session: Session) -> tuple[GoldenRecord, ...]:
    """The questions whose answers are known that came with a pack; those staff kept stay with the installation."""
    rows = [row for row in golden.standing(session) if row.kept_by is None and not row.turns]
    return tuple(
        GoldenRecord(
            text=row.text, outcome=row.expect["outcome"], guide=row.guide_id, also=row.expect.get("also") or ()
        )
        for row in sorted(rows, key=lambda row: row.text)
    )


def files_of(pack: Pack) -> dict[str, str]:
    """The pack's files by name, UTF-8 text; guides by their field in the order of the pack."""
    files = {
        "ward.yaml": _one(pack.ward),
        "desks.yaml": _many(pack.desks),
        "life_events.yaml": _many(pack.life_events),
        "other_bodies.yaml": _many(pack.other_bodies),
        "crisis.yaml": _many(pack.crises),
        "smalltalk.yaml": _many(pack.smalltalk),
        "follow_ups.yaml": _many(pack.follow_ups),
        "offtopic.yaml": _one(pack.offtopic),
    }
    if pack.disaster:
        files["disaster.yaml"] = _one(pack.disaster)
    optional = (pack.golden, *pack.for_disasters)
    for name, records in zip(("golden", "disaster_topics", "shelters", "towns"), optional, strict=True):
        if records:
            files[f"{name}.yaml"] = _many(records)
    for number, (_, some) in enumerate(groupby(pack.guides, lambda guide: guide.id[:1])):
        files[f"guides/{number:03}.yaml"] = _many(tuple(some))
    return files


def _one(record: Record) -> str:
    return _yaml(record.model_dump(mode="json", exclude_defaults=True))


def _many(records: Sequence[Record]) -> str:
    return _yaml([record.model_dump(mode="json", exclude_defaults=True) for record in records])


def _yaml(value: object) -> str:
    return yaml.dump(value, Dumper=_Plain, allow_unicode=True, sort_keys=False, width=1_000_000)
