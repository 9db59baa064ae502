"""The pages of notices in a real Chromium: the rules of axe, large letters at night, and the count that keeps up."""

import pytest
from playwright.sync_api import Page, expect
from sqlalchemy import update

from bot.console.frame import Console
from knowledge.days import utc_now
from knowledge.models import Campaign, CampaignStatus, Resident, ResidentChoices, ResidentStatus, Role
from tests.bot.console.conftest import OpenPage
from tests.knowledge.notices.town import line_id
from tests.looks import assert_accessible

pytestmark = pytest.mark.browser
WRITER = (Role.NOTICES, Role.APPROVER)


def _write(page: Page, urgency: str = "ふつう") -> None:
    page.locator("#title").fill("健診のご案内")
    page.get_by_label("友だち全員").check()
    page.get_by_label(urgency, exact=False).first.check()
    page.locator("#text_ja").fill("来月、健診があります。")
    page.get_by_text("見出しとボタンをつける").click()
    page.locator("#card_title").fill("健診")
    page.locator("#label_0").fill("申し込む")
    page.locator("#url_0").fill("https://example.jp/form")


def _press(page: Page, name: str) -> None:
    page.get_by_role("button", name=name, exact=True).click()


@pytest.mark.parametrize(
    "size", [(1280, 900, "light"), (320, 256, "dark")], ids=["wide", "four times larger, at night"]
)
@pytest.mark.parametrize(
    "path", ["/notices", "/notices/new", "/notices/new?world=drill", "/notices/testers", "/notices/month"]
)
def test_pages_are_accessible(open_page: OpenPage, path: str, size: tuple[int, int, str]) -> None:
    """No rule of axe is broken and nothing scrolls sideways, by day and in dark at 400 %."""
    width, height, scheme = size
    assert_accessible(open_page(*WRITER, path=path, viewport={"width": width, "height": height}, color_scheme=scheme))


@pytest.mark.parametrize(
    "size", [(1280, 900, "light"), (320, 256, "dark")], ids=["wide", "four times larger, at night"]
)
def test_a_notice_from_form_to_review_is_accessible(open_page: OpenPage, size: tuple[int, int, str]) -> None:
    """The preview, the mistakes, the draft, what is asked of few people, and the review."""
    width, height, scheme = size
    page = open_page(*WRITER, path="/notices/new", viewport={"width": width, "height": height}, color_scheme=scheme)
    _press(page, "下書きに保存")
    expect(page.locator("#problems")).to_be_visible()
    assert_accessible(page)
    _write(page, "災害")
    _press(page, "人数と見え方を確かめる")
    expect(page.locator(".line-card .flex-bubble, .line-card > *").first).to_be_visible()
    expect(page.locator("#preview")).to_be_in_viewport()
    expect(page.locator("#preview")).to_be_focused()
    assert_accessible(page)
    _press(page, "下書きに保存")
    expect(page.get_by_text("下書きに保存しました")).to_be_visible()
    assert_accessible(page)
    _press(page, "承認を頼む")
    assert_accessible(page)


@pytest.mark.parametrize(
    "size", [(1280, 900, "light"), (320, 256, "dark")], ids=["wide", "four times larger, at night"]
)
def test_a_home_where_notices_wait_is_accessible(
    open_page: OpenPage, served: tuple[str, Console], size: tuple[int, int, str]
) -> None:
    """The writer's with what was approved, the approver's with what is asked for."""
    options = {"viewport": {"width": size[0], "height": size[1]}, "color_scheme": size[2]}
    page = open_page(*WRITER, path="/notices/new", **options)
    _write(page)
    _press(page, "下書きに保存")
    notice = page.url.rpartition("/")[2]
    for status, place, roles in (
        (CampaignStatus.APPROVED, "h-notices", ()),
        (CampaignStatus.IN_REVIEW, "h-approvals", (Role.APPROVER,)),
    ):
        with served[1].pocket.sessions.begin() as session:
            session.execute(update(Campaign).where(Campaign.id == notice).values(status=status))
        page = open_page(*roles, path="/", **options) if roles else page
        page.goto("/staff/")
        expect(page.locator(f"[aria-labelledby={place}] a[href$='{notice}']")).to_be_visible()
        assert_accessible(page)


def test_the_count_keeps_up_with_the_ticks(open_page: OpenPage, served: tuple[str, Console]) -> None:
    """Ticking a condition changes sentence and number, without a click on any button."""
    with served[1].pocket.sessions.begin() as session:
        for number in range(1, 4):
            row = Resident(
                line_user_id=line_id(number), status=ResidentStatus.FRIEND, changed_ms=0, created_at=utc_now()
            )
            session.add(row)
            session.flush()
            session.add(ResidentChoices(resident_id=row.id, area="巣鴨", updated_at=utc_now()))
    page = open_page(*WRITER, path="/notices/new")
    page.get_by_label("巣鴨").check()
    expect(page.locator("#count .people")).to_have_text("3人")
    expect(page.locator("#count")).to_contain_text("「巣鴨」に住んでいて")
