"""States of the console that come from rows, in a real Chromium: by day, and four times larger at night."""

import uuid
from datetime import UTC, datetime, timedelta

import pytest
from playwright.sync_api import Page, expect
from sqlalchemy import update
from sqlalchemy.orm import Session

from bot.console.frame import Console
from knowledge import drafts, source_pages
from knowledge.clerk import Clerk
from knowledge.models import GuideDraft, Role, SessionStage, SourceRow, StaffSession
from knowledge.pack_files import published
from knowledge.sessions import digest_of
from tests.bot.console.conftest import OpenPage
from tests.bot.console.people import add_person, token_for
from tests.bot.console.test_pages import _assert_sound

pytestmark = pytest.mark.browser
GUIDE = "setai-henko"
Served = tuple[str, Console]
Size = dict[str, object]
SIZES = pytest.mark.parametrize(
    "size",
    [
        {"viewport": {"width": 1280, "height": 900}},
        {"viewport": {"width": 320, "height": 256}, "color_scheme": "dark"},
    ],
    ids=["wide", "four times larger, at night"],
)


def _token(page: Page, console: Console) -> str:
    return next(str(each["value"]) for each in page.context.cookies() if each["name"] == console.cookies.session)


def _half_way(open_page: OpenPage, served: Served, stage: SessionStage, path: str, size: Size) -> Page:
    base, console = served
    page = open_page(path="/sign-in", **size)
    token = token_for(console, add_person(console, Role.EDITOR), stage)
    page.context.add_cookies([{"name": console.cookies.session, "value": token, "url": base}])
    page.goto(f"/staff/sign-in/{path}")
    return page


@SIZES
def test_the_steps_of_a_first_sign_in(open_page: OpenPage, served: Served, size: Size) -> None:
    """The app's picture, a wrong code, the password of one's own, and one that does not do."""
    page = _half_way(open_page, served, SessionStage.PASSWORD, "enrol", size)
    _assert_sound(page)
    page.locator("#code").fill("12")
    page.get_by_role("button", name="登録する").click()
    expect(page.locator(".problem").first).to_be_visible()
    _assert_sound(page)
    page = _half_way(open_page, served, SessionStage.VERIFIED, "password", size)
    _assert_sound(page)
    page.locator("#password").fill("短い")
    page.locator("#again").fill("短い")
    page.locator("main button").click()
    expect(page.locator(".problem").first).to_be_visible()
    _assert_sound(page)


@SIZES
def test_what_a_session_s_end_leaves(open_page: OpenPage, served: Served, size: Size) -> None:
    """The page that says it is kept, the home that says so, the page it is sent from, and the one to copy from."""
    console = served[1]
    page = open_page(Role.EDITOR, path=f"/guides/{GUIDE}/edit", **size)
    page.locator("#reason").fill("席を立つ前に書いた理由")
    token = _token(page, console)
    with console.pocket.sessions.begin() as session:
        mine = StaffSession.digest == digest_of(token)
        session.execute(update(StaffSession).where(mine).values(seen_at=datetime.now(UTC) - timedelta(hours=1)))
    page.get_by_role("button", name="下書きに保存").click()
    expect(page.get_by_role("link", name="サインインして続ける")).to_be_visible()
    _assert_sound(page)
    with console.pocket.sessions.begin() as session:
        session.execute(update(StaffSession).where(mine).values(seen_at=datetime.now(UTC)))
    for path in ("/", "/kept"):
        page.goto(f"/staff{path}")
        _assert_sound(page)
    page.goto(f"/staff/guides/{GUIDE}/edit")
    with console.pocket.sessions.begin() as session:
        session.execute(update(StaffSession).where(mine).values(digest=uuid.uuid4().hex))
    page.locator("#reason").fill("消えた人の理由")
    page.get_by_role("button", name="下書きに保存").click()
    expect(page.get_by_role("link", name="サインインへ")).to_be_visible()
    _assert_sound(page)


def _submitted(session: Session, writer: Clerk, held: list[dict[str, object]]) -> str:
    now = datetime.now(UTC)
    found = drafts.whole(session, GUIDE)
    assert found
    guide, row = found
    changed = guide.model_copy(update={"answer": f"{uuid.uuid4().hex}に変えた答えです。"})
    draft = drafts.create(session, changed, row.version, writer, now)
    draft = drafts.submit(session, draft.id, draft.revision, "試験のため", writer, now)
    draft.held = list(held)
    return draft.id


def _held() -> list[dict[str, object]]:
    said = {"outcome": "answered", "guide": GUIDE, "candidates": []}
    gone: dict[str, object] = {"outcome": "not_found", "guide": None, "candidates": []}
    expected = {"outcome": "answered", "guide": GUIDE, "also": []}
    question = "世帯主を変えたい"
    return [{"id": "g1", "question": question, "expect": expected, "before": said, "after": gone}]


@SIZES
def test_a_draft_that_waits_and_one_that_is_held(open_page: OpenPage, served: Served, size: Size) -> None:
    """As the reviewer sees them, with what changes and the questions that would go wrong, and on the home page."""
    console = served[1]
    writer = Clerk.of(add_person(console, Role.EDITOR))
    with console.pocket.sessions.begin() as session:
        waiting, held = _submitted(session, writer, []), _submitted(session, writer, _held())
    page = open_page(Role.REVIEWER, path=f"/guides/drafts/{waiting}", **size)
    _assert_sound(page)
    for path in (f"/guides/drafts/{held}", "/"):
        page.goto(f"/staff{path}")
        _assert_sound(page)
    with console.pocket.sessions.begin() as session:
        for each in (waiting, held):
            drafts.discard(session, each, session.get_one(GuideDraft, each).revision, EVERYWHERE, datetime.now(UTC))


EVERYWHERE = Clerk(1, "tidy", None, everywhere=True)


@SIZES
def test_sources_in_use_being_prepared_and_changed_pages(open_page: OpenPage, served: Served, size: Size) -> None:
    """A source the index does not hold yet, and a guide's page that says something else than before."""
    console, now = served[1], datetime.now(UTC)
    name = f"s{uuid.uuid4().hex[:8]}"
    with console.pocket.sessions.begin() as session:
        values = {"title": "公園の計画", "kind": "markdown", "origin": f"{name}.md", "digest": "0", "extractor": "0"}
        session.add(SourceRow(id=name, added_at=now, updated_at=now, indexed_at=None, **values))
        url = str(published(session)[0].source.url)
        for text in ("期限は14日以内です。", f"期限は{uuid.uuid4().int % 100}日以内です。"):
            source_pages.seen(session, url, text, now)
    page = open_page(Role.SYSTEM, path=f"/sources/in-use/{name}", **size)
    expect(page.get_by_text("準備中")).to_be_visible()
    _assert_sound(page)
    for path in ("/sources/changes", f"/sources/changes/{source_pages.page_id(url)}", "/?all=1"):
        page.goto(f"/staff{path}")
        _assert_sound(page)


@SIZES
def test_numbers_of_a_year(open_page: OpenPage, size: Size) -> None:
    """By month, as a picture and a table."""
    page = open_page(Role.AUDITOR, path="/numbers?since=2025-11-22&until=2026-11-21", **size)
    page.locator("summary").first.click()
    _assert_sound(page)
