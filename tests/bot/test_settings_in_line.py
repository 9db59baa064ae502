"""The settings as a resident meets them: in the phone of the served product, from the first word to the last tap."""

import shutil
from collections.abc import Iterator
from pathlib import Path

import httpx
import pytest
from playwright.sync_api import Browser, Page, expect

from tests.bot.served import Served, serve

pytestmark = pytest.mark.browser
KEY = "a2tra2tra2tra2tra2tra2tra2tra2tra2tra2tra2s="


@pytest.fixture(scope="module")
def served(installation: Path, tmp_path_factory: pytest.TempPathFactory) -> Iterator[Served]:
    """One served copy of the installation, in demo mode, with a key for what is sensitive."""
    data = shutil.copytree(installation, tmp_path_factory.mktemp("settings") / "data")
    with serve(data, {"POCKET_SENSITIVE_KEY": KEY}) as served:
        yield served


@pytest.fixture
def page(browser: Browser) -> Iterator[Page]:
    """A desktop with the phone on it."""
    context = browser.new_context(viewport={"width": 1000, "height": 1180}, locale="ja-JP")
    yield context.new_page()
    context.close()


def _say(page: Page, text: str) -> None:
    page.locator("#words").fill(text)
    page.keyboard.press("Enter")


def _tap(page: Page, label: str) -> None:
    page.locator("#quick").get_by_text(label, exact=True).click()


def test_she_chooses_in_the_chat_and_on_the_page(served: Served, page: Page) -> None:
    """Garbage days in easy Japanese, taken back and chosen again; the page shows it; then all is gone."""
    page.goto(f"{served.url}/simulator/")
    talk = page.locator("#talk")
    expect(talk).to_contain_text("友だち追加ありがとうございます")
    _say(page, "お知らせの設定")
    expect(talk).to_contain_text("マイナンバーは聞きません")
    _tap(page, "知りたいこと")
    expect(talk).to_contain_text("選んだことについてだけ")
    _tap(page, "受け取る：ごみ・資源")
    expect(talk).to_contain_text("「ごみ・資源」のお知らせをお送りします")
    _tap(page, "もとに戻す")
    expect(talk).to_contain_text("受け取るお知らせ：まだ選んでいません")
    _tap(page, "受け取る：ごみ・資源")
    _tap(page, "設定に戻る")
    _tap(page, "ことば")
    _tap(page, "やさしい日本語")
    expect(talk).to_contain_text("「ことば」を「やさしい日本語」に しました")
    _say(page, "通知の設定")
    link = talk.get_by_role("link", name="画面（がめん）で まとめて えらぶ").last
    with page.context.expect_page() as opened:
        link.click()
    settings = opened.value
    expect(settings.locator("h1")).to_contain_text("設定（せってい）")
    assert settings.url == f"{served.url}/settings"
    expect(settings.get_by_role("checkbox", name="ごみ")).to_be_checked()
    settings.locator("#certificate").select_option("physical-2")
    settings.get_by_role("checkbox", name="保存して いいです").check()
    settings.locator("#disability").get_by_role("button", name="保存する").click()
    expect(settings.locator("#disability")).to_contain_text("身体障害者手帳")
    _say(page, "ぜんぶ 消して")
    expect(talk).to_contain_text("設定、子どもが 生まれた 月、手帳")
    _tap(page, "ぜんぶ 消す")
    expect(talk).to_contain_text("ぜんぶ 消しました")
    settings.goto(f"{served.url}/settings")
    expect(settings.locator("h1")).to_contain_text("使えません")


def test_no_log_holds_what_was_chosen(served: Served) -> None:
    """Neither values, nor tokens, nor an address with one, nor a LINE user's id."""
    httpx.get(f"{served.url}/settings/open/kanarianotoken")
    written = served.log.read_text(encoding="utf-8")
    for word in ("physical", "garbage", "kanarianotoken", "settings/open", "easy"):
        assert word not in written
