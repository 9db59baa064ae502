"""What every page must be, looked at in a real Chromium: sound by the rules of axe, and within the keyboard's reach."""

from axe_playwright_python.sync_playwright import Axe
from playwright.sync_api import Page

_REACHABLE = "a[href], button:not([disabled]), input:not([type=hidden], [disabled]), select, textarea, summary"
# Chromium reaches a group of radio buttons as one stop, and what a closed <details> hides not at all.
_NEVER_REACHED = """selector => {
    const reached = window.reached;
    return [...document.querySelectorAll(selector)].filter(each => !reached.has(each) && each.checkVisibility() && !(
        each.type === "radio" && [...reached].some(other => other.name === each.name))).map(each => each.outerHTML);
}"""


def assert_accessible(page: Page) -> None:
    """No rule of axe is broken, and nothing makes the page scroll sideways."""
    # A page has elements before it has its style sheet, and colours only after.
    page.wait_for_load_state("load")
    found = Axe().run(page, options={"resultTypes": ["violations"]})
    assert found.violations_count == 0, f"{page.url}\n{found.generate_report()}"
    assert page.evaluate("document.documentElement.scrollWidth <= document.documentElement.clientWidth"), page.url


def assert_reachable(page: Page) -> None:
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
    assert page.evaluate(_NEVER_REACHED, _REACHABLE) == []
