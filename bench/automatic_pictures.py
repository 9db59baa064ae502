"""The pictures of docs/staff about templates, ward systems and rules."""

from datetime import UTC, datetime
from pathlib import Path

from playwright.sync_api import Browser, Page, expect

from bot.console.frame import Console
from bot.settings import Settings
from bot.wiring import Pocket
from knowledge.models import Resident, ResidentChoices, ResidentStatus, Role, Subscription, Topic
from tests.bot.console.people import add_person, token_for
from tests.knowledge.notices.town import line_id

IMAGES = Path(__file__).parent.parent / "docs" / "staff" / "images"
WINDOW = {"width": 1280, "height": 860}
FIRST, FRIENDS = 19_000, 40
TOWNS = ("巣鴨", "高田", "池袋", "雑司が谷")
FIELDS = {
    "slug": "shinsei-kekka",
    "title": "申請の結果",
    "place_name_0": "procedure",
    "place_name_1": "desk",
    "place_name_2": "by",
    "title_ja": "申請の結果が出ました",
    "text_ja": "{procedure}の結果が出ました。{by}までに、{desk}へお越しください。",
    "button_ja": "オンラインで手続き",
}
KINDS = {"place_kind_0": "guide", "place_kind_1": "desk", "place_kind_2": "date"}


def automatic_pages(browser: Browser, base: str, settings: Settings) -> None:
    """Write a template, register a system and write a rule on a served installation."""
    IMAGES.mkdir(parents=True, exist_ok=True)
    console = Console(Pocket.open(settings))
    _settle(console)
    page = _signed_in(browser, base, console)
    _template(page)
    page.goto("/staff/systems")
    page.locator("#name").fill("児童手当システム")
    page.get_by_role("button", name="登録してキーを作る").click()
    expect(page.locator(".secret")).to_be_visible()
    page.locator(".secret").evaluate("each => { each.textContent = 'pocket_0123456789ab_（一度だけ表示されます）'; }")
    page.screenshot(path=IMAGES / "automatic-system.png")
    _rule(page)
    console.pocket.engine.dispose()


def _settle(console: Console) -> None:
    now = datetime.now(UTC)
    with console.pocket.sessions.begin() as session:
        for number in range(FIRST, FIRST + FRIENDS):
            friend = Resident(line_user_id=line_id(number), status=ResidentStatus.FRIEND, changed_ms=0, created_at=now)
            session.add(friend)
            session.flush()
            area = TOWNS[number % len(TOWNS)]
            session.add(ResidentChoices(resident_id=friend.id, area=area, updated_at=now))
            session.add(Subscription(resident_id=friend.id, topic=Topic.GARBAGE, since=now))


def _template(page: Page) -> None:
    page.goto("/staff/templates/new")
    for name, value in FIELDS.items():
        page.locator(f"#{name}").fill(value)
    for name, value in KINDS.items():
        page.locator(f"#{name}").select_option(value)
    page.get_by_role("button", name="下書きに保存").click()
    expect(page.locator(".line-card > *").first).to_be_visible()
    page.screenshot(path=IMAGES / "automatic-template.png", full_page=True)


def _rule(page: Page) -> None:
    page.goto("/staff/rules/collection")
    page.get_by_role("button", name="コンテンツパックの表に入れ替える").click()
    page.goto("/staff/rules/new")
    page.locator("#title").fill("ごみの日の前の晩")
    page.locator("#topic").select_option("garbage")
    page.get_by_label("ごみ・資源の収集日にあわせて").check()
    page.locator("#text_ja").fill("あすの収集です。{by}までに出してください。\n{collected}")
    page.get_by_role("button", name="下書きに保存して、30日の予定を見る").click()
    expect(page.get_by_role("heading", name="これから30日の予定")).to_be_visible()
    page.screenshot(path=IMAGES / "automatic-rule.png", full_page=True)


def _signed_in(browser: Browser, base: str, console: Console) -> Page:
    context = browser.new_context(base_url=base, viewport=WINDOW, locale="ja-JP")  # type: ignore[arg-type]
    person = add_person(console, Role.NOTICES, Role.SYSTEM, department="ごみ減量推進課")
    context.add_cookies([{"name": console.cookies.session, "value": token_for(console, person), "url": base}])
    return context.new_page()
