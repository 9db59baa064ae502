"""Every page and state in a real Chromium: the rules of axe, small and large windows, the keyboard."""

import pytest
from playwright.sync_api import Page

from tests.bot.console.conftest import OpenPage
from tests.bot.console.looked import Looked
from tests.bot.console.pages import PAGES
from tests.looks import assert_accessible, assert_reachable

pytestmark = pytest.mark.browser


def _look(open_page: OpenPage, looked: Looked, width: int, height: int, **options: object) -> Page:
    page = open_page(*looked.roles, path=looked.path, viewport={"width": width, "height": height}, **options)
    if looked.steps:
        looked.steps(page)
        page.wait_for_load_state("networkidle")
    return page


@pytest.mark.parametrize("looked", PAGES, ids=lambda looked: looked.name)
def test_a_page_is_accessible(open_page: OpenPage, looked: Looked) -> None:
    """In a wide window it breaks no rule of axe, never scrolls sideways, and the keyboard alone is enough."""
    page = _look(open_page, looked, 1280, 900)
    assert_accessible(page)
    assert_reachable(page)


@pytest.mark.parametrize("looked", PAGES, ids=lambda looked: looked.name)
def test_a_page_is_accessible_four_times_larger_and_at_night(open_page: OpenPage, looked: Looked) -> None:
    """Nor at 400 % of 1280 by 1024 pixels, which is 320 by 256, in dark colours."""
    assert_accessible(_look(open_page, looked, 320, 256, color_scheme="dark"))
