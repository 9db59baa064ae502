"""The list, and one guide: what residents see now, until when, who keeps it, what was asked, and how it came to be."""

from typing import Annotated

from fastapi import APIRouter, Form
from sqlalchemy.orm import Session
from starlette.responses import Response

from bot.console.errors import NoSuchPageError
from bot.console.guides import asked, checks, listing, similar
from bot.console.guides.listing import Filter, Wanted
from bot.console.guides.names import names
from bot.console.guides.preview import preview
from bot.console.guides.problems import Problem
from bot.console.guides.readable import to_the_second, told
from bot.console.visit import Transaction, Visit, Visited
from knowledge import dated, drafts, golden, library, open_drafts, references, versions
from knowledge.clerk import Clerk
from knowledge.days import day_in_japan
from knowledge.differences import changes
from knowledge.guide import Guide
from knowledge.guide_rows import problems_of
from knowledge.models import GuideDraft, GuideRow, GuideVersion
from knowledge.stored import mistakes, readable

router = APIRouter(prefix="/guides")
LONGEST_SEARCH = 500


@router.get("")
def guides(
    visit: Visited, session: Transaction, owner: str | None = None, show: str = Wanted.ALL, page: int = 1
) -> Response:
    """The guides of the clerk's own department, or of the one that was chosen."""
    wanted = Wanted(show) if show in set(Wanted) else Wanted.ALL
    mine = visit.member.department or ""
    departments = listing.owners(session)
    chosen = (mine if mine in departments else "") if owner is None else owner
    narrowed = Filter(chosen, wanted, page)
    return _list(visit, session, narrowed, departments)


@router.post("/search")
def search(visit: Visited, session: Transaction, text: Annotated[str, Form()] = "") -> Response:
    """What residents would find with these words; posted, because it may be a resident's question."""
    words = text.strip()[:LONGEST_SEARCH]
    found = similar.found(session, visit.console.pocket.responder.searcher, words) if words else []
    return _list(visit, session, Filter(), listing.owners(session), words, found)


def _list(
    visit: Visit,
    session: Session,
    narrowed: Filter,
    departments: list[str],
    words: str = "",
    found: list[similar.Found] | None = None,
) -> Response:
    clerk, today = Clerk.of(visit.member), day_in_japan(visit.now)
    going_on = open_drafts.work_of(session, clerk)
    return visit.page(
        "guides/list.html",
        listed=listing.listed(session, narrowed, today),
        narrowed=narrowed,
        departments=[(each, each) for each in departments],
        words=words,
        found=found,
        drafts=going_on,
        titles={draft.id: draft.content["title"] for draft in going_on},
        today=today,
    )


@router.get("/{guide}")
def one(visit: Visited, session: Transaction, guide: str) -> Response:
    """Everything about one guide."""
    return guide_page(visit, session, guide)


def guide_page(
    visit: Visit, session: Session, guide: str, status: int = 200, problems: dict[str, Problem] | None = None
) -> Response:
    """The page of one guide; `problems` are what keeps a step from being taken."""
    found, history = drafts.whole(session, guide), versions.history(session, guide)
    if found is None:
        return _unreadable(visit, session, guide, history)
    whole, row = found
    going_on = open_drafts.of_guide(session, guide)
    clerk, today, called = Clerk.of(visit.member), day_in_japan(visit.now), references.called(session, whole)
    return visit.page(
        "guides/guide.html",
        status,
        guide=whole,
        row=row,
        problems=problems or {},
        second=to_the_second,
        today=today,
        preview=preview(session, whole, visit.now),
        checks=checks.checks(whole, library.desks(session, whole), today),
        upcoming=[(each.day, told(each.changes, called)) for each in dated.upcoming(whole, today)],
        history=history,
        live=next((each for each in history if each.version == row.version), None),
        drafts=going_on,
        golden=golden.standing(session, [guide]),
        asked=asked.latest(session, guide),
        follow_up=asked.FOLLOW_UP,
        lacked=asked.lacked(session, whole, visit.now),
        names=names(session, _people(history, going_on)),
        may_edit=clerk.may_edit(row.owner),
        may_review=clerk.may_review([row.owner]),
    )


def _unreadable(visit: Visit, session: Session, guide: str, history: list[GuideVersion]) -> Response:
    """The page of a guide that is none by the rules of today: what is wrong, and the versions it can go back to."""
    row, going_on = session.get(GuideRow, guide), open_drafts.of_guide(session, guide)
    if row is None:
        raise NoSuchPageError
    return visit.page(
        "guides/unreadable.html",
        row=row,
        problems=problems_of(mistakes(row.content)),
        drafts=going_on,
        history=[each for each in history if readable(guide, each.content)],
        names=names(session, _people(history, going_on)),
        may_edit=Clerk.of(visit.member).may_edit(row.owner),
    )


def _people(history: list[GuideVersion], going_on: list[GuideDraft]) -> list[int | None]:
    return [
        *(person for each in history for person in (each.author, each.reviewer)),
        *(draft.updated_by for draft in going_on),
    ]


@router.get("/{guide}/versions/{number}")
def version(visit: Visited, session: Transaction, guide: str, number: int) -> Response:
    """One version: what it changed, what it looked like, and the way back to it."""
    found = versions.version(session, guide, number)
    before = _before(session, guide, number)
    row = session.get_one(GuideRow, guide)
    whole, live = versions.content(found), readable(guide, row.content)
    called = references.called(session, before, whole, live)
    return visit.page(
        "guides/version.html",
        version=found,
        row=row,
        guide=whole,
        changes=told(changes(before, whole), called),
        since=told(changes(whole, live), called) if live else (),
        preview=preview(session, whole, visit.now),
        names=names(session, [found.author, found.reviewer]),
        may_edit=Clerk.of(visit.member).may_edit(row.owner),
    )


def _before(session: Session, guide: str, number: int) -> Guide | None:
    older = [each for each in versions.history(session, guide) if each.version < number]
    return readable(guide, older[0].content) if older else None
