"""What a department has to see to today: guides to review, sources that changed, what was published last."""

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import date, datetime, timedelta

from sqlalchemy import func, select, union
from sqlalchemy.orm import InstrumentedAttribute, Session

from knowledge.models import GuideRow, GuideStatus, GuideVersion, SourcePage, StaffRow, StaffStatus

SOON = timedelta(days=30)
SHOWN = 8
MANY = 500
"""More guides than this are sooner read with all the others; a statement takes only so many names, too."""
_SOURCE = GuideRow.content["source"]["url"].as_string()


@dataclass(frozen=True)
class Due:
    """A guide whose review date is near or past."""

    id: str
    title: str
    owner: str
    review_by: date


@dataclass(frozen=True)
class Changed:
    """A guide whose source page says something else than when it was last compared."""

    id: str
    title: str
    owner: str
    page: str
    changed_at: datetime


@dataclass(frozen=True)
class Published:
    """A version that was published, and when the index that finds it began to serve (None: not yet)."""

    id: str
    title: str
    version: int
    withdrawn: bool
    published_at: datetime
    answerable_at: datetime | None

    @property
    def seconds(self) -> float | None:
        """How long it took from published to answerable."""
        return (self.answerable_at - self.published_at).total_seconds() if self.answerable_at else None


def due(session: Session, department: str | None, today: date) -> tuple[int, list[Due]]:
    """How many guides are past their review date or within 30 days of it, and the first of them."""
    conditions = [GuideRow.status == GuideStatus.PUBLISHED, GuideRow.review_by <= today + SOON]
    if department is not None:
        conditions.append(GuideRow.owner == department)
    count = session.scalar(select(func.count()).select_from(GuideRow).where(*conditions)) or 0
    columns = select(GuideRow.id, GuideRow.title, GuideRow.owner, GuideRow.review_by)
    first = columns.where(*conditions).order_by(GuideRow.review_by, GuideRow.id).limit(SHOWN)
    return count, [Due(*row) for row in session.execute(first)]


def changed(session: Session, department: str | None) -> list[Changed]:
    """The guides whose source page changed, the latest first."""
    pages = {page.url: page for page in session.scalars(select(SourcePage).where(SourcePage.changed_at.is_not(None)))}
    if not pages:
        return []
    found = select(GuideRow.id, GuideRow.title, GuideRow.owner, _SOURCE).where(
        GuideRow.status == GuideStatus.PUBLISHED, _SOURCE.in_(list(pages))
    )
    if department is not None:
        found = found.where(GuideRow.owner == department)
    rows = [
        Changed(id_, title, owner, pages[url].id, at)
        for id_, title, owner, url in session.execute(found)
        if (at := pages[url].changed_at)
    ]
    return sorted(rows, key=lambda row: (row.changed_at, row.id), reverse=True)


def last_published(session: Session, department: str | None, most: int = 5) -> list[Published]:
    """The versions published last."""
    found = (
        select(GuideVersion, GuideRow.title)
        .join(GuideRow, GuideRow.id == GuideVersion.guide_id)
        .where(GuideVersion.author.is_not(None))
        .order_by(GuideVersion.published_at.desc())
        .limit(most)
    )
    if department is not None:
        found = found.where(GuideRow.owner == department)
    return [
        Published(
            version.guide_id, title, version.version, version.status == GuideStatus.WITHDRAWN, version.published_at,
            version.answerable_at,
        )
        for version, title in session.execute(found)
    ]  # fmt: skip


def titles(session: Session, ids: Sequence[str]) -> dict[str, str]:
    """The titles of guides, public or not."""
    return _by_id(session, GuideRow.title, ids)


def owners(session: Session, ids: Sequence[str]) -> dict[str, str]:
    """The departments of guides, public or not."""
    return _by_id(session, GuideRow.owner, ids)


def _by_id(session: Session, column: InstrumentedAttribute[str], ids: Sequence[str]) -> dict[str, str]:
    found = select(GuideRow.id, column)
    if len(ids) > MANY:
        wanted = set(ids)
        return {row[0]: row[1] for row in session.execute(found) if row[0] in wanted}
    return {row[0]: row[1] for row in session.execute(found.where(GuideRow.id.in_(ids)))}


def departments(session: Session) -> list[str]:
    """The departments there are: somebody of the staff belongs to them, or they own a public guide."""
    working = select(StaffRow.department).where(StaffRow.department.is_not(None), StaffRow.status == StaffStatus.ACTIVE)
    owning = select(GuideRow.owner).where(GuideRow.status == GuideStatus.PUBLISHED)
    return sorted(filter(None, session.scalars(union(working, owning))))
