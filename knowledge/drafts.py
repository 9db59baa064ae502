"""Drafts of guides: written, submitted, reviewed by a second person, published or sent back; nobody's text is lost.

For pages (the caller commits; `clerk` is a `knowledge.clerk.Clerk`; errors are PocketErrors with their sentence):

- GET a form filled from the live guide (`whole`) and remember `versions.live_version`; POST it with `create`.
  A new guide is `create` with base version 0; `returning` makes a draft of an older version.
- GET a draft's form with its `revision`; POST it with `save`. Somebody else was first? `Saved.rival` is set, and the
  text lies in a draft of its own; show `comparison.three_ways`, then `save` with `base_version` of the live guide.
- `submit` needs a reason; `approve` and `send_back` (with a note) take the revision that the reviewer saw.
- Publishing is `bot.publishing.publish`: accuracy gate, live row, index; `held` lists what it found. `withdraw` acts at
  once. Everything is written to the audit log here.
- What to show: `comparison.difference`, `versions.history`, `dated.upcoming`, the lists of `open_drafts`; what a valid
  Guide still refers to wrongly: `references.problems`.
"""

import uuid
from collections.abc import Sequence
from dataclasses import dataclass
from datetime import datetime

from sqlalchemy import update
from sqlalchemy.orm import Session

from knowledge import audit, versions
from knowledge.audit import AuditAction
from knowledge.clerk import Clerk
from knowledge.draft_state import OPEN, READ, WRITING, DraftChangedError, DraftStateError, must_stand
from knowledge.errors import PocketError
from knowledge.guide import Guide
from knowledge.models import DraftOrigin, DraftStatus, GuideDraft, GuideRow, GuideStatus
from knowledge.pack import digest
from knowledge.stored import readable
from knowledge.versions import Edition, OutdatedError


class DraftMissingError(PocketError):
    """その下書きはありません。一覧から選び直してください。"""


class ReasonMissingError(PocketError):
    """理由を書いてください。後から見た人に、なぜ変えたのかが伝わります。"""


class NothingChangedError(PocketError):
    """今の案内と同じ内容です。変えたいところを直してから、確認に出してください。"""


class GuideTakenError(PocketError):
    """同じ id の案内がもうあります。別の id にするか、その案内を直してください。"""


@dataclass(frozen=True)
class Saved:
    """The draft a text went into, and the id of the draft that somebody else had saved first, if so."""

    draft: GuideDraft
    rival: str | None = None


@dataclass(frozen=True)
class Overruled:
    """Why a draft is published in spite of the accuracy gate, and the ids of the golden questions that breaks."""

    reason: str
    questions: list[str]


def _log(session: Session, draft: GuideDraft, action: AuditAction, clerk: Clerk, now: datetime) -> GuideDraft:
    detail: audit.Detail = {"draft": draft.id, "revision": draft.revision, "base": draft.base_version}
    audit.record(session, clerk, action, f"guide:{draft.guide_id}", detail, now)
    return draft


def get(session: Session, draft_id: str) -> GuideDraft:
    """A draft as it is now; raises DraftMissingError."""
    found = session.get(GuideDraft, draft_id, populate_existing=True)
    if found is None:
        raise DraftMissingError
    return found


def content(draft: GuideDraft) -> Guide:
    """The guide as a draft wants it."""
    return Guide.model_validate(draft.content)


def whole(session: Session, guide_id: str) -> tuple[Guide, GuideRow] | None:
    """A guide's newest version, public or withdrawn, and its row; None where there is none, or it is not `readable`."""
    row = session.get(GuideRow, guide_id, populate_existing=True)
    guide = readable(row.id, row.content) if row else None
    return (guide, row) if guide and row else None


def create(
    session: Session,
    guide: Guide,
    base_version: int,
    clerk: Clerk,
    now: datetime,
    origin: DraftOrigin | None = None,
    rival: str | None = None,
) -> GuideDraft:
    """A draft of a guide that was read at `base_version` (0: a new guide; raises GuideTakenError when its id is taken).

    The department is that of the live guide, whatever the draft says: a guide is handed over by its present owner.
    """
    row = session.get(GuideRow, guide.id, populate_existing=True)
    if row and not base_version:
        raise GuideTakenError
    owner = row.owner if row else guide.owner
    clerk.must_edit(owner)
    draft = GuideDraft(
        id=uuid.uuid4().hex,
        guide_id=guide.id,
        owner=owner,
        status=DraftStatus.DRAFT,
        origin=origin or (DraftOrigin.EDIT if row else DraftOrigin.NEW),
        base_version=base_version,
        content=guide.model_dump(mode="json"),
        digest=digest(guide),
        reason="",
        revision=1,
        authors=[clerk.id],
        rival=rival,
        created_at=now,
        updated_at=now,
        updated_by=clerk.id,
        held=[],
    )
    session.add(draft)
    session.flush()
    action = AuditAction.GUIDE_REVERTED if origin == DraftOrigin.RETURN else AuditAction.GUIDE_DRAFTED
    return _log(session, draft, action, clerk, now)


