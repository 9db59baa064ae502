"""The pictures of a resident's own settings: in the phone of the simulator, and the page behind its link."""

from pathlib import Path

from playwright.sync_api import Page, expect

IMAGES = Path(__file__).parent.parent / "docs" / "images"


def settings_pages(page: Page, base: str) -> None:
    """What is said to 「お知らせの設定」, a topic chosen, and the page with a town and a child on it."""
    page.goto(f"{base}/simulator/")
    talk, quick = page.locator("#talk"), page.locator("#quick")
    page.locator("#words").fill("お知らせの設定")
    page.locator("#send").click()
    expect(talk).to_contain_text("マイナンバーは聞きません", timeout=60_000)
    link = talk.get_by_role("link", name="画面でまとめて設定する").last.get_attribute("href")
    quick.get_by_text("知りたいこと", exact=True).click()
    quick.get_by_text("受け取る：ごみ・資源", exact=True).click()
    expect(quick.get_by_text("もとに戻す", exact=True)).to_be_visible()
    talk.locator("xpath=..").screenshot(path=IMAGES / "settings-chat.png")
    page.goto(str(link))
    page.locator("#area select").select_option(label="巣鴨")
    page.locator("#area").get_by_role("button", name="保存する").click()
    page.locator("#year").select_option("2024")
    page.locator("#month").select_option("5")
    page.locator("#children").get_by_role("button", name="加える").click()
    page.locator("#area").scroll_into_view_if_needed()
    page.screenshot(path=IMAGES / "settings.png")
