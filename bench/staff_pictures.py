"""The pictures of docs/staff: a new clerk's path from a question in vain to its answer, taken as it is walked."""

from datetime import UTC, datetime, timedelta
from pathlib import Path

from playwright.sync_api import Browser, BrowserContext, Page

from bot.console.frame import Console
from bot.settings import Settings
from bot.wiring import Pocket
from knowledge.models import QuestionGroup, Role
from tests.bot.console.asking import ask, group_of, settle
from tests.bot.console.guides.journey import QUESTION, walk
from tests.bot.console.people import add_person, token_for

IMAGES = Path(__file__).parent.parent / "docs" / "staff" / "images"
WINDOW = {"width": 1280, "height": 860}


def _asked_in_vain(console: Console) -> str | None:
    now = datetime.now(UTC)
    reply = ask(console.pocket, QUESTION, now - timedelta(hours=2))
    settle(console.pocket, now)
    with console.pocket.sessions() as session:
        return session.get_one(QuestionGroup, group_of(console.pocket, reply)).department


def _signed_in(browser: Browser, base: str, console: Console, role: Role, department: str | None) -> BrowserContext:
    token = token_for(console, add_person(console, role, department=department))
    context = browser.new_context(base_url=base, viewport=WINDOW)  # type: ignore[arg-type]
    context.add_cookies([{"name": console.cookies.session, "value": token, "url": base}])
    return context


def _picture(page: Page, name: str) -> None:
    page.wait_for_load_state("networkidle")
    page.screenshot(path=IMAGES / f"guides-{name}.png")


def staff_pages(browser: Browser, base: str, settings: Settings) -> None:
    """Walk the path on a served installation whose database these settings open."""
    IMAGES.mkdir(parents=True, exist_ok=True)
    console = Console(Pocket.open(settings))
    department = _asked_in_vain(console)
    editor = _signed_in(browser, base, console, Role.EDITOR, department)
    reviewer = _signed_in(browser, base, console, Role.REVIEWER, department)
    resident = browser.new_context(base_url=base, viewport=WINDOW).new_page()  # type: ignore[arg-type]
    resident.goto("/")
    walk(editor.new_page(), reviewer.new_page(), resident, _picture)
    console.pocket.engine.dispose()
