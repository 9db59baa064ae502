"""What a guide refers to and the ward does not have: desks, related guides, life events."""

from collections.abc import Iterable, Iterator
from dataclasses import dataclass

from sqlalchemy import select
from sqlalchemy.orm import Session

from knowledge.guide import Guide
from knowledge.models import GuideRow, PackKind, PackRecord


@dataclass(frozen=True)
class Dangling:
    """A reference that leads nowhere: its field, place in the list (from 0) and the id."""

    field: str
    at: int
    id: str


def problems(session: Session, guide: Guide) -> list[Dangling]:
    """Every reference of a guide that leads nowhere."""
    return [
        *_missing("desks", guide.desks, _records(session, PackKind.DESK)),
        *_missing("related", guide.related, set(session.scalars(select(GuideRow.id)))),
        *_missing("life_events", guide.life_events, _records(session, PackKind.LIFE_EVENT)),
    ]


def _records(session: Session, kind: PackKind) -> set[str]:
    return set(session.scalars(select(PackRecord.id).where(PackRecord.kind == kind)))


def _missing(field: str, ids: Iterable[str], known: set[str]) -> Iterator[Dangling]:
    return (Dangling(field, at, id_) for at, id_ in enumerate(ids) if id_ not in known)
