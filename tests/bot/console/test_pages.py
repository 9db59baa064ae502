"""Every page and state in a real Chromium: the rules of axe, small and large windows, the keyboard."""

import pytest
from axe_playwright_python.sync_playwright import Axe
from playwright.sync_api import Page

from tests.bot.console.conftest import OpenPage
from tests.bot.console.looked import Looked
from tests.bot.console.pages import PAGES

pytestmark = pytest.mark.browser
REACHABLE = "a[href], button:not([disabled]), input:not([type=hidden], [disabled]), select, textarea, summary"
# Chromium reaches a group of radio buttons as one stop, and what a closed <details> hides not at all.
NEVER_REACHED = """selector => {
    const reached = window.reached;
    return [...document.querySelectorAll(selector)].filter(each => !reached.has(each) && each.checkVisibility() && !(
        each.type === "radio" && [...reached].some(other => other.name === each.name))).map(each => each.outerHTML);
}"""


def _look(open_page: OpenPage, looked: Looked, width: int, height: int, **options: object) -> Page:
    page = open_page(*looked.roles, path=looked.path, viewport={"width": width, "height": height}, **options)
    if looked.steps:
        looked.steps(page)
        page.wait_for_load_state("networkidle")
    return page


def _assert_sound(page: Page) -> None:
    found = Axe().run(page, options={"resultTypes": ["violations"]})
    assert found.violations_count == 0, found.generate_report()
    wide = "document.documentElement.scrollWidth - document.documentElement.clientWidth"
    assert page.evaluate(wide) <= 0


def _assert_reachable(page: Page) -> None:
    """Tab comes to whatever can be used, and each stop shows where it is."""
    # From the top, also where a field has the focus when the page opens.
    page.evaluate(
        """() => { window.reached = new Set(); document.body.tabIndex = -1; document.body.focus();
        document.body.removeAttribute("tabindex"); }"""
    )
    for _ in range(400):
        page.keyboard.press("Tab")
        seen = page.evaluate(
            """() => { const at = document.activeElement, again = window.reached.has(at) && at !== window.last;
            window.reached.add(at); window.last = at;
            return [again || at === document.body, getComputedStyle(at).outlineStyle]; }"""
        )
        if seen[0]:
            break
        assert seen[1] != "none", page.evaluate("document.activeElement.outerHTML")
    assert page.evaluate(NEVER_REACHED, REACHABLE) == []


@pytest.mark.parametrize("looked", PAGES, ids=lambda looked: looked.name)
def test_a_page_is_accessible(open_page: OpenPage, looked: Looked) -> None:
    """In a wide window it breaks no rule of axe, never scrolls sideways, and the keyboard alone is enough."""
    page = _look(open_page, looked, 1280, 900)
    _assert_sound(page)
    _assert_reachable(page)


@pytest.mark.parametrize("looked", PAGES, ids=lambda looked: looked.name)
def test_a_page_is_accessible_four_times_larger_and_at_night(open_page: OpenPage, looked: Looked) -> None:
    """Nor at 400 % of 1280 by 1024 pixels, which is 320 by 256, in dark colours."""
    _assert_sound(_look(open_page, looked, 320, 256, color_scheme="dark"))
