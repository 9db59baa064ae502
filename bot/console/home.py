"""The first page after signing in: what one's department has to see to today."""

from fastapi import APIRouter
from starlette.responses import Response

from bot.console.guides import asked
from bot.console.questions import guide_titles, whose_of
from bot.console.visit import Transaction, Visited
from knowledge import collection, kept_forms, open_drafts, open_notices, submissions, today, work
from knowledge.clerk import Clerk
from knowledge.days import day_in_japan

router = APIRouter()
GROUPS_SHOWN = 6


@router.get("/")
def home(visit: Visited, session: Transaction, all: str = "") -> Response:  # noqa: A002 - its name in the address
    """The department's work; for those without a part in it, who they are and what they may do."""
    kept = kept_forms.of(session, visit.member.id, visit.now) is not None
    approvals, notices = open_notices.to_approve(session, visit.member), open_notices.to_go_on(session, visit.member)
    day, replacing = day_in_japan(visit.now), visit.may("POST /rules/collection")
    endings = collection.endings(session, day, today.SOON) if replacing else []
    if not visit.may("GET /questions"):
        return visit.page("home/home.html", kept=kept, approvals=approvals, notices=notices, endings=endings, day=day)
    clerk, whose = Clerk.of(visit.member), whose_of(visit, everybody=bool(all))
    groups = work.listed(session, whose, work.OPEN, visit.now, size=GROUPS_SHOWN)
    due_count, due = today.due(session, whose.department, day)
    return visit.page(
        "home/work.html",
        kept=kept,
        everybody=whose.department is None,
        day=day,
        groups=groups,
        group_count=work.how_many(session, whose, work.OPEN),
        titles=guide_titles(session, groups),
        approvals=approvals,
        notices=notices,
        endings=endings,
        reviews=open_drafts.to_review(session, clerk),
        returned=open_drafts.come_back(session, clerk, visit.now),
        sources=submissions.waiting_for(session, visit.member),
        wanted=asked.wanted(session, whose.department, visit.now),
        due=due,
        due_count=due_count,
        changed=today.changed(session, whose.department),
        published=today.last_published(session, whose.department),
    )
