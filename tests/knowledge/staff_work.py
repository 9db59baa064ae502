"""Clerks of one department, a guide of theirs, and the steps from a text to the public, for tests of staff's work."""

from datetime import UTC, datetime

from sqlalchemy.orm import Session

from knowledge import drafts, library, versions
from knowledge.clerk import Clerk
from knowledge.guide import Guide
from knowledge.models import GuideDraft
from tests.knowledge.packs import FULL

NOW = datetime(2026, 11, 21, 3, 0, tzinfo=UTC)
OFFICE = "総合窓口課"
EDITOR = Clerk(1, "kaku", OFFICE, edits=True)
REVIEWER = Clerk(2, "miru", OFFICE, reviews=True)
OTHER = Clerk(3, "naosu", OFFICE, edits=True, reviews=True)
STRANGER = Clerk(4, "yoso", "税務課", edits=True, reviews=True)
ADMIN = Clerk(5, "kanri", None, everywhere=True)
GUIDE = Guide.model_validate(FULL)


def loaded(session: Session, *guides: Guide) -> None:
    """Guides as the content pack brings them."""
    for guide in guides or (GUIDE,):
        library.publish(session, guide, NOW)


def changed(**fields: object) -> Guide:
    """The guide with other fields."""
    return Guide.model_validate({**GUIDE.model_dump(), **fields})


def submitted(session: Session, guide: Guide, who: Clerk = EDITOR) -> GuideDraft:
    """A draft of a guide that waits for a review."""
    draft = drafts.create(session, guide, versions.live_version(session, guide.id), who, NOW)
    return drafts.submit(session, draft.id, draft.revision, "料金が変わるため", who, NOW)


def approved(session: Session, guide: Guide) -> GuideDraft:
    """A draft that may be published."""
    draft = submitted(session, guide)
    return drafts.approve(session, draft.id, draft.revision, REVIEWER, NOW)


def public(session: Session, guide: Guide) -> int:
    """A guide as staff published it; its version."""
    draft = approved(session, guide)
    return drafts.publish(session, draft.id, draft.revision, REVIEWER, NOW)
