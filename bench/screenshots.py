"""The pictures of docs/images and docs/staff, taken from the real pages: `make screenshots`.

The product is started on a fresh installation without LINE credentials; Chromium then asks the question of the README
in the phone of the simulator and on the web page.
"""

import sys
import tempfile
from pathlib import Path

from playwright.sync_api import Page, expect, sync_playwright

from bench.automatic_pictures import automatic_pages
from bench.disaster_pictures import disaster_pages
from bench.notice_pictures import notice_pages
from bench.question_pictures import question_pages
from bench.resident_pictures import settings_pages
from bench.serving import free_port, started
from bench.sign_in_pictures import way_in
from bench.staff_pictures import staff_pages
from bot.settings import Settings
from bot.setup import initialise
from indexer.encoding import silent
from tests.browser import CHROMIUM, QUIET

IMAGES = Path(__file__).parent.parent / "docs" / "images"
TO_THE_TOP = """line => {
    const talk = document.getElementById("talk");
    talk.scrollTop += line.getBoundingClientRect().top - talk.getBoundingClientRect().top - 12;
}"""
QUESTION = "引っ越してきたけど何すればいい？"


def phone(page: Page, base: str) -> None:
    """The question asked in the simulator's phone, and its answer."""
    page.goto(f"{base}/simulator/")
    lines = page.locator("#lines > li")
    expect(lines).to_have_count(1, timeout=60_000)
    expect(page.locator("#quick button").first).to_be_visible()
    expect(page.locator("#menu-toggle")).to_be_visible(timeout=60_000)
    if page.locator("#menu").is_visible():
        page.locator("#menu-toggle").click()
    page.locator("#words").fill(QUESTION)
    page.locator("#send").click()
    expect(lines.nth(2)).to_be_visible(timeout=60_000)
    lines.nth(1).evaluate(TO_THE_TOP)
    page.locator("#talk").locator("xpath=..").screenshot(path=IMAGES / "answer.png")


def web_page(page: Page, base: str) -> None:
    """The same question on the web page."""
    page.goto(base)
    page.locator("[name=question]").fill(QUESTION)
    page.locator("[name=question]").press("Enter")
    page.get_by_text(QUESTION).first.wait_for()
    page.screenshot(path=IMAGES / "web-answer.png")


def main() -> None:
    """Take all pictures."""
    IMAGES.mkdir(parents=True, exist_ok=True)
    base = f"http://127.0.0.1:{(port := free_port())}"
    command = [str(Path(sys.executable).parent / "pocket"), "serve", "--port", str(port)]
    with tempfile.TemporaryDirectory() as data_dir, sync_playwright() as playwright:
        settings = Settings(data_dir=Path(data_dir))
        initialise(settings, silent, silent)
        unset = {"LINE_CHANNEL_SECRET": "", "LINE_CHANNEL_ACCESS_TOKEN": ""}
        with started(command, {"POCKET_DATA_DIR": data_dir, **unset}, f"{base}/readyz"):
            browser = playwright.chromium.launch(executable_path=CHROMIUM, args=list(QUIET))
            page = browser.new_page(viewport={"width": 900, "height": 860}, device_scale_factor=2, locale="ja-JP")
            phone(page, base)
            web_page(page, base)
            settings_pages(page, base)
            way_in(page, base)
            staff_pages(browser, base, settings)
            notice_pages(browser, base, settings)
            automatic_pages(browser, base, settings)
            disaster_pages(browser, base, settings)
            question_pages(browser, base, settings)
            browser.close()


if __name__ == "__main__":
    main()
