"""Pages of rules: listed, written, looked at with the next thirty days, agreed to by a second person, stopped."""

from collections.abc import Callable, Mapping
from datetime import datetime
from typing import Annotated

from fastapi import APIRouter, Depends, Form, Path
from sqlalchemy import select
from sqlalchemy.orm import Session
from starlette.datastructures import FormData
from starlette.responses import Response

from bot.console.errors import NoSuchPageError
from bot.console.frame import PATH
from bot.console.messages import Message
from bot.console.notices.form import Filled, number
from bot.console.notices.pages import names_of, previews
from bot.console.rules.form import KINDS, filled, plan_of, refilled
from bot.console.rules.preview import past, preview
from bot.console.visit import Transaction, Visit, Visited, posted
from bot.notices.following import silence
from bot.notices.settling import MONTHLY
from knowledge import rules
from knowledge.audit import AuditAction, record
from knowledge.collection import rows
from knowledge.errors import PocketError
from knowledge.evacuation_words import AbolishedWordError
from knowledge.models import DepartmentBudget, ResidentChoices, Role, Rule, World
from knowledge.notice import Variant
from knowledge.rules import NoSuchRuleError
from knowledge.staff import StaffMember
from knowledge.standing import StandingError

router = APIRouter(prefix="/rules")
RuleId = Annotated[str, Path(pattern=r"^[0-9a-f]{32}$")]
Posted = Annotated[FormData, Depends(posted)]
Step = Callable[[Session, Rule, StaffMember, datetime], None]
MOST_MONTHLY = 60


class BudgetError(PocketError):
    """部署と、1から60までの数を書いてください。"""


@router.get("")
def show_all(visit: Visited, session: Transaction) -> Response:
    """All rules."""
    return _list(visit, session)


@router.get("/new")
def ask_new(visit: Visited, session: Transaction) -> Response:
    """An empty form."""
    typed = Filled({"department": visit.member.department or "", "kind": "child", "when": "evening"})
    return _form(visit, session, typed)


@router.post("/new")
def write(visit: Visited, session: Transaction, form: Posted) -> Response:
    """Keep a new rule as a draft."""
    return _written(visit, session, filled(form), None)


@router.post("/budget")
def change_budget(
    visit: Visited, session: Transaction, department: Annotated[str, Form()] = "", monthly: Annotated[str, Form()] = ""
) -> Response:
    """Set how many normal notices a month a department may send to one resident."""
    most = number(monthly) or 0
    name = department.strip()
    if not name or len(name) > 200 or not 1 <= most <= MOST_MONTHLY:
        return _list(visit, session, 422, {"budget": str(BudgetError())}, {"department": name, "monthly": monthly})
    session.merge(DepartmentBudget(department=name, monthly=most))
    record(
        session, visit.member, AuditAction.BUDGET_CHANGED, "budget", {"department": name, "monthly": most}, visit.now
    )
    return visit.to(f"{PATH}/rules", Message.BUDGET_CHANGED, department=name, monthly=str(most))


@router.get("/{rule}")
def show(visit: Visited, session: Transaction, rule: RuleId) -> Response:
    """A rule, its next thirty days, what it did, and what can be done next."""
    return _page(visit, session, _found(session, rule))


@router.get("/{rule}/edit")
def ask_change(visit: Visited, session: Transaction, rule: RuleId) -> Response:
    """The form as it stands."""
    row = _found(session, rule)
    return _form(visit, session, refilled(row), row)


@router.post("/{rule}/edit")
def change(visit: Visited, session: Transaction, rule: RuleId, form: Posted) -> Response:
    """Change a rule; whatever was agreed to is so no more."""
    return _written(visit, session, filled(form), _found(session, rule))


@router.post("/{rule}/submit")
def submit(visit: Visited, rule: RuleId) -> Response:
    """Ask a second person to agree."""
    return _take(visit, rule, Message.NOTICE_SUBMITTED, rules.COURSE.submit)


