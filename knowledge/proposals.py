"""What the content pack proposes for a guide that staff keep: a draft, never an overwriting.

The proposal is what staff made of the guide, with the fields that the pack's record changed since it was last seen.
"""

import uuid
from datetime import datetime

from sqlalchemy import select
from sqlalchemy.orm import Session

from knowledge.differences import merged
from knowledge.guide import Guide
from knowledge.models import DraftOrigin, DraftStatus, GuideDraft, GuideRow, GuideVersion
from knowledge.pack import digest
from knowledge.stored import readable


def propose(session: Session, row: GuideRow, guide: Guide, now: datetime) -> GuideDraft | None:
    """A draft with the pack's changes to a guide that staff keep, or None where the guide says the same already.

    An older proposal that nobody touched is replaced. For a guide that is not readable any more it is
    the pack's record.
    """
    live = readable(row.id, row.content)
    proposed = merged(_seen(session, row), live, guide) if live else guide
    if digest(proposed) == row.digest:
        return None
    draft = _untouched(session, row.id) or GuideDraft(
        id=uuid.uuid4().hex, guide_id=row.id, origin=DraftOrigin.PACK, revision=0, created_at=now
    )
    draft.owner, draft.status, draft.base_version = row.owner, DraftStatus.DRAFT, row.version
    draft.content, draft.digest = proposed.model_dump(mode="json"), digest(proposed)
    draft.reason, draft.authors, draft.held = "", [], []
    draft.updated_at, draft.updated_by, draft.revision = now, None, draft.revision + 1
    session.add(draft)
    session.flush()
    return draft


def _seen(session: Session, row: GuideRow) -> Guide | None:
    """The pack's record as it was last published, from which staff went on."""
    of_pack = (GuideVersion.guide_id == row.id, GuideVersion.author.is_(None), GuideVersion.reviewer.is_(None))
    found = session.scalar(select(GuideVersion).where(*of_pack).order_by(GuideVersion.version.desc()).limit(1))
    return readable(row.id, found.content) if found else None


def _untouched(session: Session, guide_id: str) -> GuideDraft | None:
    fresh = (GuideDraft.guide_id == guide_id, GuideDraft.origin == DraftOrigin.PACK, GuideDraft.updated_by.is_(None))
    return session.scalar(select(GuideDraft).where(*fresh, GuideDraft.status == DraftStatus.DRAFT))
