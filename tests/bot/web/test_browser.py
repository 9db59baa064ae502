"""The web page in a real Chromium: keyboard, screen reader rules, no script, small windows."""

import re
from collections.abc import Iterator

import pytest
from playwright.sync_api import Browser, Locator, Page, expect

from tests.looks import assert_accessible

pytestmark = pytest.mark.browser
QUESTIONS = {
    "card": "転入届はいつまで？",
    "life event": "引っ越してきたけど何すればいい？",
    "fact": "児童手当はいくら？",
    "clarify": "いくら？",
    "not found": "むかしむかしあるところに",
    "crisis": "死にたい",
    "plan": "豊島区DX推進計画の基本理念は？",
    "foreign": "When do I have to register my move to Toshima?",
    "empty": "",
    "masked": "電話は090-1234-5678です 児童手当",
}
VIEWS = {"desk": (1100, 800, "light"), "phone": (320, 640, "light"), "night": (320, 640, "dark")}


@pytest.fixture(params=VIEWS)
def page(request: pytest.FixtureRequest, browser: Browser, address: str) -> Iterator[Page]:
    """A page at the start in a window of its own; on its way it never meets an error or a foreign address."""
    width, height, scheme = VIEWS[request.param]
    context = browser.new_context(
        viewport={"width": width, "height": height}, color_scheme="dark" if scheme == "dark" else "light"
    )
    page = context.new_page()
    troubles: list[str] = []
    page.on("console", lambda message: troubles.append(message.text) if "Content Security" in message.text else None)
    page.on("request", lambda sent: None if sent.url.startswith(address) else troubles.append(sent.url))
    page.goto(address)
    yield page
    assert troubles == []
    context.close()


def _say(page: Page, question: str) -> None:
    page.locator("#question").fill(question)
    with page.expect_navigation():
        page.get_by_role("button", name="聞く", exact=True).click()


def test_the_start_is_accessible(page: Page) -> None:
    """The start page breaks no rule of axe and never scrolls sideways."""
    assert_accessible(page)


@pytest.mark.parametrize("question", QUESTIONS.values(), ids=QUESTIONS.keys())
def test_answers_are_accessible(page: Page, question: str) -> None:
    """So does every kind of answer."""
    _say(page, question)
    assert_accessible(page)


@pytest.mark.parametrize("path", ["/citation", "/nowhere", "/static/none"])
def test_citations_and_errors_are_accessible(page: Page, address: str, path: str) -> None:
    """So do a cited passage and the pages for errors."""
    page.goto(address + path)
    assert_accessible(page)


def test_targets_are_large_enough(page: Page) -> None:
    """Whatever can be pressed on its own is at least 44 pixels high."""
    _say(page, QUESTIONS["life event"])
    heights = page.eval_on_selector_all(
        "button, a:not(.skip), input:not([type=hidden])",
        "all => all.map(each => [each.textContent.trim(), each.getBoundingClientRect().height])",
    )
    assert [(name, height) for name, height in heights if height < 44] == []


def _tab_to(page: Page, target: Locator) -> None:
    for _ in range(120):
        page.keyboard.press("Tab")
        if target.evaluate("each => each === document.activeElement"):
            assert target.evaluate("each => getComputedStyle(each).outlineStyle") != "none"
            return
    raise AssertionError(f"no way by keyboard to {target}")


def test_the_keyboard_alone_is_enough(page: Page) -> None:
    """Skip to the content, ask, follow up, say that it helped: with Tab, letters and Enter."""
    page.keyboard.press("Tab")
    expect(page.locator(".skip")).to_be_in_viewport()
    page.keyboard.press("Enter")
    _tab_to(page, page.locator("#question"))
    page.keyboard.type("転入届はいつまで？")
    page.keyboard.press("Enter")
    expect(page.locator(".card h2").first).to_contain_text("転入届")
    expect(page.locator("h1")).to_be_focused()
    _tab_to(page, page.locator("#question"))
    page.keyboard.type("何が必要？")
    page.keyboard.press("Enter")
    expect(page.locator(".short")).to_contain_text("本人確認書類")
    _tab_to(page, page.get_by_role("button", name="解決した"))
    page.keyboard.press("Enter")
    expect(page.locator("main")).to_contain_text("お役に立ててよかったです")
    assert page.url.endswith("/act")


def test_a_mistake_takes_the_focus_to_the_field(page: Page) -> None:
    """After an empty question the field has the focus and its description says what is wrong."""
    page.keyboard.press("Tab")
    _say(page, "")
    expect(page.locator("#question")).to_be_focused()
    expect(page.locator("#question")).to_have_accessible_description(re.compile("聞きたいことが書かれていません"))


def test_without_script_everything_works(browser: Browser, address: str) -> None:
    """With JavaScript switched off one can ask, press and ask on."""
    context = browser.new_context(java_script_enabled=False)
    page = context.new_page()
    page.goto(address)
    page.get_by_role("button", name="子育て").click()
    page.get_by_role("button", name="児童手当").first.click()
    expect(page.locator(".card h2").first).to_contain_text("児童手当")
    page.locator("#question").fill("どこ？")
    page.locator("#question").press("Enter")
    expect(page.locator(".short")).to_contain_text("電話")
    context.close()


@pytest.mark.parametrize("question", QUESTIONS.values(), ids=QUESTIONS.keys())
def test_four_times_larger_needs_no_sideways_scrolling(browser: Browser, address: str, question: str) -> None:
    """At 400 % of 1280 by 1024 pixels, which is 320 by 256, everything is in one column."""
    context = browser.new_context(viewport={"width": 320, "height": 256}, device_scale_factor=4)
    page = context.new_page()
    page.goto(address)
    _say(page, question)
    assert page.evaluate("document.documentElement.scrollWidth") == 320
    context.close()


def test_print_keeps_the_answer_and_drops_what_is_pressed(browser: Browser, address: str) -> None:
    """A printed answer holds facts and source with its address, and no field or button to press."""
    context = browser.new_context()
    page = context.new_page()
    page.goto(address)
    _say(page, QUESTIONS["card"])
    page.emulate_media(media="print")
    expect(page.locator("dl").first).to_be_visible()
    expect(page.locator("#question")).to_be_hidden()
    expect(page.get_by_role("button", name="解決した")).to_be_hidden()
    assert "https://" in page.locator(".source a").first.evaluate("each => getComputedStyle(each, '::after').content")
    context.close()
