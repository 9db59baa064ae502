"""The pages of disaster mode in a real Chromium: the night walked through, and the rules of axe at every step."""

import pytest
from playwright.sync_api import Page, expect

from knowledge.models import Role
from tests.bot.console.conftest import OpenPage
from tests.bot.console.disaster.journey import walk
from tests.looks import assert_accessible, assert_reachable

pytestmark = pytest.mark.browser
SIZES = pytest.mark.parametrize(
    "size", [(1280, 900, "light"), (320, 256, "dark")], ids=["wide", "four times larger, at night"]
)
Size = tuple[int, int, str]


def _open(open_page: OpenPage, role: Role, size: Size, path: str = "/disaster") -> Page:
    width, height, scheme = size
    return open_page(role, path=path, viewport={"width": width, "height": height}, color_scheme=scheme)


@SIZES
def test_the_whole_night_is_accessible(open_page: OpenPage, size: Size) -> None:
    """Asked, confirmed, announced, recorded, ended: no rule of axe is broken and nothing scrolls sideways."""
    officer, approver = (_open(open_page, role, size) for role in (Role.NOTICES, Role.APPROVER))

    def look(page: Page, _: str) -> None:
        page.wait_for_load_state("networkidle")
        assert_accessible(page)

    walk(officer, approver, look)


@SIZES
@pytest.mark.parametrize(
    "path", ["/disaster?world=drill", "/disaster/announce?world=drill", "/disaster/shelters?world=drill"]
)
def test_the_drills_pages_are_accessible(open_page: OpenPage, path: str, size: Size) -> None:
    """They look different, and are as easy to use."""
    page = _open(open_page, Role.NOTICES, size, path)
    expect(page.get_by_text("訓練の画面です")).to_be_visible()
    assert_accessible(page)


def test_what_is_missing_is_said_at_its_field_and_the_keyboard_is_enough(open_page: OpenPage) -> None:
    """A switch without a cause and an empty announcement come back with their mistakes; everything can be reached."""
    page = _open(open_page, Role.NOTICES, (1280, 900, "light"))
    page.get_by_role("button", name="「災害モード」への切り替えを求める").click()
    expect(page.locator("#hazard-problem")).to_have_text("！何が起きているかを選んでください。")
    assert_accessible(page)
    page.goto("/staff/disaster/announce")
    page.get_by_role("button", name="下書きにする", exact=True).click()
    expect(page.get_by_text("警戒レベルと行動を選んでください。").first).to_be_visible()
    assert_accessible(page)
    assert_reachable(page)
