"""From a form to a draft: understood, checked against what the ward has, kept, and handed to a second person."""

from sqlalchemy.orm import Session
from starlette.responses import Response

from bot.console.frame import PATH
from bot.console.guides.columns import REFERENCES
from bot.console.guides.problems import FormRefusedError, Problem
from bot.console.guides.writing import Writing
from bot.console.messages import Message
from bot.console.visit import Visit
from knowledge import audit, drafts, references, work
from knowledge.audit import AuditAction
from knowledge.clerk import Clerk
from knowledge.database import changing
from knowledge.drafts import Saved
from knowledge.guide import Guide
from knowledge.models import GuideDraft
from knowledge.versions import OutdatedError


def understood(session: Session, writing: Writing, clerk: Clerk) -> Guide:
    """The guide that was written; raises FormRefusedError also for what it refers to and nobody has."""
    guide = writing.form.guide()
    problems = _dangling(session, writing, guide)
    if writing.new and not clerk.may_edit(guide.owner):
        problems["owner"] = Problem.FOREIGN
    if problems:
        raise FormRefusedError(problems)
    return guide


def _dangling(session: Session, writing: Writing, guide: Guide) -> dict[str, Problem]:
    found = {}
    for each in references.problems(session, guide):
        if each.field in REFERENCES:
            rows = [row.number for row in writing.form.rows(each.field) if not row.blank]
            found[f"{each.field}.{rows[each.at]}.{REFERENCES[each.field]}"] = Problem.UNKNOWN
        else:
            found[each.field] = Problem.DEPARTMENT if each.field == "owner" else Problem.UNKNOWN
    return found


def lacking(writing: Writing) -> dict[str, Problem]:
    """What a second person needs beside the guide: why it was changed."""
    return {} if writing.reason.strip() else {"reason": Problem.MISSING}


def keep(visit: Visit, session: Session, writing: Writing, guide: Guide, *, submitting: bool) -> Response:
    """Keep a guide as a draft and show it; submitted, it waits for a second person.

    When somebody was first, the text is kept beside theirs and the page with both is shown.
    """
    clerk = Clerk.of(visit.member)
    with changing(session):
        saved = _saved(visit, session, writing, guide, clerk)
        drafts.explain(saved.draft, writing.reason)
        _mending(visit, session, writing.question, guide.id)
        page = f"{PATH}/guides/drafts/{saved.draft.id}"
        if saved.rival:
            return visit.to(f"{page}/conflict", Message.DRAFT_BESIDE)
        if not submitting:
            return visit.to(page, Message.DRAFT_SAVED)
        return _submitted(visit, session, saved.draft, writing.reason, page)


def _mending(visit: Visit, session: Session, question: str, guide: str) -> None:
    group = work.mending(session, question, guide, visit.member.id, visit.now)
    if group:
        detail: audit.Detail = {"status": group.status, "guide": guide}
        audit.record(session, visit.member, AuditAction.QUESTION_ASSIGNED, f"group:{group.id}", detail, visit.now)


def _submitted(visit: Visit, session: Session, draft: GuideDraft, reason: str, page: str) -> Response:
    try:
        with changing(session):
            drafts.submit(session, draft.id, draft.revision, reason, Clerk.of(visit.member), visit.now)
    except OutdatedError:
        return visit.to(f"{page}/conflict", Message.DRAFT_BESIDE)
    return visit.to(page, Message.DRAFT_SUBMITTED)


def _saved(visit: Visit, session: Session, writing: Writing, guide: Guide, clerk: Clerk) -> Saved:
    if writing.draft:
        return drafts.save(session, writing.draft, writing.revision, guide, clerk, visit.now)
    return Saved(drafts.create(session, guide, writing.base, clerk, visit.now))
