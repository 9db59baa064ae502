"""The pictures of docs/staff about notices: one notice from its form to its report, between two people."""

from datetime import UTC, datetime
from pathlib import Path

from playwright.sync_api import Browser, BrowserContext, Locator, Page, expect

from bot.console.frame import Console
from bot.settings import Settings
from bot.wiring import Pocket
from knowledge.models import Resident, ResidentChoices, ResidentStatus, Role
from tests.bot.console.people import add_person, token_for
from tests.knowledge.notices.town import line_id

IMAGES = Path(__file__).parent.parent / "docs" / "staff" / "images"
WINDOW = {"width": 1280, "height": 860}
FIRST, FRIENDS = 9_000, 30
TOWN = "巣鴨"


def notice_pages(browser: Browser, base: str, settings: Settings) -> None:
    """Write, ask, approve and send on a served installation whose database these settings open."""
    IMAGES.mkdir(parents=True, exist_ok=True)
    console = Console(Pocket.open(settings))
    _settle(console)
    writer = _signed_in(browser, base, console, Role.NOTICES).new_page()
    approver = _signed_in(browser, base, console, Role.APPROVER).new_page()
    writer.goto("/staff/notices/new")
    _write(writer)
    writer.get_by_role("button", name="下書きに保存").click()
    _picture(writer, "draft", writer.locator("h1"))
    writer.get_by_role("button", name="承認を頼む").click()
    writer.wait_for_load_state("networkidle")
    approver.goto(writer.url)
    _picture(approver, "review", approver.locator("h1"))
    approver.get_by_role("button", name="この内容と相手で承認する").click()
    approver.wait_for_load_state("networkidle")
    writer.reload()
    _picture(writer, "approved", writer.get_by_role("heading", name="次にすること"))
    writer.get_by_role("button", name="いますぐ送る").click()
    expect(writer.get_by_text("終わったお知らせです。")).to_be_visible(timeout=60_000)
    _picture(writer, "sent", writer.locator("h1"))
    console.pocket.engine.dispose()


def _settle(console: Console) -> None:
    now = datetime.now(UTC)
    with console.pocket.sessions.begin() as session:
        for number in range(FIRST, FIRST + FRIENDS):
            friend = Resident(line_user_id=line_id(number), status=ResidentStatus.FRIEND, changed_ms=0, created_at=now)
            session.add(friend)
            session.flush()
            session.add(ResidentChoices(resident_id=friend.id, area=TOWN, updated_at=now))


def _write(page: Page) -> None:
    page.locator("#title").fill("集団健診のご案内（巣鴨）")
    page.get_by_label(TOWN, exact=True).check()
    page.locator("#text_ja").fill("12月6日（日）に、巣鴨地域文化創造館で集団健診を行います。費用はかかりません。")
    page.get_by_text("見出しとボタンをつける").click()
    page.locator("#card_title").fill("集団健診のご案内")
    page.locator("#label_0").fill("申し込む")
    page.locator("#url_0").fill("https://example.jp/form")
    expect(page.locator("#count .people")).to_be_visible()
    _picture(page, "audience", page.get_by_role("heading", name="だれに送るか"))
    page.get_by_role("button", name="人数と見え方を確かめる").click()
    _picture(page, "preview", page.get_by_role("heading", name="LINE での見え方"))


def _picture(page: Page, name: str, top: Locator) -> None:
    page.wait_for_load_state("networkidle")
    top.evaluate("line => line.scrollIntoView()")
    page.screenshot(path=IMAGES / f"notices-{name}.png")


def _signed_in(browser: Browser, base: str, console: Console, role: Role) -> BrowserContext:
    token = token_for(console, add_person(console, role, department="健康推進課"))
    context = browser.new_context(base_url=base, viewport=WINDOW)  # type: ignore[arg-type]
    context.add_cookies([{"name": console.cookies.session, "value": token, "url": base}])
    return context
