"""The product as a stranger meets it: served by the command, used in a browser, on the page and in practice LINE."""

import shutil
import signal
from collections.abc import Iterator
from pathlib import Path

import httpx
import psutil
import pytest
from playwright.sync_api import Browser, Page, expect

from tests.bot.served import Served, serve

MOVED = "引っ越してきたけど何すればいい？"
MEMORY = 450 * 1024 * 1024


@pytest.fixture(scope="module")
def served(installation: Path, tmp_path_factory: pytest.TempPathFactory) -> Iterator[Served]:
    """One served copy of the installation, in demo mode."""
    data = shutil.copytree(installation, tmp_path_factory.mktemp("served") / "data")
    with serve(data) as served:
        yield served


@pytest.fixture
def page(browser: Browser) -> Iterator[Page]:
    """A page of a desktop's size in a context of its own."""
    context = browser.new_context(viewport={"width": 1000, "height": 1180}, locale="ja-JP")
    yield context.new_page()
    context.close()


def _say(page: Page, text: str) -> None:
    page.locator("#words").fill(text)
    page.keyboard.press("Enter")


@pytest.mark.browser
def test_a_stranger_is_helped_on_the_page(served: Served, page: Page) -> None:
    """Open, ask in one's own words, read until when and where."""
    page.goto(served.url)
    page.locator("#question").fill(MOVED)
    page.keyboard.press("Enter")
    main = page.get_by_role("main")
    expect(main).to_contain_text("転入届")
    expect(main).to_contain_text("14日以内")
    expect(main).to_contain_text("総合窓口課")
    expect(main).to_contain_text("出典")
    assert page.url == f"{served.url}/ask"


@pytest.mark.browser
def test_a_stranger_is_helped_in_the_practice_line(served: Served, page: Page) -> None:
    """Greeted as a new friend, answered with a card, then with the fact asked for, then thanked for the verdict."""
    page.goto(f"{served.url}/simulator/")
    talk = page.locator("#talk")
    expect(talk).to_contain_text("友だち追加ありがとうございます")
    _say(page, "印鑑登録をしたい")
    expect(talk).to_contain_text("出典")
    expect(talk).to_contain_text("解決した")
    _say(page, "いくら？")
    expect(talk).to_contain_text("500円")
    talk.get_by_text("違う", exact=True).last.click()
    expect(talk).to_contain_text("案内を見直します")
    _say(page, MOVED)
    expect(talk).to_contain_text("住み始めた日から14日以内")
    page.locator("#quick").get_by_text("やることをぜんぶ見る").click()
    expect(talk).to_contain_text("国民健康保険の加入")


@pytest.mark.browser
def test_the_rich_menu_is_up(served: Served, page: Page) -> None:
    """Without doing anything, the practice account has its rich menu, and a tap on it is answered."""
    page.goto(f"{served.url}/simulator/")
    menu = page.locator("#menu")
    expect(menu.get_by_role("button", name="引っ越し")).to_be_visible(timeout=30_000)
    menu.get_by_role("button", name="引っ越し").click()
    expect(page.locator("#talk")).to_contain_text("転入届")


def test_the_process_stays_small(served: Served) -> None:
    """After fifty questions it holds less than 450 MB and has never loaded PyTorch."""
    with httpx.Client() as client:
        for number in range(50):
            reply = client.post(f"{served.url}/ask", data={"question": f"{number}歳の子の保育園", "topic": ""})
            assert reply.status_code == 200
    process = psutil.Process(served.process.pid)
    assert process.memory_info().rss < MEMORY
    assert not [each.path for each in process.memory_maps() if "torch" in each.path]


def test_what_is_typed_is_in_no_log(pocket_dir: Path) -> None:
    """A canary, typed on the page and sent to the webhook with a wrong signature, is in nothing the process writes."""
    with serve(pocket_dir) as served:
        httpx.post(f"{served.url}/ask", data={"question": "カナリアの引っ越し", "topic": ""}).raise_for_status()
        refused = httpx.post(
            f"{served.url}/line/webhook",
            content="カナリア".encode(),
            headers={b"x-line-signature": "カナリア".encode()},
        )
        assert refused.status_code == 401
        assert served.stop() == -signal.SIGTERM
    written = served.log.read_text(encoding="utf-8")
    assert "webhook_refused" in written
    assert "カナリア" not in written


def test_with_credentials_there_is_no_practice_page(pocket_dir: Path) -> None:
    """A real account never has the simulator beside it."""
    real = {"LINE_CHANNEL_SECRET": "s", "LINE_CHANNEL_ACCESS_TOKEN": "t", "LINE_API_BASE": "http://127.0.0.1:9"}
    with serve(pocket_dir, real) as served:
        assert httpx.get(f"{served.url}/simulator/").status_code == 404
        assert httpx.post(f"{served.url}/line/webhook", content=b"{}").status_code == 401
        assert "simulator" not in httpx.get(served.url).text
