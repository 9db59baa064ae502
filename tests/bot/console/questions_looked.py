"""The pages of work on questions and of the figures, with and without anything on them."""

from playwright.sync_api import Page

from knowledge.models import Role
from tests.bot.console.looked import Looked

_CLERK = (Role.SYSTEM,)


def _first_group(page: Page) -> None:
    page.locator(".groups .asked a").first.click()


def _without_a_reason(page: Page) -> None:
    _first_group(page)
    page.get_by_role("button", name="対応しないことにする", exact=True).click()


QUESTIONS = [
    Looked("home with work", "/?all=1", _CLERK),
    Looked("questions", "/questions?all=1", _CLERK),
    Looked("questions, none", "/questions?show=dismissed", _CLERK),
    Looked("a group of questions", "/questions?all=1", _CLERK, _first_group),
    Looked("a group, refused", "/questions?all=1", _CLERK, _without_a_reason),
    Looked("numbers", "/numbers", (Role.AUDITOR,)),
    Looked("numbers, none", "/numbers?since=2020-01-01&until=2020-01-31", (Role.AUDITOR,)),
    Looked("numbers, refused", "/numbers?since=2026-02-01&until=2026-01-01", (Role.AUDITOR,)),
]
