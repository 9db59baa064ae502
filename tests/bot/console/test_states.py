"""States of the console that come from rows, in a real Chromium: by day, and four times larger at night."""

import uuid
from datetime import UTC, datetime, timedelta

import pyotp
import pytest
from playwright.sync_api import Page, expect
from sqlalchemy import update
from sqlalchemy.orm import Session

from bot.console.frame import Console
from knowledge import drafts, open_drafts, second_factor, source_pages, staff
from knowledge.clerk import Clerk
from knowledge.days import day_in_japan, utc_now
from knowledge.models import GuideDraft, GuideRow, Role, SessionStage, SourceRow, StaffSession
from knowledge.pack_files import published
from knowledge.sessions import digest_of
from knowledge.sign_in import hand_out_password
from knowledge.staff import StaffMember
from tests.bot.console.conftest import OpenPage
from tests.bot.console.people import DEPARTMENT, add_person, token_for
from tests.knowledge.asked import asked
from tests.looks import assert_accessible, assert_reachable

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
    assert_accessible(page)
    page.locator("#code").fill("12")
    page.get_by_role("button", name="登録する").click()
    expect(page.locator(".problem").first).to_be_visible()
    assert_accessible(page)
    page = _half_way(open_page, served, SessionStage.VERIFIED, "password", size)
    assert_accessible(page)
    page.locator("#password").fill("短い")
    page.locator("#again").fill("短い")
    page.locator("main button").click()
    expect(page.locator(".problem").first).to_be_visible()
    assert_accessible(page)


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
    assert_accessible(page)
    with console.pocket.sessions.begin() as session:
        session.execute(update(StaffSession).where(mine).values(seen_at=datetime.now(UTC)))
    for path in ("/", "/kept"):
        page.goto(f"/staff{path}")
        assert_accessible(page)
    page.goto(f"/staff/guides/{GUIDE}/edit")
    with console.pocket.sessions.begin() as session:
        session.execute(update(StaffSession).where(mine).values(digest=uuid.uuid4().hex))
    page.locator("#reason").fill("消えた人の理由")
    page.get_by_role("button", name="下書きに保存").click()
    expect(page.get_by_role("link", name="サインインへ")).to_be_visible()
    assert_accessible(page)


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
    assert_accessible(page)
    for path in (f"/guides/drafts/{held}", "/"):
        page.goto(f"/staff{path}")
        assert_accessible(page)
    with console.pocket.sessions.begin() as session:
        for each in (waiting, held):
            drafts.discard(
                session, each, session.get_one(GuideDraft, each).revision, EVERYWHERE, datetime.now(UTC), TIDY
            )


@SIZES
def test_drafts_that_came_back(open_page: OpenPage, served: Served, size: Size) -> None:
    """On the home of who wrote them: one that was sent back, one that somebody else gave up."""
    console, now = served[1], datetime.now(UTC)
    member, reviewer = add_person(console, Role.EDITOR), Clerk.of(add_person(console, Role.REVIEWER))
    with console.pocket.sessions.begin() as session:
        returned, given_up = (_submitted(session, Clerk.of(member), []) for _ in range(2))
        drafts.send_back(session, returned, drafts.get(session, returned).revision, "金額も", reviewer, now)
        drafts.discard(session, given_up, drafts.get(session, given_up).revision, EVERYWHERE, now, TIDY)
    page = open_page(path="/sign-in", **size)
    _signed_in(page, served, member, SessionStage.FULL)
    page.goto("/staff/")
    expect(page.locator("[aria-labelledby=h-returned] li")).to_have_count(2)
    assert_accessible(page)
    assert_reachable(page)
    with console.pocket.sessions.begin() as session:
        drafts.discard(session, returned, drafts.get(session, returned).revision, EVERYWHERE, now, TIDY)


EVERYWHERE = Clerk(0, "tidy", None, everywhere=True)
TIDY = "試験を終えたため"


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
    assert_accessible(page)
    for path in ("/sources/changes", f"/sources/changes/{source_pages.page_id(url)}", "/?all=1"):
        page.goto(f"/staff{path}")
        assert_accessible(page)


@SIZES
def test_a_guide_that_is_none_any_more_and_facts_asked_for_in_vain(
    open_page: OpenPage, served: Served, size: Size
) -> None:
    """The page that says what is wrong with the way back, and the home that tells what is missing in a guide."""
    console, now = served[1], datetime.now(UTC)
    with console.pocket.sessions.begin() as session:
        row = session.get_one(GuideRow, GUIDE)
        whole, row.content = (
            row.content,
            row.content | {"hours": [{"days": "平日", "opens": "8:30", "closes": "25:00"}]},
        )
        asked(session, at=now, outcome="answered", guide_id="tennyu-todoke", trace={"lacks": "fee"})
    page = open_page(Role.EDITOR, path=f"/guides/{GUIDE}", **size)
    expect(page.get_by_role("button", name="版 1 に戻す下書きを作る")).to_be_visible()
    assert_accessible(page)
    assert_reachable(page)
    with console.pocket.sessions.begin() as session:
        session.get_one(GuideRow, GUIDE).content = whole
    page.goto("/staff/?all=1")
    expect(page.locator("[aria-labelledby=h-wanted] li").first).to_be_visible()
    assert_accessible(page)


@SIZES
def test_numbers_of_a_year(open_page: OpenPage, size: Size) -> None:
    """By month, as a picture and a table."""
    today = day_in_japan(utc_now())
    page = open_page(Role.AUDITOR, path=f"/numbers?since={today - timedelta(days=364)}&until={today}", **size)
    page.locator("summary").first.click()
    assert_accessible(page)


