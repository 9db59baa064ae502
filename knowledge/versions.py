"""The versions of a guide: each that was public is kept whole, with who wrote it, who reviewed it, when and why.

`GuideRow` is the newest one, the live row that decides what is said. Every change of it goes through `publish` and
`withdraw` here, which raise the version by one and refuse when somebody else was first.
"""

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import datetime

from sqlalchemy import select, update
from sqlalchemy.orm import Session, defer

from knowledge.errors import PocketError
from knowledge.guide import Guide
from knowledge.models import GuideKeeper, GuideRow, GuideStatus, GuideVersion
from knowledge.pack import digest


class OutdatedError(PocketError):
    """この下書きを書きはじめた後に、案内の新しい版が公開されました。違いを確かめて、下書きに取り入れてください。"""


class VersionMissingError(PocketError):
    """その版はありません。一覧から選び直してください。"""


@dataclass(frozen=True)
class Edition:
    """Who wrote and who reviewed a version (nobody: the pack), why, and with which reason the gate was overruled."""

    author: int | None = None
    reviewer: int | None = None
    reason: str = ""
    draft: str | None = None
    overruled: str | None = None

    @property
    def keeper(self) -> GuideKeeper:
        """Who keeps the guide from this version on."""
        return GuideKeeper.PACK if self.author is None and self.reviewer is None else GuideKeeper.STAFF


def publish(session: Session, guide: Guide, edition: Edition, expected: int, now: datetime) -> int:
    """Make a guide the live row and give its version; raises OutdatedError unless `expected` is the live version.

    `expected` is 0 for a guide that is not there yet. The caller commits; the index follows (`answerable`).
    """
    content, fresh = guide.model_dump(mode="json"), digest(guide)
    changes = {
        "version": expected + 1,
        "status": GuideStatus.PUBLISHED,
        "title": guide.title,
        "content": content,
        "digest": fresh,
        "review_by": guide.review_by,
        "updated_at": now,
        "owner": guide.owner,
        "keeper": edition.keeper,
    }
    if expected:
        _change(session, guide.id, expected, changes)
    elif session.get(GuideRow, guide.id):
        raise OutdatedError
    else:
        session.add(GuideRow(id=guide.id, pack_digest="", **changes))
        session.flush()
    _keep(session, guide.id, GuideStatus.PUBLISHED, edition, now)
    return expected + 1


def withdraw(session: Session, guide_id: str, edition: Edition, expected: int, now: datetime) -> int:
    """Stop answering a guide at once and give the version of that; raises OutdatedError like `publish`."""
    changes = {
        "version": expected + 1,
        "status": GuideStatus.WITHDRAWN,
        "updated_at": now,
        "keeper": edition.keeper,
    }
    _change(session, guide_id, expected, changes)
    _keep(session, guide_id, GuideStatus.WITHDRAWN, edition, now)
    return expected + 1


def _change(session: Session, guide_id: str, expected: int, changes: dict[str, object]) -> None:
    """One conditional UPDATE: of two that publish at once, one finds no row of the version it expected."""
    one = update(GuideRow).where(GuideRow.id == guide_id, GuideRow.version == expected).values(**changes)
    if session.execute(one).rowcount != 1:  # type: ignore[attr-defined]
        raise OutdatedError


def _keep(session: Session, guide_id: str, status: GuideStatus, edition: Edition, now: datetime) -> None:
    row = session.get_one(GuideRow, guide_id, populate_existing=True)
    session.add(
        GuideVersion(
            guide_id=guide_id,
            version=row.version,
            status=status,
            content=row.content,
            digest=row.digest,
            author=edition.author,
            reviewer=edition.reviewer,
            reason=edition.reason,
            overruled=edition.overruled,
            draft_id=edition.draft,
            published_at=now,
            answerable_at=now if status == GuideStatus.WITHDRAWN else None,
        )
    )
    session.flush()


def history(session: Session, guide_id: str) -> list[GuideVersion]:
    """All versions of a guide, the newest first."""
    newest_first = select(GuideVersion).where(GuideVersion.guide_id == guide_id).order_by(GuideVersion.version.desc())
    return list(session.scalars(newest_first))


def version(session: Session, guide_id: str, number: int) -> GuideVersion:
    """One version; raises VersionMissingError."""
    found = session.get(GuideVersion, (guide_id, number))
    if found is None:
        raise VersionMissingError
    return found


def live_version(session: Session, guide_id: str) -> int:
    """The number of the live version, 0 where there is none."""
    return session.scalar(select(GuideRow.version).where(GuideRow.id == guide_id)) or 0


def content(kept: GuideVersion) -> Guide:
    """The guide as a version holds it."""
    return Guide.model_validate(kept.content)


def waiting(session: Session) -> list[GuideVersion]:
    """The published versions that no index finds yet."""
    lacking = select(GuideVersion).where(GuideVersion.answerable_at.is_(None))
    return list(session.scalars(lacking.options(defer(GuideVersion.content))))


def answerable(session: Session, found: Sequence[GuideVersion], now: datetime) -> None:
    """Note that an index which finds these versions serves since `now`."""
    for each in found:
        key = (GuideVersion.guide_id == each.guide_id, GuideVersion.version == each.version)
        session.execute(
            update(GuideVersion).where(*key, GuideVersion.answerable_at.is_(None)).values(answerable_at=now)
        )
