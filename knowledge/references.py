"""What a guide refers to and the ward does not have: desks, related guides, life events, its department."""

from collections.abc import Mapping, Set
from dataclasses import dataclass
from typing import Self

from sqlalchemy import select
from sqlalchemy.orm import Session

from knowledge import today
from knowledge.guide import Guide
from knowledge.models import GuideRow, PackKind, PackRecord


@dataclass(frozen=True)
class Dangling:
    """A reference that leads nowhere: its field, place in the list (from 0) and the id or name."""

    field: str
    at: int
    id: str


@dataclass(frozen=True)
class Known:
    """What the ward has, by the field of a guide that may refer to it."""

    ids: Mapping[str, Set[str]]

    @classmethod
    def of(cls, session: Session, coming: Set[str] = frozenset()) -> Self:
        """What there is now, and the guides that are coming with the one that is looked at."""
        return cls(
            {
                "desks": _records(session, PackKind.DESK),
                "related": coming | set(session.scalars(select(GuideRow.id))),
                "life_events": _records(session, PackKind.LIFE_EVENT),
                "owner": set(today.departments(session)),
            }
        )

    def missing(self, guide: Guide) -> list[Dangling]:
        """Every reference of a guide that leads nowhere."""
        given = {
            "desks": guide.desks,
            "related": guide.related,
            "life_events": guide.life_events,
            "owner": [guide.owner],
        }
        return [
            Dangling(field, at, id_)
            for field, ids in given.items()
            for at, id_ in enumerate(ids)
            if id_ not in self.ids[field]
        ]


def problems(session: Session, guide: Guide) -> list[Dangling]:
    """Every reference of a guide that leads nowhere."""
    return Known.of(session).missing(guide)


def called(session: Session, *guides: Guide | None) -> dict[str, str]:
    """By which name people know what guides refer to: desks, related guides, life events; an unknown id is left out."""
    known = [guide for guide in guides if guide]
    later = [id_ for guide in known for each in guide.later for id_ in each.desks or ()]
    records = {*later, *(id_ for guide in known for id_ in (*guide.desks, *guide.life_events))}
    name = PackRecord.content["name"].as_string()
    kinds = PackRecord.kind.in_([PackKind.DESK, PackKind.LIFE_EVENT])
    found = session.execute(select(PackRecord.id, name).where(kinds, PackRecord.id.in_(records)))
    return {row[0]: row[1] for row in found} | today.titles(
        session, sorted({id_ for guide in known for id_ in guide.related})
    )


def _records(session: Session, kind: PackKind) -> set[str]:
    return set(session.scalars(select(PackRecord.id).where(PackRecord.kind == kind)))
