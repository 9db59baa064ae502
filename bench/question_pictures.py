"""The pictures of docs/staff that show work on questions, and the figures: after some days of made-up questions."""

from datetime import UTC, datetime, timedelta
from pathlib import Path
from random import Random

from playwright.sync_api import Browser
from sqlalchemy import delete

from bot.console.frame import Console
from bot.settings import Settings
from bot.wiring import Pocket
from knowledge import work
from knowledge.models import CountedDay, Role
from knowledge.work import Whose
from tests.bot.console.asking import ask, settle
from tests.bot.console.people import add_person, token_for

IMAGES = Path(__file__).parent.parent / "docs" / "staff" / "images"
IN_VAIN = ("猫を飼いたいのですが補助はありますか", "猫を飼うときの助成", "子ども食堂はどこ", "こども食堂を探している",
    "電動アシスト自転車の補助金", "区民プールの空き状況", "Where can I play tennis?")  # fmt: skip
ANSWERED = (
    "転入届はいつまで",
    "住民票の写しがほしい",
    "児童手当はいくら",
    "粗大ごみの出し方",
    "国民健康保険に入りたい",
)
QUESTIONS = 90


def question_pages(browser: Browser, base: str, settings: Settings) -> None:
    """Home, a group and the figures of a served installation whose database these settings open."""
    IMAGES.mkdir(parents=True, exist_ok=True)
    console = Console(Pocket.open(settings))
    now = datetime.now(UTC)
    _ask_around(console.pocket, now)
    with console.pocket.sessions() as session:
        group = work.listed(session, Whose(), work.OPEN, now)[0].group.id
    token = token_for(console, add_person(console, Role.SYSTEM, department=None))
    context = browser.new_context(base_url=base, viewport={"width": 1280, "height": 860})
    context.add_cookies([{"name": console.cookies.session, "value": token, "url": base}])
    page = context.new_page()
    for name, path in {"home": "/", "group": f"/questions/{group}", "numbers": "/numbers"}.items():
        page.goto(f"/staff{path}")
        page.screenshot(path=IMAGES / f"questions-{name}.png")
    context.close()
    console.pocket.engine.dispose()


def _ask_around(pocket: Pocket, now: datetime) -> None:
    chance = Random(1)
    for _ in range(QUESTIONS):
        at = now - timedelta(days=chance.choice([0, 1, 2, 3, 5, 8, 12, 20, 26]), minutes=chance.randrange(600))
        text = chance.choice(IN_VAIN + ANSWERED)
        ask(pocket, text, at, chance.choice([None, *range(1, 30)]), wrong=text in IN_VAIN)
    with pocket.sessions.begin() as session:
        session.execute(delete(CountedDay))  # the days before today were counted as empty
    settle(pocket, now)
