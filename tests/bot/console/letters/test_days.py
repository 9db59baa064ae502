"""That the table of collection days ends: on the home of who may replace it, and on its page."""

from datetime import timedelta

from knowledge.models import Role
from tests.bot.console.conftest import Clock, Staff
from tests.bot.console.people import Clerk
from tests.bot.notices.test_following import TABLE

WAY = "/staff/rules/collection"
CALM = "対応が必要なものはありません"


def _told(clerk: Clerk) -> str:
    page = clerk.page("/")
    return page.text if page.all("a", href=WAY) else ""


def _clerks(staff: Staff) -> list[Clerk]:
    """A writer of notices, one who is an editor, too, an approver, and an editor; signed in now."""
    roles = (Role.NOTICES,), (Role.NOTICES, Role.EDITOR), (Role.APPROVER,), (Role.EDITOR,)
    return [staff(*each, department="ひまな課") for each in roles]


def test_who_may_replace_the_table_is_told_in_good_time(staff: Staff, clock: Clock) -> None:
    """From thirty days before, with what stops then, until the table is replaced; nobody else is."""
    writer, both, approver, editor = _clerks(staff)
    writer.post("/rules/collection", {"table": TABLE})
    assert not any(map(_told, (writer, both, approver, editor)))
    assert CALM in both.page("/").text
    clock.forward(timedelta(days=12))
    writer, both, approver, editor = _clerks(staff)
    assert not any(map(_told, (approver, editor)))
    for each in (writer, both):
        assert "すべての町 あと28日 2026年12月31日（木）まで" in _told(each)
        assert "「ごみの日いつ？」に曜日を答えず、ごみの日のお知らせも送りません" in _told(each)
        assert CALM not in _told(each)
    assert CALM in editor.page("/").text
    assert "すべての町 あと28日" in writer.page("/rules/collection").text
    writer.post("/rules/collection", {"table": TABLE.replace("2026-12-31", "2027-12-31")})
    assert not any(map(_told, (writer, both)))
    assert "あと" not in writer.page("/rules/collection").text


def test_it_is_told_that_the_table_has_ended_for_some_towns(staff: Staff, clock: Clock) -> None:
    """By their names where they are few, and how many more there are."""
    writer = staff(Role.NOTICES)
    ended = "".join(f"町{number},,burnable,月,8:00,2026-04-01,2026-11-20,区の表\n" for number in range(1, 6))
    writer.post("/rules/collection", {"table": TABLE + ended})
    line = "町1・町2・町3ほか2町 期限切れ 2026年11月20日（金）まで"
    assert line in _told(writer)
    assert line in writer.page("/rules/collection").text
