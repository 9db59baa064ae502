"""A notice's way through the console: written, approved by another person, booked, started, stopped, corrected."""

import re

from sqlalchemy import select

from bot.console.frame import Console
from knowledge.models import Campaign, CampaignStatus, Role, Segment
from tests.bot.console.conftest import Staff
from tests.bot.console.notices.writing import WRITTEN, row, seen, written
from tests.bot.console.people import Clerk


def test_two_people_send_a_notice(town: Console, staff: Staff) -> None:
    """One writes and asks, another approves what the page showed, the first starts it; the page says for whom."""
    writer, approver = staff(Role.NOTICES), staff(Role.APPROVER)
    notice = written(writer)
    shown = writer.get(f"/notices/{notice}").text
    assert "「巣鴨」に住んでいて、お知らせを受け取れる人" in re.sub(r"\s+", "", shown)
    assert "いま <b>30人</b>" in shown
    assert writer.post(f"/notices/{notice}/submit").status_code == 303
    assert approver.post(f"/notices/{notice}/approve", seen(approver, notice)).status_code == 303
    assert writer.post(f"/notices/{notice}/start").status_code == 303
    assert row(town, notice).status == CampaignStatus.SENDING
    assert writer.post(f"/notices/{notice}/stop").status_code == 303
    assert row(town, notice).status == CampaignStatus.STOPPED


def test_what_waits_for_somebody_stands_on_their_home(town: Console, staff: Staff) -> None:
    """The approver's while it waits, the writer's once it was sent back or approved; on nobody else's."""
    writer, approver = staff(Role.NOTICES), staff(Role.APPROVER)
    others = staff(Role.NOTICES), staff(Role.NOTICES, Role.APPROVER, department="広報課")
    notice = written(writer)

    def at_home(clerk: Clerk) -> bool:
        return bool(clerk.page("/").all("a", href=f"/staff/notices/{notice}"))

    assert not any(map(at_home, (writer, approver, *others)))
    writer.post(f"/notices/{notice}/submit")
    assert [at_home(each) for each in (writer, approver, *others)] == [False, True, False, True]
    approver.post(f"/notices/{notice}/return")
    assert [at_home(each) for each in (writer, approver, *others)] == [True, False, False, False]
    writer.post(f"/notices/{notice}/submit")
    approver.post(f"/notices/{notice}/approve", seen(approver, notice))
    assert [at_home(each) for each in (writer, approver, *others)] == [True, False, False, False]
    writer.post(f"/notices/{notice}/start")
    assert not at_home(writer)


def test_nobody_approves_their_own_notice(town: Console, staff: Staff) -> None:
    """Even with both roles; and who may only write is refused at the door."""
    both, writer = staff(Role.NOTICES, Role.APPROVER), staff(Role.NOTICES)
    notice = written(both)
    both.post(f"/notices/{notice}/submit")
    with town.pocket.sessions() as session:
        row = session.get_one(Campaign, notice)
        seen = {"seen": f"{row.content_digest}.{row.audience_digest}"}
    answer = both.post(f"/notices/{notice}/approve", seen)
    assert answer.status_code == 422
    assert "書いた人は承認できません" in answer.text
    assert writer.post(f"/notices/{notice}/approve", seen).status_code == 403
    assert both.post(f"/notices/{notice}/start").status_code == 422


def test_an_edit_voids_the_approval_and_an_old_page_approves_nothing(town: Console, staff: Staff) -> None:
    """What was seen before an edit is not what is approved after it."""
    writer, approver = staff(Role.NOTICES), staff(Role.APPROVER)
    notice = written(writer)
    writer.post(f"/notices/{notice}/submit")
    old = seen(approver, notice)
    writer.post(f"/notices/{notice}/edit", WRITTEN | {"text_ja": "日にちが変わりました。"})
    writer.post(f"/notices/{notice}/submit")
    assert approver.post(f"/notices/{notice}/approve", old).status_code == 422
    assert approver.post(f"/notices/{notice}/approve", seen(approver, notice)).status_code == 303
    writer.post(f"/notices/{notice}/edit", WRITTEN)
    assert row(town, notice).status == CampaignStatus.DRAFT
    assert writer.post(f"/notices/{notice}/start").status_code == 422


