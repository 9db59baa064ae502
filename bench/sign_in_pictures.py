"""The pictures of docs/staff about signing in, roles and the audit log."""

from pathlib import Path

from playwright.sync_api import Page

IMAGES = Path(__file__).parent.parent / "docs" / "staff" / "images"


def way_in(page: Page, base: str) -> None:
    """The way in to the staff console, and the pages of its administrator and its auditor, for docs/staff."""
    IMAGES.mkdir(parents=True, exist_ok=True)
    page.goto(f"{base}/staff/sign-in")
    page.screenshot(path=IMAGES / "sign-in.png")
    page.get_by_role("button", name="システム管理者で入る").click()
    page.goto(f"{base}/staff/people/new")
    page.locator("#login").fill("yamada.hanako")
    page.locator("#name").fill("山田 花子")
    page.locator("#department").fill("総合窓口課")
    page.get_by_label("編集者").check()
    page.screenshot(path=IMAGES / "new-person.png", full_page=True)
    page.get_by_role("button", name="登録する").click()
    page.screenshot(path=IMAGES / "handed-out.png")
    handed = page.locator("code").nth(1).inner_text()
    page.get_by_role("button", name="サインアウト").click()
    page.locator("#login").fill("yamada.hanako")
    page.locator("#password").fill(handed)
    page.get_by_role("button", name="次へ").click()
    page.screenshot(path=IMAGES / "enrol.png", full_page=True)
    page.goto(f"{base}/staff/sign-in")
    page.get_by_role("button", name="監査担当で入る").click()
    page.goto(f"{base}/staff/audit")
    page.get_by_role("button", name="すべての記録を検証する").click()
    page.screenshot(path=IMAGES / "audit.png")
