"""Pages on which changed source pages are compared with their guides."""

from typing import Annotated

from fastapi import APIRouter, Form
from starlette.responses import Response

from bot.console.frame import PATH
from bot.console.messages import Message
from bot.console.visit import Transaction, Visited
from knowledge import exchange, source_pages
from knowledge.clerk import Clerk
from knowledge.days import day_in_japan
from knowledge.guide import Guide
from knowledge.source_pages import ChangedPage

router = APIRouter()
Typed = Annotated[str, Form()]


@router.get("/sources/changes")
def show_changes(visit: Visited, session: Transaction) -> Response:
    """Every changed page with its guides, one's own department's first; and those that could not be had."""
    own = visit.member.department
    changed = sorted(source_pages.changed(session), key=lambda each: own not in {guide.owner for guide in each.guides})
    checks = visit.console.pocket.settings.source_check
    return visit.page(
        "sources/changes.html", changed=changed, unreachable=source_pages.unreachable(session), checks=checks
    )


@router.get("/sources/changes/{page}")
def show_change(visit: Visited, session: Transaction, page: str) -> Response:
    """What went, what came, and which guides to look at."""
    found = source_pages.get(session, page)
    difference = source_pages.difference(found.page)
    return visit.page("sources/change.html", found=found, difference=difference, mine=_mine(visit, found))


@router.post("/sources/changes/{page}")
def compare(visit: Visited, session: Transaction, page: str, note: Typed = "", dated: Typed = "") -> Response:
    """Keep that it was compared; on request, drafts that carry the day as the day of checking."""
    found = source_pages.get(session, page)
    wanted = [(_checked_today(guide, visit), version) for guide, version in _versions(visit, session, found)]
    url = found.page.url
    source_pages.compare(session, page, visit.member, note, visit.now)
    if dated != "yes" or not wanted:
        return visit.to(f"{PATH}/sources/changes", Message.PAGE_COMPARED)
    reason = f"出典ページと見くらべて確認：{url}" + (f"（{note.strip()}）" if note.strip() else "")
    made = exchange.to_drafts(session, wanted, reason, Clerk.of(visit.member), visit.now)
    return visit.to(f"{PATH}/sources/changes", Message.PAGE_COMPARED_DATED, count=str(len(made)))


def _mine(visit: Visited, found: ChangedPage) -> tuple[Guide, ...]:
    """The guides of which this is the main source and which this person may change."""
    clerk = Clerk.of(visit.member)
    return tuple(
        guide for guide in found.guides if str(guide.source.url) == found.page.url and clerk.may_edit(guide.owner)
    )


def _versions(visit: Visited, session: Transaction, found: ChangedPage) -> list[tuple[Guide, int]]:
    """Those whose day of checking is not today's already, with the version they stand at."""
    today = day_in_japan(visit.now)
    wanted = [guide for guide in _mine(visit, found) if guide.source.checked != today]
    return [(guide, exchange.version_of(session, guide.id)) for guide in wanted]


def _checked_today(guide: Guide, visit: Visited) -> Guide:
    source = guide.source.model_copy(update={"checked": day_in_japan(visit.now)})
    return guide.model_copy(update={"source": source})
