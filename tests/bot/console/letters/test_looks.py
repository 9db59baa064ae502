"""The pages of templates, ward systems and rules in a real Chromium: the rules of axe, large letters at night."""

import pytest
from playwright.sync_api import Page, expect

from knowledge.models import Role
from tests.bot.console.conftest import OpenPage
from tests.bot.console.letters.test_templates import WRITTEN
from tests.looks import assert_accessible, assert_reachable

pytestmark = pytest.mark.browser
EVERYTHING = (Role.NOTICES, Role.APPROVER, Role.SYSTEM)
SIZES = [(1280, 900, "light"), (320, 256, "dark")]


def _press(page: Page, name: str) -> None:
    page.get_by_role("button", name=name, exact=True).click()


def _write_template(page: Page, slug: str) -> None:
    for name, value in (WRITTEN | {"slug": slug}).items():
        field = page.locator(f"#{name}")
        if name.startswith("place_kind"):
            field.select_option(value)
        elif name == "keeps_quiet":
            field.check()
        elif name.endswith("_en"):
            page.locator("summary", has_text="英語").click() if not field.is_visible() else None
            field.fill(value)
        else:
            field.fill(value)
    _press(page, "下書きに保存")


@pytest.mark.parametrize("size", SIZES, ids=["wide", "four times larger, at night"])
def test_templates_and_systems_are_accessible(open_page: OpenPage, size: tuple[int, int, str]) -> None:
    """The empty lists, the form with mistakes, a template, its review, a key that is shown."""
    width, height, scheme = size
    looks = {"viewport": {"width": width, "height": height}, "color_scheme": scheme}
    page = open_page(*EVERYTHING, path="/templates/new", **looks)
    _press(page, "下書きに保存")
    expect(page.locator("#problems")).to_be_visible()
    assert_accessible(page)
    _write_template(page, f"kekka-{width}")
    expect(page.locator(".line-card > *").first).to_be_visible()
    assert_accessible(page)
    assert_reachable(page)
    _press(page, "承認を頼む")
    assert_accessible(page)
    page.goto("/staff/systems")
    page.locator("#name").fill("児童手当システム")
    _press(page, "登録してキーを作る")
    expect(page.locator(".secret")).to_be_visible()
    assert_accessible(page)
    assert_reachable(page)
    page.goto("/staff/templates")
    assert_accessible(page)


@pytest.mark.parametrize("size", SIZES, ids=["wide", "four times larger, at night"])
def test_rules_are_accessible(open_page: OpenPage, size: tuple[int, int, str]) -> None:
    """The table from the pack, the home, the list, the form with mistakes, a rule with its thirty days, its review."""
    width, height, scheme = size
    looks = {"viewport": {"width": width, "height": height}, "color_scheme": scheme}
    page = open_page(*EVERYTHING, path="/rules/collection", **looks)
    _press(page, "コンテンツパックの表に入れ替える")
    expect(page.get_by_text("収集日の表を入れ替えました")).to_be_visible()
    assert_accessible(page)
    page.goto("/staff/")
    expect(page.get_by_role("heading", name="収集日の表の期限")).to_be_visible()
    assert_accessible(page)
    page.goto("/staff/rules")
    assert_accessible(page)
    page.goto("/staff/rules/new")
    _press(page, "下書きに保存して、30日の予定を見る")
    expect(page.locator("#problems")).to_be_visible()
    assert_accessible(page)
    assert_reachable(page)
    page.locator("#title").fill("ごみの日の前の晩")
    page.locator("#topic").select_option("garbage")
    page.get_by_label("ごみ・資源の収集日にあわせて").check()
    page.locator("#text_ja").fill("あすの収集です。{by}までに出してください。\n{collected}")
    _press(page, "下書きに保存して、30日の予定を見る")
    expect(page.get_by_role("heading", name="これから30日の予定")).to_be_visible()
    assert_accessible(page)
    _press(page, "承認を頼む")
    assert_accessible(page)
    assert_reachable(page)
    page.goto("/staff/rules")
    assert_accessible(page)
