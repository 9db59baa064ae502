"""Every page and state of the console that a browser test looks at; each area adds its own.

A state that takes steps is reached by `steps`, which gets the page at `path`.
"""

import time

from playwright.sync_api import Page

from knowledge.models import Role
from tests.bot.console.guides.looked import GUIDES
from tests.bot.console.looked import Looked, Steps
from tests.bot.console.questions_looked import QUESTIONS
from tests.bot.console.sources.looked import SOURCES


def _press(name: str) -> Steps:
    return lambda page: page.get_by_role("button", name=name, exact=True).click()


def _wrong_password(page: Page) -> None:
    page.locator("#login").fill("nobody")
    page.locator("#password").fill("wrong")
    _press("次へ")(page)


def _new_person(page: Page) -> None:
    page.locator("#login").fill(f"new{time.monotonic_ns()}")
    page.locator("#name").fill("新人 はじめ")
    page.get_by_label("監査担当").check()
    _press("登録する")(page)


FRAME = [
    Looked("home", "/", (Role.EDITOR,)),
    Looked("sign in", "/sign-in"),
    Looked("wrong password", "/sign-in", steps=_wrong_password),
    Looked("no such page", "/nowhere", (Role.EDITOR,)),
    Looked("not allowed", "/people", (Role.EDITOR,)),
    Looked("account", "/account", (Role.EDITOR, Role.REVIEWER)),
    Looked("people", "/people", (Role.SYSTEM,)),
    Looked("new person", "/people/new", (Role.SYSTEM,)),
    Looked("new person, refused", "/people/new", (Role.SYSTEM,), _press("登録する")),
    Looked("new person, registered", "/people/new", (Role.SYSTEM,), _new_person),
    Looked("person", "/people", (Role.SYSTEM,), lambda page: page.locator("tbody th a").last.click()),
    Looked("audit log", "/audit", (Role.AUDITOR,)),
    Looked("audit log, verified", "/audit", (Role.AUDITOR,), _press("すべての記録を検証する")),
    Looked("audit log, nothing found", "/audit?person=いない人", (Role.AUDITOR,)),
]
PAGES: list[Looked] = [*FRAME, *QUESTIONS, *GUIDES, *SOURCES]