@router.post("/{rule}/return")
def give_back(visit: Visited, rule: RuleId) -> Response:
    """Send a rule back to its author."""
    return _take(visit, rule, Message.NOTICE_RETURNED, rules.COURSE.give_back)


@router.post("/{rule}/approve")
def approve(visit: Visited, rule: RuleId, seen: Annotated[str, Form()] = "") -> Response:
    """Say yes to what the page showed."""

    def step(session: Session, row: Rule, approver: StaffMember, now: datetime) -> None:
        rules.COURSE.approve(session, row, approver, seen, now)

    return _take(visit, rule, Message.RULE_APPROVED, step)


@router.post("/{rule}/withdraw")
def withdraw(visit: Visited, rule: RuleId) -> Response:
    """Let it speak no more, and stop what it is sending."""

    def step(session: Session, row: Rule, actor: StaffMember, now: datetime) -> None:
        rules.COURSE.withdraw(session, row, actor, now)
        silence(session, row.id, now)

    return _take(visit, rule, Message.RULE_WITHDRAWN, step)


def _written(visit: Visit, session: Session, typed: Filled, row: Rule | None) -> Response:
    plan = plan_of(typed)
    if plan is None:
        return _form(visit, session, typed, row, 422)
    try:
        if row is None:
            row = rules.draft(session, plan, visit.member, visit.now)
        else:
            rules.edit(session, row, plan, visit.member, visit.now)
            silence(session, row.id, visit.now)
    except (AbolishedWordError, StandingError) as error:
        typed.problems["text_ja"] = str(error)
        return _form(visit, session, typed, row, 422)
    return visit.to(f"{PATH}/rules/{row.id}", Message.NOTICE_SAVED)


def _take(visit: Visit, rule: str, message: Message, step: Step) -> Response:
    """Take a step in a transaction of its own; what keeps it from being taken is said on the page."""

    def refused(session: Session, error: StandingError) -> Response:
        return _page(visit, session, _found(session, rule), 422, {"step": str(error)})

    def taken(session: Session) -> None:
        step(session, _found(session, rule), visit.member, visit.now)

    return visit.take(taken, visit.to(f"{PATH}/rules/{rule}", message), StandingError, refused)


def _list(
    visit: Visit,
    session: Session,
    status: int = 200,
    problems: Mapping[str, str] | None = None,
    typed: Mapping[str, str] | None = None,
) -> Response:
    budgets = session.scalars(select(DepartmentBudget).order_by(DepartmentBudget.department))
    return visit.page(
        "rules/list.html",
        status,
        rules=rules.everything(session),
        names=names_of(session),
        budgets=list(budgets),
        usual=MONTHLY,
        typed=typed or {},
        problems=problems or {},
    )


def _page(
    visit: Visit, session: Session, row: Rule, status: int = 200, problems: Mapping[str, str] | None = None
) -> Response:
    ahead = preview(session, row, visit.now)
    budget = session.get(DepartmentBudget, row.department)
    return visit.page(
        "rules/rule.html",
        status,
        row=row,
        ahead=ahead,
        past=past(session, row.id),
        previews=previews(ahead.sample, World.LIVE) if ahead.sample else {},
        agreed=rules.COURSE.approval(session, row),
        seen=rules.digest_of(row),
        names=names_of(session),
        monthly=budget.monthly if budget else MONTHLY,
        may_approve=Role.APPROVER in visit.member.roles and row.author != visit.member.id,
        problems=problems or {},
    )


def _form(visit: Visit, session: Session, typed: Filled, row: Rule | None = None, status: int = 200) -> Response:
    told = session.scalars(select(ResidentChoices.area).where(ResidentChoices.area.is_not(None)).distinct())
    towns = {*(each for each in told if each), *(each.town for each in rows(session)), *typed.ticked("areas")}
    return visit.page(
        "rules/form.html",
        status,
        typed=typed,
        row=row,
        kinds=KINDS,
        towns=sorted(towns),
        variants=[each.value for each in Variant],
    )


def _found(session: Session, rule: str) -> Rule:
    try:
        return rules.load(session, rule)
    except NoSuchRuleError:
        raise NoSuchPageError from None