def returning(session: Session, guide_id: str, number: int, clerk: Clerk, now: datetime) -> GuideDraft:
    """A draft with the content of an older version, to be reviewed like any other."""
    kept = versions.version(session, guide_id, number)
    live = versions.live_version(session, guide_id)
    return create(session, versions.content(kept), live, clerk, now, DraftOrigin.RETURN)


def save(
    session: Session,
    draft_id: str,
    revision: int,
    guide: Guide,
    clerk: Clerk,
    now: datetime,
    base_version: int | None = None,
) -> Saved:
    """Keep a text in its draft, as revision + 1; what was submitted or approved has to be submitted again.

    When the draft has another revision or is closed by now, the text becomes a draft beside it and `rival` says so.
    `base_version` is given after a conflict with a newer version was looked at.
    """
    draft = get(session, draft_id)
    clerk.must_edit(draft.owner)
    base = draft.base_version if base_version is None else base_version
    fields = {
        "content": guide.model_copy(update={"id": draft.guide_id}).model_dump(mode="json"),
        "digest": digest(guide.model_copy(update={"id": draft.guide_id})),
        "base_version": base,
        "authors": sorted({*draft.authors, clerk.id}),
        "status": DraftStatus.DRAFT,
        "updated_by": clerk.id,
        "reviewer": None,
        "reviewed_at": None,
        "reviewed": None,
        "held": [],
    }
    try:
        saved = _step(session, draft, revision, OPEN, now, fields)
    except (DraftChangedError, DraftStateError):
        return Saved(_beside(session, draft, guide, base, clerk, now), draft.id)
    return Saved(_log(session, saved, AuditAction.GUIDE_DRAFTED, clerk, now))


def _beside(session: Session, draft: GuideDraft, guide: Guide, base: int, clerk: Clerk, now: datetime) -> GuideDraft:
    own = guide.model_copy(update={"id": draft.guide_id})
    if not base and versions.live_version(session, draft.guide_id):
        base = 1  # The new guide was published meanwhile: its first version is what both started from.
    return create(session, own, base, clerk, now, DraftOrigin.CONFLICT, draft.id)


def explain(draft: GuideDraft, reason: str) -> None:
    """Keep with a draft that was just saved what it changes and why, as far as that is written yet."""
    draft.reason = reason.strip()


def _step(
    session: Session,
    draft: GuideDraft,
    revision: int,
    allowed: Sequence[DraftStatus],
    now: datetime,
    fields: dict[str, object],
) -> GuideDraft:
    """Change a draft in one conditional UPDATE, so that of two people only one is first."""
    must_stand(draft, revision, allowed)
    seen = (GuideDraft.id == draft.id, GuideDraft.revision == revision, GuideDraft.status.in_(allowed))
    one = update(GuideDraft).where(*seen).values(**fields, revision=revision + 1, updated_at=now)
    if session.execute(one).rowcount != 1:  # type: ignore[attr-defined]
        raise DraftChangedError
    return get(session, draft.id)


def submit(session: Session, draft_id: str, revision: int, reason: str, clerk: Clerk, now: datetime) -> GuideDraft:
    """Ask for a review, saying why; raises ReasonMissingError, NothingChangedError, OutdatedError."""
    draft = get(session, draft_id)
    clerk.must_edit(draft.owner)
    if not reason.strip():
        raise ReasonMissingError
    _must_differ(session, draft)
    fields = {
        "status": DraftStatus.SUBMITTED,
        "reason": reason.strip(),
        "submitted_by": clerk.id,
        "submitted_at": now,
        "review_note": None,
    }
    submitted = _step(session, draft, revision, WRITING, now, fields)
    return _log(session, submitted, AuditAction.GUIDE_SUBMITTED, clerk, now)


def _must_differ(session: Session, draft: GuideDraft) -> None:
    row = session.get(GuideRow, draft.guide_id, populate_existing=True)
    if (row.version if row else 0) != draft.base_version:
        raise OutdatedError
    if row and row.status == GuideStatus.PUBLISHED and row.digest == draft.digest:
        raise NothingChangedError


def departments(draft: GuideDraft) -> tuple[str, str]:
    """Whose reviewers decide on a draft: of the department that has the guide, and of the one that is to get it."""
    return draft.owner, draft.content["owner"]


def writers(draft: GuideDraft) -> frozenset[int]:
    """Who must not review a draft: whoever changed its content, and who submitted it."""
    return frozenset({*draft.authors, *filter(None, [draft.submitted_by])})


