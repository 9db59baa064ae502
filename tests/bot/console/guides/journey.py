"""A new clerk's path: a question nobody could answer is mended, reviewed by a second person, and answered.

The browser test walks it and counts the clicks; `make screenshots` walks it for the pictures of the manual.
"""

import re
from collections.abc import Callable
from dataclasses import dataclass

from playwright.sync_api import Locator, Page, expect

QUESTION = "車屋に判の紙を持ってこいと言われた"
Look = Callable[[Page, str], object]
"""Called with a page and the picture's name wherever there is something to see."""


@dataclass
class Hand:
    """Counts what is clicked."""

    clicks: int = 0

    def click(self, what: Locator) -> None:
        """One click."""
        self.clicks += 1
        what.click()


def walk(editor: Page, reviewer: Page, resident: Page, look: Look) -> int:
    """Walk the whole path from the editor's home page on, and give the number of clicks of all three."""
    hand = Hand()
    _mend(hand, editor, look)
    _review(hand, reviewer, look)
    resident.locator("#question").fill(QUESTION)
    hand.click(resident.get_by_role("button", name="聞く"))
    expect(resident.locator("h1")).to_have_text("こたえ")
    look(resident, "answered")
    return hand.clicks


def _mend(hand: Hand, page: Page, look: Look) -> None:
    page.goto("/staff/")
    look(page, "home")
    hand.click(page.get_by_role("link", name=QUESTION))
    look(page, "question")
    hand.click(page.get_by_role("link", name="を直す").first)
    expect(page.locator(".bubble")).to_be_visible()
    look(page, "form")
    hand.click(page.get_by_role("button", name="この言い方を足す"))
    expect(page.locator("#aliases")).to_have_value(re.compile(rf"\n{QUESTION}$"))
    page.locator("#reason").fill("住民が使った言い方を足しました。")
    look(page, "reason")
    hand.click(page.get_by_role("button", name="確認に出す"))
    expect(page.locator(".done")).to_contain_text("確認に出しました")
    look(page, "submitted")


def _review(hand: Hand, page: Page, look: Look) -> None:
    page.goto("/staff/")
    look(page, "waiting")
    hand.click(page.locator("a[href^='/staff/guides/drafts/']").first)
    expect(page.locator(".changes")).to_contain_text(QUESTION)
    look(page, "review")
    hand.click(page.get_by_role("button", name="承認して公開する"))
    expect(page.locator(".done")).to_contain_text("公開しました")
    expect(page.locator("main")).to_contain_text("から、この内容で答えています")
    look(page, "published")
