"""The settings page in a real Chromium: axe, small and large windows, the keyboard, no script, no foreign address."""

from collections.abc import Iterator
from datetime import date

import pytest
from playwright.sync_api import Browser, Locator, Page, expect

from handlers.settings.wording import wording
from knowledge.certificate import Certificate, CertificateKind
from knowledge.changes import AddChild, BeOfAge, Disclose, LiveIn, QuietHours, Read, Rest, WantTopic
from knowledge.models import AgeBand, Topic
from knowledge.notice import Variant
from tests.bot.web.settings.phone import Phone
from tests.looks import assert_accessible

pytestmark = pytest.mark.browser
VIEWS = {"desk": (1100, 800, "light"), "phone": (320, 640, "light"), "night": (320, 640, "dark")}
FULL = (
    WantTopic(Topic.GARBAGE, wanted=True), WantTopic(Topic.EVENTS, wanted=False), LiveIn("ikebukurohoncho"),
    AddChild(date(2024, 5, 1)), AddChild(date(2019, 12, 1)), BeOfAge(AgeBand.FROM_18),
    Rest(QuietHours(21 * 60, 7 * 60)),
    Disclose(Certificate(CertificateKind.MENTAL, 2)),
)  # fmt: skip


@pytest.fixture(params=VIEWS)
def page(request: pytest.FixtureRequest, browser: Browser, address: str) -> Iterator[Page]:
    """A window of its own; on its way it never meets an error or a foreign address."""
    width, height, scheme = VIEWS[request.param]
    context = browser.new_context(
        viewport={"width": width, "height": height},
        color_scheme="dark" if scheme == "dark" else "light",
        locale="ja-JP",
    )
    page = context.new_page()
    troubles: list[str] = []
    page.on("console", lambda message: troubles.append(message.text) if "Content Security" in message.text else None)
    page.on("request", lambda sent: None if sent.url.startswith(address) else troubles.append(sent.url))
    yield page
    assert troubles == []
    context.close()


def _tab_to(page: Page, target: Locator) -> None:
    for _ in range(120):
        page.keyboard.press("Tab")
        if target.evaluate("each => each === document.activeElement"):
            assert target.evaluate("each => getComputedStyle(each).outlineStyle") != "none"
            return
    raise AssertionError(f"no way by keyboard to {target}")


def test_every_state_is_accessible(page: Page, address: str, phone: Phone) -> None:
    """Empty, full, saved, wrong, asked about deleting, gone: no rule of axe is broken, nothing scrolls sideways."""
    page.goto(address + phone.link())
    assert_accessible(page)
    phone.make(*FULL)
    page.goto(f"{address}/settings?done=saved")
    assert_accessible(page)
    page.locator("#quiet").get_by_role("combobox").last.select_option("21")
    page.locator("#quiet").get_by_role("button", name="保存する").click()
    expect(page.locator("#problem")).to_contain_text("違う時刻")
    assert_accessible(page)
    page.goto(f"{address}/settings/erase")
    assert_accessible(page)
    page.goto(f"{address}/settings/open/nonsense-{'x' * 30}")
    page.goto(f"{address}/settings")
    page.get_by_role("button", name="設定を終える").click()
    assert_accessible(page)


@pytest.mark.parametrize("variant", [each for each in Variant if each != Variant.JA])
def test_every_language_is_accessible_and_large(browser: Browser, address: str, phone: Phone, variant: Variant) -> None:
    """In each way of reading, at 400 % of 1280 by 1024 pixels: one column, and no rule of axe broken."""
    phone.make(*FULL, Read(variant))
    context = browser.new_context(viewport={"width": 320, "height": 256}, device_scale_factor=4)
    page = context.new_page()
    page.goto(address + phone.link())
    expect(page.locator("h1")).to_have_text(wording(variant).title)
    assert_accessible(page)
    assert page.evaluate("document.documentElement.scrollWidth") == 320
    context.close()


def test_targets_are_large_enough(page: Page, address: str, phone: Phone) -> None:
    """Whatever can be pressed is at least 44 pixels high, with its label where it has one."""
    phone.make(*FULL)
    page.goto(address + phone.link())
    heights = page.eval_on_selector_all(
        "button, main a, select, .ticks label",
        "all => all.map(each => [each.textContent.trim().slice(0, 20), each.getBoundingClientRect().height])",
    )
    assert [(name, height) for name, height in heights if height < 44] == []


def test_the_keyboard_alone_is_enough(page: Page, address: str, phone: Phone) -> None:
    """Choose a topic and a town, take one back, delete everything: with Tab, Space, letters and Enter."""
    page.goto(address + phone.link())
    topic = page.get_by_role("checkbox", name="子育て")
    _tab_to(page, topic)
    page.keyboard.press("Space")
    _tab_to(page, page.locator("#topics").get_by_role("button", name="保存する"))
    page.keyboard.press("Enter")
    expect(page.get_by_role("status")).to_contain_text("保存しました")
    expect(page.locator("h1")).to_be_focused()
    assert phone.choices.wanted == {Topic.CHILDREN}
    _tab_to(page, page.get_by_role("button", name="もとに戻す"))
    page.keyboard.press("Enter")
    expect(topic).not_to_be_checked()
    _tab_to(page, page.locator("#mine").get_by_role("link", name="すべて消す"))
    page.keyboard.press("Enter")
    _tab_to(page, page.get_by_role("button", name="すべて消す"))
    page.keyboard.press("Enter")
    expect(page.locator("h1")).to_have_text("すべて消しました")


def test_the_token_does_not_stay_in_the_address(page: Page, address: str, phone: Phone) -> None:
    """Neither in the window's address nor in its history, nor in what the page hands on."""
    link = phone.link()
    token = link.rpartition("/")[2]
    page.goto(address + link)
    assert page.url == f"{address}/settings"
    assert token not in page.content()
    assert page.evaluate("document.referrer") == ""
    assert page.evaluate("document.cookie") == ""


def test_without_script_everything_works(browser: Browser, address: str, phone: Phone) -> None:
    """Choose, save, correct a mistake and delete with JavaScript switched off."""
    context = browser.new_context(java_script_enabled=False, locale="ja-JP")
    page = context.new_page()
    page.goto(address + phone.link())
    page.locator("#area select").select_option(label="巣鴨")
    page.locator("#area").get_by_role("button", name="保存する").click()
    page.locator("#year").select_option("2024")
    page.locator("#children").get_by_role("button", name="加える").click()
    expect(page.locator("#problem")).to_contain_text("年と月の両方")
    page.locator("#month").select_option("5")
    page.locator("#children").get_by_role("button", name="加える").click()
    expect(page.locator("#children .kept")).to_contain_text("2024年5月")
    page.get_by_role("button", name="消す 2024年5月").click()
    expect(page.get_by_role("status")).to_contain_text("保存しました")
    assert (phone.choices.area, phone.choices.children) == ("巣鴨", ())
    context.close()


def test_what_is_wrong_is_told_with_the_field(page: Page, address: str, phone: Phone) -> None:
    """The field's description holds the reason it is asked and what is wrong; the summary leads to it."""
    page.goto(address + phone.link())
    page.locator("#year").select_option("2024")
    page.locator("#children").get_by_role("button", name="加える").click()
    described = page.locator("#year").evaluate(
        "each => each.getAttribute('aria-describedby').split(' ').map(id => document.getElementById(id).textContent)"
    )
    assert "月だけを保存します" in described[0]
    assert "年と月の両方" in described[1]
    page.get_by_role("alert").get_by_role("link").click()
    expect(page.locator("#children")).to_be_in_viewport()
