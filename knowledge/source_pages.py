"""Pages that guides name as their sources: what they said when last compared, and whether they still do."""

import hashlib
from collections.abc import Sequence
from dataclasses import dataclass
from datetime import datetime, timedelta
from difflib import unified_diff

from sqlalchemy import select
from sqlalchemy.orm import Session

from knowledge.audit import AuditAction, record
from knowledge.errors import PocketError
from knowledge.guide import Guide
from knowledge.models import SourcePage
from knowledge.pack_files import published
from knowledge.staff import StaffMember

EVERY = timedelta(days=1)
MOST_TEXT = 200_000
LONGEST_NOTE = 1_000


class NoSuchPageChangeError(PocketError):
    """このページの変わったところは、もう確かめられています。一覧を開き直してください。"""


@dataclass(frozen=True)
class ChangedPage:
    """A page that no longer says what it said, and the published guides that name it as a source."""

    page: SourcePage
    guides: tuple[Guide, ...]


def page_id(url: str) -> str:
    """The key of a page's row."""
    return hashlib.sha256(url.encode()).hexdigest()


def urls_of(guide: Guide) -> list[str]:
    """The addresses a guide's facts come from, its own source first."""
    return list(dict.fromkeys([str(guide.source.url), *(str(extra.url) for extra in guide.extra_sources)]))


def next_due(session: Session, now: datetime) -> str | None:
    """The page that was looked at longest ago, or never, and not within a day; None when all were."""
    fetched = {row.url: row.fetched_at for row in session.execute(select(SourcePage.url, SourcePage.fetched_at))}
    urls = {url for guide in published(session) for url in urls_of(guide)}
    due = [url for url in urls if url not in fetched or now - fetched[url] >= EVERY]
    return min(due, key=lambda url: (fetched[url].isoformat() if url in fetched else "", url), default=None)


def seen(session: Session, url: str, text: str, now: datetime) -> bool:
    """Note what a page says now; whether that is news: other words than when it was last compared or last told."""
    text = text[:MOST_TEXT]
    page = session.get(SourcePage, page_id(url))
    if page is None:
        session.add(SourcePage(id=page_id(url), url=url, text=text, fetched_at=now))
        return False
    page.fetched_at, page.problem = now, None
    if not page.text or text == page.text:
        page.text, page.changed_text, page.changed_at = text, None, None
        return False
    news = text != page.changed_text
    page.changed_text, page.changed_at = text, now if news else page.changed_at
    return news


def failed(session: Session, url: str, problem: str, now: datetime) -> None:
    """Note that a page could not be had; what it said before stays."""
    page = session.get(SourcePage, page_id(url))
    if page is None:
        page = SourcePage(id=page_id(url), url=url, text="")
        session.add(page)
    page.fetched_at, page.problem = now, problem


def changed(session: Session, department: str | None = None) -> list[ChangedPage]:
    """The pages that changed and still are to be compared, newest first, with the guides they concern.

    Of one department's guides where one is given. For the home page: 「出典ページが変わりました」, each leading to
    `/staff/sources/changes/{page.id}`. Pages no published guide names any more are left out.
    """
    pages = select(SourcePage).where(SourcePage.changed_at.is_not(None)).order_by(SourcePage.changed_at.desc())
    return _with_guides(session, list(session.scalars(pages)), department)


def unreachable(session: Session) -> list[ChangedPage]:
    """The pages that could not be had when last looked at, with their guides."""
    pages = select(SourcePage).where(SourcePage.problem.is_not(None)).order_by(SourcePage.url)
    return _with_guides(session, list(session.scalars(pages)), None)


def _with_guides(session: Session, pages: Sequence[SourcePage], department: str | None) -> list[ChangedPage]:
    if not pages:
        return []
    guides = [guide for guide in published(session) if department is None or guide.owner == department]
    found = [ChangedPage(page, tuple(each for each in guides if page.url in urls_of(each))) for page in pages]
    return [each for each in found if each.guides]


def get(session: Session, key: str) -> ChangedPage:
    """A page that changed; NoSuchPageChangeError when it did not, or somebody compared it."""
    found = next((each for each in changed(session) if each.page.id == key), None)
    if found is None:
        raise NoSuchPageChangeError
    return found


def difference(page: SourcePage) -> list[tuple[str, str]]:
    """The lines that went ("-"), came ("+") or stand around them (" "), in order; a "…" where lines are skipped."""
    lines = unified_diff(page.text.split("\n"), (page.changed_text or "").split("\n"), lineterm="", n=2)
    return [("…", "") if line.startswith("@@") else (line[0], line[1:]) for line in list(lines)[2:]]


def compare(session: Session, key: str, member: StaffMember, note: str, now: datetime) -> ChangedPage:
    """Keep that somebody compared a changed page with its guides; what it says now is what later ones are held to."""
    found = get(session, key)
    page = found.page
    page.text, page.changed_text, page.changed_at = page.changed_text or "", None, None
    page.compared_by, page.compared_at, page.note = member.id, now, note.strip()[:LONGEST_NOTE] or None
    session.flush()
    detail = {"url": page.url[:300], "note": page.note}
    record(session, member, AuditAction.SOURCE_COMPARED, f"page:{page.id[:12]}", detail, now)
    return found