def _enrolled(console: Console) -> tuple[StaffMember, str, str]:
    """Somebody with a password and an app, the password, and the app's secret."""
    member, now = add_person(console, Role.EDITOR), datetime.now(UTC)
    secret = second_factor.new_secret()
    with console.pocket.sessions.begin() as session:
        row = staff.get(session, member.id)
        password = hand_out_password(row, console.passwords, now)
        second_factor.enrol(session, row, secret, 1, now)
    return member, password, secret


def _signed_in(page: Page, served: Served, member: StaffMember, stage: SessionStage) -> None:
    base, console = served
    token = token_for(console, member, stage)
    page.context.add_cookies([{"name": console.cookies.session, "value": token, "url": base}])


@SIZES
def test_the_code_of_a_sign_in_and_the_recovery_codes(open_page: OpenPage, served: Served, size: Size) -> None:
    """The field for the code, a wrong one; the codes after the app was set up, and when they are made anew."""
    member, password, _ = _enrolled(served[1])
    page = open_page(path="/sign-in", **size)
    _signed_in(page, served, member, SessionStage.PASSWORD)
    page.goto("/staff/sign-in/code")
    assert_accessible(page)
    page.locator("#code").fill("000000")
    page.locator("main form button").click()
    expect(page.locator(".problem").first).to_be_visible()
    assert_accessible(page)
    assert_reachable(page)
    _signed_in(page, served, member, SessionStage.FULL)
    page.goto("/staff/account")
    page.locator("#confirm").fill(password)
    page.locator("form[action$='/recovery-codes'] button").click()
    expect(page.locator(".secret")).to_have_count(10)
    assert_accessible(page)
    assert_reachable(page)
    page = _half_way(open_page, served, SessionStage.PASSWORD, "enrol", size)
    secret = page.locator(".secret").first.inner_text().replace(" ", "")
    page.locator("#code").fill(pyotp.TOTP(secret).now())
    page.get_by_role("button", name="登録する").click()
    expect(page.locator(".secret")).to_have_count(10)
    assert_accessible(page)
    assert_reachable(page)


@SIZES
def test_two_who_wrote_at_once(open_page: OpenPage, served: Served, size: Size) -> None:
    """The page with both texts, and the draft they are made one in."""
    console, now = served[1], datetime.now(UTC)
    one, two = (Clerk.of(add_person(console, Role.EDITOR)) for _ in range(2))
    with console.pocket.sessions.begin() as session:
        found = drafts.whole(session, GUIDE)
        assert found
        guide, row = found
        mine = guide.model_copy(update={"answer": f"{uuid.uuid4().hex}に変えます。", "category": "べつの分野"})
        draft = drafts.create(session, mine, row.version, one, now)
        theirs = guide.model_copy(update={"answer": f"{uuid.uuid4().hex}に直します。", "items": ()})
        drafts.save(session, draft.id, 1, mine.model_copy(update={"audience": "世帯の人"}), one, now)
        beside = drafts.save(session, draft.id, 1, theirs, two, now).draft.id
    page = open_page(Role.EDITOR, path=f"/guides/drafts/{beside}/conflict", **size)
    expect(page.get_by_role("group")).not_to_have_count(0)
    assert_accessible(page)
    assert_reachable(page)
    page.locator("main form button").last.click()
    expect(page.locator(".done")).to_be_visible()
    assert_accessible(page)
    page.goto(f"/staff/guides/drafts/{beside}")
    assert_accessible(page)
    with console.pocket.sessions.begin() as session:
        for each in open_drafts.of_guide(session, GUIDE):
            drafts.discard(session, each.id, each.revision, EVERYWHERE, now, TIDY)


@SIZES
def test_a_draft_that_was_sent_back_and_one_that_was_published(open_page: OpenPage, served: Served, size: Size) -> None:
    """The note of who sent it back; what a closed draft still tells; the guide that the index does not hold yet."""
    console, now = served[1], datetime.now(UTC)
    writer, id_ = Clerk.of(add_person(console, Role.EDITOR)), f"g-{uuid.uuid4().hex[:8]}"
    with console.pocket.sessions.begin() as session:
        new = published(session)[0].model_copy(update={"id": id_, "title": "新しくできた手続き", "owner": DEPARTMENT})
        draft = drafts.create(session, new, 0, writer, now)
        draft = drafts.submit(session, draft.id, 1, "新しくできたため", writer, now)
        drafts.send_back(session, draft.id, draft.revision, "金額も書いてください。", EVERYWHERE, now)
    page = open_page(Role.EDITOR, path=f"/guides/drafts/{draft.id}", **size)
    assert_accessible(page)
    with console.pocket.sessions.begin() as session:
        sent = drafts.submit(session, draft.id, drafts.get(session, draft.id).revision, "直しました", writer, now)
        approved = drafts.approve(session, sent.id, sent.revision, EVERYWHERE, now)
        drafts.publish(session, approved.id, approved.revision, EVERYWHERE, now)
    for path in (f"/guides/drafts/{draft.id}", f"/guides/{id_}", f"/guides/{id_}/versions/1"):
        page.goto(f"/staff{path}")
        assert_accessible(page)
        assert_reachable(page)
    with console.pocket.sessions.begin() as session:
        drafts.withdraw(session, id_, 1, "試しを終えたため", EVERYWHERE, now)
    page.goto(f"/staff/guides/{id_}")
    assert_accessible(page)
