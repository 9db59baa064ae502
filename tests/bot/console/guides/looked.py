"""The guide pages and their states that axe, large letters and the keyboard are tried on."""

import uuid

from playwright.sync_api import Page

from knowledge.models import Role
from tests.bot.console.looked import Looked

EDITOR = (Role.EDITOR,)
GUIDE = "/guides/inkan-toroku"


def _search(page: Page) -> None:
    page.locator("#text").fill("引っ越してきた")
    page.get_by_role("button", name="さがす").click()
    page.get_by_role("heading", name="で見つかる案内").wait_for()


def _mistakes(page: Page) -> None:
    page.locator("#title").fill(" ")
    page.locator("[data-add=fees]").click()
    page.locator("input[name$='.yen']").last.fill("たかい")
    page.get_by_role("button", name="確認に出す").click()
    page.get_by_role("alert").wait_for()


def _saved(page: Page) -> None:
    page.locator("#answer").fill(f"書きかえた答えです。{uuid.uuid4().hex}")
    page.get_by_role("button", name="下書きに保存").click()
    page.locator(".done").wait_for()


def _tried(page: Page) -> None:
    page.locator("#text").fill("印鑑を登録したい")
    page.get_by_role("button", name="試す").click()
    page.locator(".bubble").first.wait_for()


GUIDES = [
    Looked("guides", "/guides?owner=", EDITOR),
    Looked("guides, found", "/guides", EDITOR, _search),
    Looked("guide", GUIDE, EDITOR),
    Looked("new guide", "/guides/new", EDITOR),
    Looked("guide, mistakes in its form", f"{GUIDE}/edit", EDITOR, _mistakes),
    Looked("draft", f"{GUIDE}/edit", EDITOR, _saved),
    Looked("question tried", GUIDE, EDITOR, _tried),
    Looked("version", f"{GUIDE}/versions/1", EDITOR),
    Looked("golden questions", f"{GUIDE}/golden", (Role.REVIEWER,)),
]
