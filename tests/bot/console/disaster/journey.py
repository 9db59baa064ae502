"""The duty officer's night in a browser: asked, confirmed by another, announced, shelters recorded, and back."""

from collections.abc import Callable

from playwright.sync_api import Page, expect

Picture = Callable[[Page, str], object]


def _press(page: Page, name: str) -> None:
    page.get_by_role("button", name=name, exact=True).click()


def ask(officer: Page, mode: str) -> None:
    """The officer asks."""
    officer.goto("/staff/disaster")
    if officer.get_by_label("洪水・大雨").count():
        officer.get_by_label("洪水・大雨").check()
    _press(officer, f"「{mode}」への切り替えを求める")
    expect(officer.get_by_role("status")).to_contain_text("切り替えを求めました")


def confirm(approver: Page, mode: str) -> None:
    """Another person confirms."""
    approver.goto("/staff/disaster")
    _press(approver, f"確認して「{mode}」にする")
    expect(approver.get_by_role("status")).to_contain_text("住民への答えは、もう変わっています")


def walk(officer: Page, approver: Page, picture: Picture) -> None:
    """From ordinary times to disaster mode, with what goes with it, and back."""
    officer.goto("/staff/disaster")
    picture(officer, "ask")
    ask(officer, "災害モード")
    approver.goto("/staff/disaster")
    picture(approver, "confirm")
    confirm(approver, "災害モード")
    picture(approver, "on")
    officer.goto("/staff/disaster/announce")
    officer.get_by_label("出す", exact=True).check()
    officer.get_by_label("警戒レベル4").check()
    officer.get_by_label("高田", exact=True).check()
    officer.get_by_label("友だち全員").check()
    _press(officer, "六つの言葉の見え方を確かめる")
    expect(officer.locator(".line-card .flex-bubble, .line-card > *").first).to_be_visible()
    expect(officer.locator("#preview")).to_be_focused()
    picture(officer, "announce")
    _press(officer, "下書きにする")
    expect(officer.get_by_role("status")).to_contain_text("下書きに保存しました")
    officer.goto("/staff/disaster/shelters")
    officer.get_by_label("朋有小学校").check()
    officer.get_by_label("開いている", exact=True).check()
    _press(officer, "選んだ避難所に記録する")
    expect(officer.get_by_role("status")).to_contain_text("避難所の状態を記録しました")
    picture(officer, "shelters")
    ask(officer, "ふだん")
    confirm(approver, "ふだん")
