"""A draft beside what it started from, and beside what somebody else made of that meanwhile."""

from sqlalchemy.orm import Session

from knowledge import draft_state, drafts, versions
from knowledge.differences import Change, Triple, changes, three_way
from knowledge.guide import Guide
from knowledge.models import GuideDraft, GuideRow, GuideVersion
from knowledge.stored import readable


def base(session: Session, draft: GuideDraft) -> Guide | None:
    """The guide a draft started from, or None for a new one."""
    kept = session.get(GuideVersion, (draft.guide_id, draft.base_version))
    return readable(draft.guide_id, kept.content) if kept else None


def live(session: Session, draft: GuideDraft) -> Guide | None:
    """The newest version of a draft's guide, public or withdrawn, or None for a new one."""
    row = session.get(GuideRow, draft.guide_id, populate_existing=True)
    return readable(row.id, row.content) if row else None


def difference(session: Session, draft: GuideDraft) -> tuple[Change, ...]:
    """What a draft changes in the guide it started from."""
    return changes(base(session, draft), drafts.content(draft))


def three_ways(session: Session, draft: GuideDraft) -> tuple[Triple, ...]:
    """What the other and what this draft changed since both began, or nothing when there is no other.

    The other is the draft that was saved first, or else a newer live version.
    """
    rival = session.get(GuideDraft, draft.rival) if draft.rival else None
    theirs = drafts.content(rival) if rival and rival.status in draft_state.OPEN else None
    if theirs is None and versions.live_version(session, draft.guide_id) != draft.base_version:
        theirs = live(session, draft)
    return three_way(base(session, draft), theirs, drafts.content(draft)) if theirs else ()
