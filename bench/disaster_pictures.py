"""The pictures of docs/staff about disaster mode: the duty officer's night, taken as it is walked."""

from datetime import UTC, datetime
from pathlib import Path

from playwright.sync_api import Browser, Page, expect

from bot.console.frame import Console
from bot.settings import Settings
from bot.wiring import Pocket
from knowledge.audit import Actor
from knowledge.disaster import switch
from knowledge.models import Hazard, Mode, Role, World
from tests.bot.console.disaster.journey import walk
from tests.bot.console.people import add_person, token_for

IMAGES = Path(__file__).parent.parent / "docs" / "staff" / "images"
WINDOW = {"width": 1280, "height": 860}


def disaster_pages(browser: Browser, base: str, settings: Settings) -> None:
    """Walk the night on a served installation whose database these settings open; ordinary times before and after."""
    IMAGES.mkdir(parents=True, exist_ok=True)
    console = Console(Pocket.open(settings))
    walk(_page(browser, base, console, Role.NOTICES), _page(browser, base, console, Role.APPROVER), _picture)
    _phone(browser, base, console)
    console.pocket.engine.dispose()


def _phone(browser: Browser, base: str, console: Console) -> None:
    """What a resident sees."""
    one, other = (add_person(console, role) for role in (Role.NOTICES, Role.APPROVER))
    _turn(console, Mode.DISASTER, one, other)
    page = browser.new_page(base_url=base, viewport={"width": 420, "height": 860})
    page.goto("/simulator/")
    lines = page.locator("#lines > li")
    expect(lines).to_have_count(2, timeout=60_000)
    page.locator("#words").fill("東池袋4丁目 避難所")
    page.locator("#send").click()
    expect(lines.nth(3)).to_be_visible(timeout=60_000)
    page.wait_for_load_state("networkidle")
    page.locator("#talk").locator("xpath=..").screenshot(path=IMAGES / "disaster-phone.png")
    _turn(console, Mode.NORMAL, one, other)


def _turn(console: Console, mode: Mode, one: Actor, other: Actor) -> None:
    now = datetime.now(UTC)
    with console.pocket.sessions.begin() as session:
        request = switch.ask(session, World.LIVE, mode, Hazard.FLOOD, "", one, now)
        switch.confirm(session, request.id, other, now)


def _page(browser: Browser, base: str, console: Console, role: Role) -> Page:
    token = token_for(console, add_person(console, role, department="防災危機管理課"))
    context = browser.new_context(base_url=base, viewport=WINDOW)  # type: ignore[arg-type]
    context.add_cookies([{"name": console.cookies.session, "value": token, "url": base}])
    return context.new_page()


def _picture(page: Page, name: str) -> None:
    page.wait_for_load_state("networkidle")
    page.screenshot(path=IMAGES / f"disaster-{name}.png")
