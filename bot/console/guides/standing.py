"""What is done with a guide that stands: withdrawn at once, brought back, kept right by questions.

A wrong answer does not wait for a second person; every other way back to something older does.
"""

from typing import Annotated

from fastapi import APIRouter, Form
from starlette.responses import Response

from bot.console.errors import NoSuchPageError
from bot.console.frame import PATH
from bot.console.guides.names import names
from bot.console.guides.page import guide_page
from bot.console.guides.problems import Problem
from bot.console.messages import Message
from bot.console.visit import Transaction, Visited
from handlers.reply import Outcome
from knowledge import audit, drafts, golden
from knowledge.audit import AuditAction
from knowledge.clerk import Clerk
from knowledge.golden import Answer
from knowledge.masking import mask

router = APIRouter(prefix="/guides")
Typed = Annotated[str, Form()]
Number = Annotated[int, Form()]


@router.post("/{guide}/withdraw")
def withdraw(visit: Visited, session: Transaction, guide: str, version: Number, reason: Typed = "") -> Response:
    """Stop answering a guide at once; a wrong answer does not wait for a second person."""
    clerk = Clerk.of(visit.member)
    if not reason.strip():
        return guide_page(visit, session, guide, 422, {"reason": Problem.MISSING})
    drafts.withdraw(session, guide, version, reason, clerk, visit.now)
    return visit.to(f"{PATH}/guides/{guide}", Message.GUIDE_WITHDRAWN)


@router.post("/{guide}/return")
def bring_back(visit: Visited, session: Transaction, guide: str, version: Number) -> Response:
    """Make a draft of an older version, which a second person then reviews like any other."""
    draft = drafts.returning(session, guide, version, Clerk.of(visit.member), visit.now)
    return visit.to(f"{PATH}/guides/drafts/{draft.id}", Message.DRAFT_OF_OLDER)


@router.get("/{guide}/golden")
def golden_page(visit: Visited, session: Transaction, guide: str) -> Response:
    """The questions that must stay answered with this guide."""
    found = drafts.whole(session, guide)
    if found is None:
        raise NoSuchPageError
    whole, row = found
    clerk, kept = Clerk.of(visit.member), golden.standing(session, [guide])
    return visit.page(
        "guides/golden.html",
        guide=whole,
        golden=kept,
        names=names(session, [each.kept_by for each in kept]),
        may_edit=clerk.may_edit(row.owner),
        may_review=clerk.may_review([row.owner]),
    )


@router.post("/{guide}/golden")
def keep(visit: Visited, session: Transaction, guide: str, text: Typed = "", question: Typed = "") -> Response:
    """Keep a question as one that must be answered with this guide; masked like any question."""
    right = Answer(Outcome.ANSWERED.value, guide)
    golden.keep(session, mask(text), right, Clerk.of(visit.member), visit.now, question or None)
    return visit.to(f"{PATH}/guides/{guide}/golden", Message.GOLDEN_KEPT)


@router.post("/{guide}/golden/retire")
def retire(visit: Visited, session: Transaction, guide: str, id_: Annotated[str, Form(alias="id")]) -> Response:
    """Let a question count no more; for reviewers, because it lowers the gate."""
    golden.retire(session, id_, Clerk.of(visit.member), visit.now)
    audit.record(
        session, visit.member, AuditAction.GOLDEN_KEPT, f"golden:{id_}", {"guide": guide, "retired": True}, visit.now
    )
    return visit.to(f"{PATH}/guides/{guide}/golden", Message.GOLDEN_RETIRED)