def test_few_people_need_a_reason(town: Console, staff: Staff) -> None:
    """Two people are asked about; with a reason it goes on."""
    writer = staff(Role.NOTICES)
    notice = written(writer, areas=["高田"])
    refused = writer.post(f"/notices/{notice}/submit")
    assert refused.status_code == 422
    assert "20人未満" in refused.text
    assert writer.post(f"/notices/{notice}/submit", {"few_reason": "対象の催しの参加者のため"}).status_code == 303


def test_a_booking_needs_a_time_within_a_year(town: Console, staff: Staff) -> None:
    """None, one that is over and one with a mistyped year are told apart."""
    writer, approver = staff(Role.NOTICES), staff(Role.APPROVER)
    notice = written(writer)
    writer.post(f"/notices/{notice}/submit")
    approver.post(f"/notices/{notice}/approve", seen(approver, notice))
    for at, said in (
        ("", "送信の日時を選んでください。"),
        ("2026-11-20T10:00", "送信の日時が過ぎています。"),
        ("2099-01-01T10:00", "予約できるのは1年先までです。"),
    ):
        refused = writer.post(f"/notices/{notice}/schedule", {"at": at})
        assert (refused.status_code, said in refused.text) == (422, True), at
    assert writer.post(f"/notices/{notice}/schedule", {"at": "2027-11-20T10:00"}).status_code == 303


def test_a_segment_is_kept_by_name_and_versioned(town: Console, staff: Staff) -> None:
    """The same conditions keep their version, others get a new one, and the form can start from it."""
    writer = staff(Role.NOTICES)
    for areas in (["巣鴨"], ["巣鴨"], ["巣鴨", "高田"]):
        written(writer, segment_name="北の町", areas=areas)
    with town.pocket.sessions() as session:
        (segment,) = session.scalars(select(Segment))
        assert segment.version == 2
    begun = writer.get(f"/notices/new?segment={segment.id}").text
    assert begun.count('name="areas"') == begun.count('name="areas" value="巣鴨" checked') + 1 == 2


def test_progress_before_there_are_people_is_no_hundred_percent(town: Console, staff: Staff) -> None:
    """While they are gathered, where it was stopped before, and where in the end nobody fitted."""
    writer, approver = staff(Role.NOTICES), staff(Role.APPROVER)
    notice = written(writer, urgency="urgent")
    writer.post(f"/notices/{notice}/submit")
    approver.post(f"/notices/{notice}/approve", seen(approver, notice))
    writer.post(f"/notices/{notice}/start")
    gathering = writer.get(f"/notices/{notice}").text
    assert "送る相手を集めています" in gathering
    assert "％（" not in gathering
    writer.post(f"/notices/{notice}/pause")
    assert "まだだれにも送っていません" in writer.get(f"/notices/{notice}").text
    with town.pocket.sessions.begin() as session:
        row = session.get_one(Campaign, notice)
        row.status, row.frozen_at, row.people = CampaignStatus.SENT, town.clock(), 0
    sent = writer.get(f"/notices/{notice}").text
    assert "当てはまる人がいなかったため、だれにも送っていません" in sent
    assert "％（" not in sent


def test_breaking_the_glass_is_seen_by_everybody(town: Console, staff: Staff) -> None:
    """Alone only with a reason and only in an emergency; then it stands on top of everybody's list."""
    writer, other = staff(Role.NOTICES), staff(Role.APPROVER)
    normal = written(writer)
    assert writer.post(f"/notices/{normal}/break-glass", {"reason": "とても急いでいるため"}).status_code == 422
    disaster = written(writer, urgency="disaster")
    assert writer.post(f"/notices/{disaster}/break-glass", {"reason": "急ぎ"}).status_code == 422
    assert writer.post(f"/notices/{disaster}/break-glass", {"reason": "夜間で承認者がいないため"}).status_code == 303
    assert "夜間で承認者がいないため" in other.get("/notices").text
    assert "訂正のお知らせを開く" in other.get(f"/notices/{disaster}").text
