"""The list of guides, narrowed by department, state and review date."""

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import date, timedelta
from enum import StrEnum

from sqlalchemy import ColumnElement, Select, func, select
from sqlalchemy.orm import Session

from knowledge import draft_state
from knowledge.models import GuideDraft, GuideRow, GuideStatus

PAGE = 50
SOON = timedelta(days=30)


class Wanted(StrEnum):
    """Which guides are shown; the words stand in `guides/list.html`."""

    ALL = "all"
    PUBLISHED = "published"
    WITHDRAWN = "withdrawn"
    DRAFTED = "drafted"
    OVERDUE = "overdue"
    SOON = "soon"


@dataclass(frozen=True)
class Filter:
    """What the list is narrowed to; no department is every one."""

    owner: str = ""
    wanted: Wanted = Wanted.ALL
    page: int = 1


@dataclass(frozen=True)
class Line:
    """One guide of the list."""

    id: str
    title: str
    owner: str
    status: GuideStatus
    review_by: date
    drafts: int

    def overdue(self, today: date) -> bool:
        """Whether residents are sent to the desk instead of getting an answer."""
        return self.review_by < today

    def soon(self, today: date) -> bool:
        """Whether its review is due within 30 days."""
        return today <= self.review_by <= today + SOON


@dataclass(frozen=True)
class Listed:
    """One page of the list, and how many guides there are in all."""

    lines: tuple[Line, ...]
    total: int
    page: int

    @property
    def pages(self) -> int:
        """How many pages there are, at least one."""
        return max(1, -(-self.total // PAGE))


def listed(session: Session, narrowed: Filter, today: date) -> Listed:
    """The guides of a page, those to be reviewed first at the top."""
    conditions = _conditions(narrowed, today)
    total = session.scalar(select(func.count()).select_from(GuideRow).where(*conditions)) or 0
    page = min(max(1, narrowed.page), max(1, -(-total // PAGE)))
    query = _columns().where(*conditions).order_by(GuideRow.review_by, GuideRow.id)
    return Listed(_lines(session, query.limit(PAGE).offset((page - 1) * PAGE)), total, page)


def lines_of(session: Session, ids: Sequence[str]) -> list[Line]:
    """The given guides, in the order given; ids of no guide are left out."""
    found = {line.id: line for line in _lines(session, _columns().where(GuideRow.id.in_(ids)))}
    return [found[id_] for id_ in ids if id_ in found]


def owners(session: Session) -> list[str]:
    """The departments that own a guide."""
    return list(session.scalars(select(GuideRow.owner).distinct().order_by(GuideRow.owner)))


def _columns() -> Select[str, str, str, str, date, int]:
    open_drafts = select(func.count()).where(
        GuideDraft.guide_id == GuideRow.id, GuideDraft.status.in_(draft_state.OPEN)
    )
    counted = open_drafts.correlate(GuideRow).scalar_subquery().label("drafts")
    return select(GuideRow.id, GuideRow.title, GuideRow.owner, GuideRow.status, GuideRow.review_by, counted)


def _lines(session: Session, query: Select[str, str, str, str, date, int]) -> tuple[Line, ...]:
    return tuple(
        Line(row.id, row.title, row.owner, GuideStatus(row.status), row.review_by, row.drafts)
        for row in session.execute(query)
    )


def _conditions(narrowed: Filter, today: date) -> list[ColumnElement[bool]]:
    found = [GuideRow.owner == narrowed.owner] if narrowed.owner else []
    return [*found, *_states(narrowed.wanted, today)]


def _states(wanted: Wanted, today: date) -> list[ColumnElement[bool]]:
    public = GuideRow.status == GuideStatus.PUBLISHED
    match wanted:
        case Wanted.ALL:
            return []
        case Wanted.PUBLISHED:
            return [public]
        case Wanted.WITHDRAWN:
            return [GuideRow.status == GuideStatus.WITHDRAWN]
        case Wanted.DRAFTED:
            return [GuideRow.id.in_(select(GuideDraft.guide_id).where(GuideDraft.status.in_(draft_state.OPEN)))]
        case Wanted.OVERDUE:
            return [public, GuideRow.review_by < today]
        case Wanted.SOON:
            return [public, GuideRow.review_by.between(today, today + SOON)]
