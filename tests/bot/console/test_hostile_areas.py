"""Texts that try to become script, sent through the forms of each area and by residents: none runs on any page.

Guides have theirs in `guides/test_hostile.py`. A form here is the form's own post; a text that is too long for a field
is cut to what the field takes.
"""

import itertools
import re
from collections.abc import Callable, Iterator
from dataclasses import dataclass, replace

import pytest
from fastapi import FastAPI
from httpx2 import Response
from sqlalchemy import select

from bot.console.app import mount_console
from bot.console.frame import Console
from bot.web.app import mount_web
from knowledge.days import utc_now
from knowledge.models import MissedQuestion, Question, Role, StaffRow
from knowledge.passwords import Passwords
from tests.bot.console.asking import settle
from tests.bot.console.conftest import OpenPage
from tests.bot.console.hostile import PAYLOADS, SAMPLE, unfold, watched
from tests.bot.console.letters.test_templates import WRITTEN as TEMPLATE
from tests.bot.console.notices.writing import WRITTEN as NOTICE
from tests.bot.console.people import Clerk, add_person, clerk_of

pytestmark = pytest.mark.browser
Served = tuple[str, Console]
Paths = Iterator[str]
_NUMBERS = itertools.count(1)
_TAIL = re.compile(r"/staff(/[a-z-]+(?:/in-use|/submissions)?/[^/?#]+)")
RULE = {"department": "x", "topic": "garbage", "kind": "garbage", "when": "evening"}


@dataclass(frozen=True)
class Senders:
    """Two people who may use every form, and the console they use."""

    console: Console
    writer: Clerk
    other: Clerk


def _sent(answer: Response) -> str:
    """The page a form that was kept leads to, below /staff."""
    assert answer.status_code == 303, (answer.status_code, answer.text[-3000:])
    found = _TAIL.match(answer.headers["location"])
    return found[1] if found else ""


def _plain(payload: str) -> str:
    """Without braces, which are places to fill in where there are templates."""
    return payload.replace("{", "｛").replace("}", "｝")


def _line(payload: str) -> str:
    """What a name takes: one line of 80 characters, with something to see in it."""
    return "".join(filter(str.isprintable, payload))[:80].strip() or "x"


def people(senders: Senders, payload: str) -> Paths:
    """Name, department and the id of the office's own sign-in."""
    login = f"hostile{next(_NUMBERS)}"
    form = {"login": login, "name": payload[:100], "department": payload, "roles": ["editor"], "external": ""}
    assert senders.writer.post("/people", form).status_code == 200
    with senders.console.pocket.sessions() as session:
        person = session.scalars(select(StaffRow.id).where(StaffRow.login == login)).one()
    external = {"external": f"{payload}{login}"}
    senders.writer.post(f"/people/{person}", form | external)
    yield f"/people/{person}"


def notices(senders: Senders, payload: str) -> Paths:
    """Title, department, text, card, button; and the name of a tester."""
    texts = {"title": payload[:120], "department": payload, "text_ja": payload, "card_title": payload[:60]}
    buttons = {"label_0": payload[:20], "url_0": "https://example.jp/form"}
    path = _sent(senders.writer.post("/notices/new", NOTICE | texts | buttons))
    senders.writer.post("/notices/testers", {"name": payload})
    yield from (path, f"{path}/edit")


def templates(senders: Senders, payload: str) -> Paths:
    """Title, department, words; and the name of a ward system."""
    texts = {"title": payload[:120], "department": payload, "title_ja": _plain(payload)[:60]}
    words = {
        "slug": f"h{next(_NUMBERS)}",
        "text_ja": f"{_plain(payload)} {{by}} {{count}}",
        "title_en": "",
        "text_en": "",
    }
    path = _sent(senders.writer.post("/templates/new", TEMPLATE | texts | words))
    assert senders.writer.post("/systems", {"name": _line(payload)}).status_code == 200
    yield from (path, f"{path}/edit")


def rules(senders: Senders, payload: str) -> Paths:
    """Title, department, words."""
    texts = {"title": payload[:120], "department": payload, "text_ja": f"{_plain(payload)} {{by}} {{collected}}"}
    path = _sent(senders.writer.post("/rules/new", RULE | texts))
    yield from (path, f"{path}/edit")


