"""The page in a real browser: typing, tapping cards, quick replies and the rich menu, by mouse and by keyboard."""

import re
from collections.abc import Callable, Iterator
from contextlib import ExitStack

import httpx
import pytest
from axe_playwright_python.sync_playwright import Axe
from playwright.sync_api import Browser, Page, expect

from bot.simulator.app import create_simulator
from bot.simulator.config import SimulatorConfig
from tests.bot.line.samples import FLEX, PICKER, QUICK, RICH_MENU, Json
from tests.bot.line.test_validate_image import picture
from tests.bot.simulator.stand import SECRET, TOKEN, Receiver, Street

AUTHORISED = {"authorization": f"Bearer {TOKEN}"}
pytestmark = pytest.mark.browser
ANSWERS: dict[str, Json] = {"手続": QUICK, "カード": FLEX, "日付": PICKER}


@pytest.fixture(scope="module")
def receiver() -> Receiver:
    """The bot's side."""
    return Receiver()


@pytest.fixture(scope="module")
def url(street: Street, receiver: Receiver) -> Iterator[str]:
    """The page, in front of a bot that answers some words."""
    with ExitStack() as stack:
        hook = stack.enter_context(street.served(receiver.app()))
        app = create_simulator(SimulatorConfig(SECRET, TOKEN, webhook_url=f"{hook}/hook"))
        base = stack.enter_context(street.served(app))
        receiver.echo = _bot(base)
        _deploy(base)
        yield f"{base}/"


def _bot(base: str) -> Callable[[str, str], object]:
    def answer(token: str, text: str) -> object:
        message = ANSWERS.get(text, {"type": "text", "text": f"「{text}」ですね。"})
        body = {"replyToken": token, "messages": [message]}
        return httpx.post(f"{base}/v2/bot/message/reply", json=body, headers=AUTHORISED, trust_env=False)

    return answer


def _deploy(base: str) -> None:
    with httpx.Client(base_url=f"{base}/v2/bot", headers=AUTHORISED, trust_env=False) as client:
        menu_id = client.post("/richmenu", json=RICH_MENU).json()["richMenuId"]
        png = {"content-type": "image/png"}
        client.post(f"/richmenu/{menu_id}/content", content=picture(2500, 1686), headers=png)
        client.post(f"/user/all/richmenu/{menu_id}")


@pytest.fixture
def page(browser: Browser, url: str, receiver: Receiver) -> Iterator[Page]:
    """A visitor's page; nothing may go wrong in its scripts."""
    receiver.bodies.clear()
    context = browser.new_context()
    page = context.new_page()
    errors: list[str] = []
    page.on("pageerror", lambda error: errors.append(str(error)))
    page.goto(url)
    expect(page.locator("#menu img")).to_be_visible()
    yield page
    context.close()
    assert errors == []


def _say(page: Page, text: str) -> None:
    page.fill("#words", text)
    page.keyboard.press("Enter")


def test_a_card_is_drawn_and_its_buttons_work(page: Page, receiver: Receiver) -> None:
    """The card shows its facts in its colours; the form opens in a tab of its own; a button answers."""
    _say(page, "カード")
    bubble = page.locator(".bubble")
    expect(bubble).to_contain_text("引っ越した日から14日以内に届け出てください。")
    expect(bubble.locator(".flex-box").first).to_have_css("background-color", "rgb(11, 92, 74)")
    expect(bubble.get_by_role("link", name="電子申請へ")).to_have_attribute(
        "href", re.compile("^https://example.jp/form")
    )
    expect(bubble.get_by_role("link", name="電子申請へ")).to_have_attribute("target", "_blank")
    bubble.get_by_role("button", name="解決した").focus()
    with page.expect_response("**/act"):
        page.keyboard.press("Enter")
    expect(page.locator(".mine .says").last).to_have_text("解決した")
    assert receiver.events[-1]["postback"] == {"data": "v=1&a=solved"}


def test_quick_replies_go_when_something_new_is_said(page: Page) -> None:
    """They stand under the newest answer only; tapping one says it."""
    _say(page, "手続")
    page.get_by_role("group", name="返事の候補").get_by_role("button", name="引っ越し").click()
    expect(page.locator(".theirs .says").last).to_have_text("「引っ越し」ですね。")
    expect(page.locator("#quick")).to_be_hidden()


def test_the_rich_menu_speaks_for_the_resident(page: Page) -> None:
    """An area of the picture is a button with a name; typing puts the menu away."""
    page.get_by_role("button", name="手続を探す").click()
    expect(page.locator(".theirs .says").last).to_have_text("「手続を探す」ですね。")
    page.focus("#words")
    expect(page.locator("#menu")).to_be_hidden()


def test_the_date_picker_gives_its_date(page: Page, receiver: Receiver) -> None:
    """A date chosen in the dialogue comes with the postback."""
    _say(page, "日付")
    page.get_by_role("button", name="日付を選ぶ").click()
    page.fill("#picked", "2026-12-01")
    with page.expect_response("**/act"):
        page.get_by_role("button", name="決定").click()
    assert receiver.events[-1]["postback"] == {"data": "v=1&a=date", "params": {"date": "2026-12-01"}}


def test_taking_back_and_blocking(page: Page) -> None:
    """A message taken back is gone from the chat; a blocked account can not be written to until unblocked."""
    _say(page, "まちがい")
    expect(page.locator(".theirs")).to_have_count(1)
    page.get_by_role("button", name="送信取消").click()
    expect(page.locator(".talk .notice")).to_have_text("メッセージの送信を取り消しました")
    page.get_by_role("button", name="ブロックする").click()
    expect(page.locator("#composer")).to_be_hidden()
    page.locator("#blocked").get_by_role("button").click()
    expect(page.locator("#composer")).to_be_visible()


def test_the_page_is_accessible(page: Page) -> None:
    """No violation that axe can find, with a card, quick replies and the menu on the screen."""
    _say(page, "カード")
    expect(page.locator(".bubble")).to_be_visible()
    found = Axe().run(page).response["violations"]
    # The colours inside a card are the sender's: they are judged where the cards are made.
    nodes = [node for rule in found for node in rule["nodes"] if ".bubble" not in node["target"][0]]
    assert [node["failureSummary"] for node in nodes] == []
