"""Texts that try to become script, in each text field of a guide and in residents' questions: none runs."""

from collections.abc import Iterator

import pytest
from playwright.sync_api import Page

from bot.console.frame import Console
from bot.console.guides.columns import EVERY_FACT, NAMES
from bot.console.guides.form import GuideForm
from handlers.conversation import Channel
from handlers.reply import Outcome
from knowledge import drafts, golden, versions
from knowledge.clerk import Clerk
from knowledge.golden import Answer
from knowledge.guide import Guide
from knowledge.models import Question, Role
from knowledge.versions import Edition
from tests.bot.console.conftest import OpenPage
from tests.bot.console.guides.test_form import FORM
from tests.bot.console.hostile import PAYLOADS, SAMPLE, unfold, watched

pytestmark = pytest.mark.browser
SINGLE = ("title", "category", "answer", "audience", "agent.text", "source.title", "source.scope_note", *NAMES)
COLUMNS = {"text", "case", "note", "name", "when", "needs", "days", "copied"}


def _filled(number: int, payload: str) -> Guide:
    """A guide that says the payload wherever it can."""
    form = FORM.with_row("fees", {"case": "x", "yen": "1", "kind": "fee", "note": "x"})
    form = form.with_row("extra_sources", {"url": "https://a.jp/", "note": "x", "copied": "x", "scope": "toshima"})
    fields = {
        key: payload if key in SINGLE or key.rpartition(".")[2] in COLUMNS - set(EVERY_FACT) else value
        for key, value in form.fields().items()
    }
    aliases = "\n".join(f"{payload} {each}" for each in range(3))
    return GuideForm.posted({**fields, "aliases": aliases, "id": f"hostile-{number}"}.items()).guide()


def _kept(console: Console, number: int, payload: str) -> str:
    """A public guide, a draft of it, a question and a golden question, all of the payload; the draft's id."""
    guide, now = _filled(number, payload), console.clock()
    clerk = Clerk(1, "x", guide.owner, edits=True, reviews=True)
    with console.pocket.sessions.begin() as session:
        versions.publish(session, guide, Edition(reason=payload), 0, now)
        changed = guide.model_copy(update={"answer": f"{payload}{payload}", "items": ()})
        draft = drafts.create(session, changed, 1, clerk, now)
        drafts.submit(session, draft.id, 1, payload, clerk, now)
        golden.keep(session, f"{payload} {number}", Answer(Outcome.ANSWERED, guide.id), clerk, now)
        asked = {"channel": Channel.WEB, "lang": "ja", "outcome": Outcome.ANSWERED, "candidates": [], "trace": {}}
        wrong = {"guide_id": guide.id, "snapshot": "", "asked_at": now, "feedback": "wrong"}
        session.add(Question(id=f"q{number}", text=payload, **asked, **wrong))
        return draft.id


def _opened(page: Page, number: int, draft: str) -> Iterator[str]:
    """Every page that shows the guide, with everything unfolded."""
    for path in (
        f"hostile-{number}",
        f"hostile-{number}/edit?question=q{number}",
        f"drafts/{draft}",
        f"drafts/{draft}/edit",
        f"hostile-{number}/versions/1",
        f"hostile-{number}/golden",
    ):
        page.goto(f"/staff/guides/{path}")
        unfold(page)
        yield path
    page.goto("/staff/guides")
    yield "list"


def _none_runs(console: Console, open_page: OpenPage, payloads: list[str], first: int) -> None:
    page = open_page(Role.EDITOR, path="/guides")
    page.set_default_timeout(120_000)
    troubles = watched(page)
    for number, payload in enumerate(payloads, first):
        draft = _kept(console, number, payload)
        for path in _opened(page, number, draft):
            assert page.locator("main h1").count() == 1, (path, payload)
            assert troubles == [], (path, payload)
        page.goto(f"/staff/guides/hostile-{number}")
        page.locator("#text").fill(payload)
        page.get_by_role("button", name="試す").click()
        page.wait_for_load_state()
        assert troubles == [], ("try", payload)


def test_a_sample_of_hostile_texts_stays_text(served: tuple[str, Console], open_page: OpenPage) -> None:
    """Four of the three hundred, on each page that shows a guide."""
    _none_runs(served[1], open_page, SAMPLE, 0)


@pytest.mark.prove
def test_three_hundred_hostile_texts_stay_text(served: tuple[str, Console], open_page: OpenPage) -> None:
    """All of them."""
    assert len(PAYLOADS) == 300
    _none_runs(served[1], open_page, PAYLOADS, 1000)
