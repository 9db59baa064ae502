"""Staff's work on what residents asked in vain: the groups, and what is done with one."""

from collections.abc import Sequence
from enum import StrEnum
from typing import Annotated

from fastapi import APIRouter, Form
from sqlalchemy.orm import Session
from starlette.responses import Response

from bot.console.errors import NotAllowedError
from bot.console.frame import PATH
from bot.console.messages import Message
from bot.console.visit import Id, Transaction, Visit, Visited
from bot.telling import try_answers
from knowledge import audit, today, work
from knowledge.audit import AuditAction
from knowledge.clerk import Clerk
from knowledge.models import GroupStatus, QuestionGroup, Role
from knowledge.work import GroupGoneError, NoReasonError, Whose

router = APIRouter(prefix="/questions")
LONGEST_REASON = 500
Typed = Annotated[str, Form()]


class Shown(StrEnum):
    """Which groups a list shows; the words stand in `questions/labels.html`."""

    OPEN = "open"
    ANSWERED = "answered"
    DISMISSED = "dismissed"

    @property
    def statuses(self) -> Sequence[GroupStatus]:
        """The statuses it stands for."""
        return work.OPEN if self is Shown.OPEN else (GroupStatus(self.value),)


@router.get("")
def listed(visit: Visited, session: Transaction, show: str = "open", all: str = "", page: int = 1) -> Response:  # noqa: A002 - its name in the address
    """One page of groups: one's own department's, or everybody's."""
    shown = Shown(show) if show in set(Shown) else Shown.OPEN
    whose = whose_of(visit, everybody=bool(all))
    total = work.how_many(session, whose, shown.statuses)
    pages = max(1, -(-total // work.PAGE))
    page = min(max(1, page), pages)
    groups = work.listed(session, whose, shown.statuses, visit.now, page - 1)
    return visit.page(
        "questions/list.html",
        groups=groups,
        total=total,
        pages=pages,
        number=page,
        shown=shown,
        everybody=whose.department is None,
        titles=guide_titles(session, groups),
    )


@router.get("/{group}")
def one(visit: Visited, session: Transaction, group: Id) -> Response:
    """A group with its wordings, and what can be done."""
    return _page(visit, session, group)


@router.post("/{group}/assign")
def assign(visit: Visited, session: Transaction, group: Id, department: Typed = "") -> Response:
    """Give the group to another department."""
    _must_be_ours(visit, session, group)
    if department not in today.departments(session):
        return _page(visit, session, group, 422, problem="department")
    work.assign(session, group, department)
    detail: audit.Detail = {"department": department}
    audit.record(session, visit.member, AuditAction.QUESTION_ASSIGNED, f"group:{group}", detail, visit.now)
    return visit.to(f"{PATH}/questions", Message.QUESTION_ASSIGNED, department=department)


@router.post("/{group}/dismiss")
def dismiss(visit: Visited, session: Transaction, group: Id, reason: Typed = "") -> Response:
    """Close the group without an answer, for a reason that stays."""
    _must_be_ours(visit, session, group)
    if len(reason) > LONGEST_REASON:
        return _page(visit, session, group, 422, problem="long", reason=reason)
    try:
        work.dismiss(session, group, reason, visit.member.id, visit.now)
    except NoReasonError:
        return _page(visit, session, group, 422, problem="reason")
    audit.record(session, visit.member, AuditAction.QUESTION_CLOSED, f"group:{group}", {"reason": reason}, visit.now)
    return visit.to(f"{PATH}/questions", Message.QUESTION_DISMISSED)


@router.post("/{group}/reopen")
def reopen(visit: Visited, session: Transaction, group: Id) -> Response:
    """Take a dismissed group back to work."""
    _must_be_ours(visit, session, group)
    work.reopen(session, group)
    detail: audit.Detail = {"status": GroupStatus.OPEN.value}
    audit.record(session, visit.member, AuditAction.QUESTION_ASSIGNED, f"group:{group}", detail, visit.now)
    return visit.to(f"{PATH}/questions/{group}", Message.QUESTION_REOPENED)


@router.post("/{group}/check")
def check(visit: Visited, group: Id) -> Response:
    """Ask the questions now, and close the group where the mended guide answers them."""
    pocket = visit.console.pocket
    with pocket.sessions() as session:
        _must_be_ours(visit, session, group)
    done = try_answers(pocket.sessions, pocket.responder, visit.now, only=group)
    message = Message.QUESTION_ANSWERED if done else Message.QUESTION_NOT_YET
    return visit.to(f"{PATH}/questions/{group}", message)


def whose_of(visit: Visit, *, everybody: bool = False) -> Whose:
    """Whose groups somebody sees: the department's, or all where there is none or all were asked for."""
    return Whose(None if everybody else visit.member.department)


def guide_titles(session: Session, groups: Sequence[work.Listed]) -> dict[str, str]:
    """The titles of all guides that groups name."""
    ids = {guide for each in groups for guide in (*each.group.nearest, each.group.guide_id) if guide}
    return today.titles(session, sorted(ids))


def _page(
    visit: Visit, session: Session, group: int, status: int = 200, problem: str = "", reason: str = ""
) -> Response:
    found = work.shown(session, group, visit.now)
    return visit.page(
        "questions/group.html",
        status,
        found=found,
        titles=guide_titles(session, [found]),
        owned=_owned(session, visit, group),
        question=found.wordings[0].newest if found.wordings else work.newest(session, group),
        departments=[("", "—"), *((each, each) for each in today.departments(session))],
        ours=_is_ours(visit, found.group.department),
        problem=problem,
        reason=reason,
    )


def _owned(session: Session, visit: Visit, group: int) -> set[str]:
    """The guides a group names that this person may edit."""
    found = work.shown(session, group, visit.now).group
    ids = [guide for guide in (*found.nearest, found.guide_id) if guide]
    owners = today.owners(session, ids)
    clerk = Clerk.of(visit.member)
    return {guide for guide in ids if guide in owners and clerk.may_edit(owners[guide])}


def _must_be_ours(visit: Visit, session: Session, group: int) -> None:
    if not _is_ours(visit, _department(session, group)):
        raise NotAllowedError


def _is_ours(visit: Visit, department: str | None) -> bool:
    return visit.member.has(Role.SYSTEM) or department in (None, visit.member.department)


def _department(session: Session, group: int) -> str | None:
    found = session.get(QuestionGroup, group)
    if found is None:
        raise GroupGoneError
    return found.department
