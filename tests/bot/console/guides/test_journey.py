"""A new clerk's path in a real browser, with every page on it looked at."""

from datetime import timedelta

import pytest
from playwright.sync_api import Browser

from bot.console.frame import Console
from handlers.reply import Outcome
from knowledge.models import QuestionGroup, Role
from tests.bot.console.asking import ask, group_of, settle
from tests.bot.console.conftest import OpenPage
from tests.bot.console.guides.journey import QUESTION, walk
from tests.looks import assert_accessible

pytestmark = pytest.mark.browser
MOST_CLICKS = 12


def _asked_in_vain(console: Console) -> str:
    """The question has been asked, got no answer and is staff work; the department whose work it is."""
    reply = ask(console.pocket, QUESTION, console.clock() - timedelta(hours=2))
    assert reply.outcome != Outcome.ANSWERED
    settle(console.pocket, console.clock())
    with console.pocket.sessions() as session:
        department = session.get_one(QuestionGroup, group_of(console.pocket, reply)).department
    assert department
    return department


def test_from_a_question_in_vain_to_its_answer(
    served: tuple[str, Console], browser: Browser, open_page: OpenPage
) -> None:
    """Seven clicks of three people, where twelve are allowed; on no page on the way does axe find anything."""
    base, console = served
    department = _asked_in_vain(console)
    editor = open_page(Role.EDITOR, department=department)
    reviewer = open_page(Role.REVIEWER, department=department)
    context = browser.new_context(base_url=base)
    resident = context.new_page()
    resident.goto("/")
    clicks = walk(editor, reviewer, resident, lambda page, _: assert_accessible(page))
    assert clicks == 7 <= MOST_CLICKS
    context.close()