def send_back(session: Session, draft_id: str, revision: int, note: str, clerk: Clerk, now: datetime) -> GuideDraft:
    """Give a submitted or approved draft back to its author, saying what to mend."""
    draft = get(session, draft_id)
    clerk.must_review(departments(draft), frozenset())
    if not note.strip():
        raise ReasonMissingError
    fields = {"status": DraftStatus.SENT_BACK, "review_note": note.strip(), "reviewer": clerk.id, "reviewed_at": now}
    returned = _step(session, draft, revision, READ, now, {**fields, "reviewed": None, "held": []})
    return _log(session, returned, AuditAction.GUIDE_RETURNED, clerk, now)


def approve(session: Session, draft_id: str, revision: int, clerk: Clerk, now: datetime) -> GuideDraft:
    """Approve exactly the content that stands at `revision`; never one's own."""
    draft = get(session, draft_id)
    clerk.must_review(departments(draft), writers(draft))
    fields = {"status": DraftStatus.APPROVED, "reviewer": clerk.id, "reviewed_at": now, "review_note": None}
    fields["reviewed"] = draft.digest
    approved = _step(session, draft, revision, (DraftStatus.SUBMITTED,), now, fields)
    return _log(session, approved, AuditAction.GUIDE_APPROVED, clerk, now)


def of_others(draft: GuideDraft, clerk: Clerk) -> bool:
    """Whether other people wrote a draft, and are to be told why it is given up."""
    return bool(writers(draft)) and clerk.id not in writers(draft)


def discard(
    session: Session, draft_id: str, revision: int, clerk: Clerk, now: datetime, reason: str = ""
) -> GuideDraft:
    """Close a draft that nobody wants any more; its text stays readable. That of others needs a reason."""
    draft = get(session, draft_id)
    clerk.must_edit(draft.owner)
    if of_others(draft, clerk) and not reason.strip():
        raise ReasonMissingError
    fields = {"status": DraftStatus.DISCARDED, "review_note": reason.strip() or None}
    closed = _step(session, draft, revision, OPEN, now, {**fields, "reviewer": clerk.id, "reviewed_at": now})
    return _log(session, closed, AuditAction.DRAFT_DISCARDED, clerk, now)


def publishable(session: Session, draft_id: str, revision: int, clerk: Clerk) -> GuideDraft:
    """The approved draft at `revision` that the clerk may publish; raises what stands in the way."""
    draft = get(session, draft_id)
    clerk.must_review(departments(draft), writers(draft))
    must_stand(draft, revision, (DraftStatus.APPROVED,))
    if draft.reviewed != draft.digest:
        raise DraftChangedError
    if versions.live_version(session, draft.guide_id) != draft.base_version:
        raise OutdatedError
    return draft


def publish(
    session: Session, draft_id: str, revision: int, clerk: Clerk, now: datetime, overruled: Overruled | None = None
) -> int:
    """Make an approved draft the live row and give its version; without gate and index, see `bot.publishing`."""
    draft = publishable(session, draft_id, revision, clerk)
    reason = overruled.reason if overruled else None
    edition = Edition(draft.updated_by, clerk.id, draft.reason, draft.id, reason)
    number = versions.publish(session, content(draft), edition, draft.base_version, now)
    closed = _step(
        session, draft, revision, (DraftStatus.APPROVED,), now, {"status": DraftStatus.PUBLISHED, "held": []}
    )
    _log(session, closed, AuditAction.GUIDE_PUBLISHED, clerk, now)
    if overruled:
        detail: audit.Detail = {"version": number, "reason": overruled.reason, "questions": overruled.questions}
        audit.record(session, clerk, AuditAction.GATE_OVERRULED, f"guide:{draft.guide_id}", detail, now)
    return number


def hold(session: Session, draft_id: str, revision: int, broken: Sequence[dict[str, object]], now: datetime) -> None:
    """Note what the accuracy gate found against an approved draft; it waits for a mended text or for an overruling."""
    _step(session, get(session, draft_id), revision, (DraftStatus.APPROVED,), now, {"held": list(broken)})


def withdraw(session: Session, guide_id: str, version: int, reason: str, clerk: Clerk, now: datetime) -> int:
    """Stop answering a guide at once, by anybody who may edit it: a wrong answer does not wait for a second person."""
    row = session.get(GuideRow, guide_id, populate_existing=True)
    if row is None:
        raise OutdatedError
    clerk.must_edit(row.owner)
    if not reason.strip():
        raise ReasonMissingError
    if row.status != GuideStatus.PUBLISHED:
        raise OutdatedError
    number = versions.withdraw(session, guide_id, Edition(author=clerk.id, reason=reason.strip()), version, now)
    audit.record(session, clerk, AuditAction.GUIDE_WITHDRAWN, f"guide:{guide_id}", {"version": number}, now)
    return number