def sources(senders: Senders, payload: str) -> Paths:
    """A file's name, title, headings, text and table; the reason it was taken back for, or what residents get of it."""
    number = next(_NUMBERS)
    text = f"# {payload}\n\n## {number} {payload}\n\n緑のカーテンを育てます。{payload}\n\n| {payload} |\n|---|\n| x |\n"
    file = {"file": (f"{payload}{number}.md", text.encode(), "text/markdown")}
    path = _sent(senders.writer.post("/sources/upload", files=file))
    yield path
    if number % 2:
        _sent(senders.writer.post(f"{path}/refuse", {"reason": payload}))
        yield path
    else:
        used = _sent(senders.other.post(f"{path}/approve", {"checked": "yes"}))
        yield used
        _sent(senders.other.post(f"{used}/withdraw", {"reason": payload}))
        yield used


def questions(senders: Senders, payload: str) -> Paths:
    """A resident's question on the web page; the reason for which staff close it."""
    pocket = senders.console.pocket
    assert senders.writer.client.post("/ask", data={"question": payload}).status_code == 200
    settle(pocket, utc_now())
    with pocket.sessions() as session:
        asked = select(Question.id).order_by(Question.asked_at.desc()).limit(1)
        group = session.scalar(
            select(MissedQuestion.group_id).where(MissedQuestion.question_id == session.scalar(asked))
        )
    if group:
        yield f"/questions/{group}"
        senders.writer.post(f"/questions/{group}/dismiss", {"reason": payload})
        yield f"/questions/{group}"


@dataclass(frozen=True)
class Area:
    """What is sent, which gives the pages that show it alone; the pages that show everything of its kind."""

    send: Callable[[Senders, str], Paths]
    lists: tuple[str, ...]


AREAS = (
    Area(people, ("/people", "/audit")),
    Area(notices, ("/notices", "/notices/month", "/notices/testers")),
    Area(templates, ("/templates", "/systems")),
    Area(rules, ("/rules",)),
    Area(sources, ("/sources", "/audit")),
    Area(questions, ("/questions?all=1", "/questions?all=1&show=dismissed", "/?all=1", "/numbers")),
)


@pytest.fixture
def senders(served: Served, passwords: Passwords) -> Senders:
    """Two people with every role; passwords they hand out are quickly hashed."""
    console = replace(served[1], passwords=passwords)
    app = FastAPI(docs_url=None, redoc_url=None, openapi_url=None)
    mount_console(app, console)
    mount_web(app, console.pocket, demo_path=None)
    writer, other = (clerk_of(console, app, add_person(console, *Role)) for _ in range(2))
    return Senders(console, writer, other)


def _none_runs(senders: Senders, open_page: OpenPage, area: Area, payloads: list[str]) -> None:
    page = open_page(*Role)
    page.set_default_timeout(120_000)
    troubles = watched(page)

    def look(path: str, payload: str) -> None:
        page.goto(f"/staff{path}")
        unfold(page)
        assert page.locator("main h1").count() == 1, (path, payload)
        assert troubles == [], (path, payload)

    for payload in (each.replace("\0", "") for each in payloads):
        for path in area.send(senders, payload):
            look(path, payload)
    for path in area.lists:
        look(path, "all of them")


@pytest.mark.parametrize("area", AREAS, ids=lambda area: area.send.__name__)
def test_a_sample_of_hostile_texts_stays_text(senders: Senders, open_page: OpenPage, area: Area) -> None:
    """A few of the three hundred, on each page that shows them."""
    _none_runs(senders, open_page, area, SAMPLE)


@pytest.mark.prove
@pytest.mark.timeout(7200)
@pytest.mark.parametrize("area", AREAS, ids=lambda area: area.send.__name__)
def test_three_hundred_hostile_texts_stay_text(senders: Senders, open_page: OpenPage, area: Area) -> None:
    """All of them (issue 4)."""
    _none_runs(senders, open_page, area, PAYLOADS)
