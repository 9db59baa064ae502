"""The switch at the console: two people, loud on every page, and the drill beside it that reaches nobody."""

import re
from datetime import timedelta

from sqlalchemy import select

from bot.console.frame import Console
from knowledge import models
from knowledge.disaster import alerts
from knowledge.disaster.mode import current
from knowledge.models import AuditEntry, Mode, ModeChange, Role, ShelterRow, World
from tests.bot.console.conftest import Clock, Staff
from tests.bot.console.people import Clerk
from tests.knowledge.notices.town import line_id

_ID = re.compile(r"/staff/disaster/([0-9]+)/withdraw")


def _asked(clerk: Clerk, mode: str = "disaster", query: str = "") -> str:
    page = clerk.client.get(clerk.post(f"/disaster/ask{query}", {"mode": mode, "hazard": "flood"}).headers["location"])
    found = _ID.search(page.text)
    assert found, page.text
    return found[1]


def _mode(console: Console, world: World = World.LIVE) -> Mode | None:
    with console.pocket.sessions() as session:
        standing = current(session, world)
        return standing.mode if standing else None


def test_two_people_turn_the_account_over_and_back(staff: Staff, console: Console) -> None:
    """One asks, another confirms; every page of everybody says so; the log has both; back goes the same way."""
    writer, approver, editor = staff(Role.NOTICES), staff(Role.APPROVER), staff(Role.EDITOR)
    request = _asked(writer)
    assert _mode(console) is None
    assert "二人目の確認を待っています" in editor.page("/").text
    assert "確認して「災害モード」にする" in approver.page("/disaster").text
    assert "切り替えました" in approver.after(approver.post(f"/disaster/{request}/confirm")).text
    assert _mode(console) is Mode.DISASTER
    assert "いま、アカウントは災害モードです" in editor.page("/guides").text
    back = _asked(approver, "ordinary")
    other = staff(Role.APPROVER)
    other.post(f"/disaster/{back}/confirm")
    assert _mode(console) is None
    assert "いま、アカウントは" not in editor.page("/").text
    with console.pocket.sessions() as session:
        actions = list(session.scalars(select(AuditEntry.action).where(AuditEntry.subject.like("disaster:%"))))
    assert actions == ["disaster_asked", "disaster_confirmed"] * 2


def test_the_log_tells_of_a_switch_in_words(staff: Staff) -> None:
    """What the console calls things elsewhere, the log calls them, too; its subject leads to its own entries."""
    request = _asked(staff(Role.NOTICES))
    page = staff(Role.AUDITOR).page("/audit")
    assert f"災害モードの求め {request}" in page.text
    assert "モード 災害モード" in page.text
    assert "起きていること 洪水・大雨" in page.text
    assert "本番か訓練か 本番" in page.text
    assert any(link.attributes["href"].endswith(f"?subject=disaster%3A{request}") for link in page.all("a"))


def test_one_person_alone_can_not(staff: Staff, console: Console) -> None:
    """Not with both roles either, and the page says whom to ask."""
    both = staff(Role.NOTICES, Role.APPROVER)
    request = _asked(both)
    assert "確認して" not in both.page("/disaster").text
    refused = both.post(f"/disaster/{request}/confirm")
    assert refused.status_code == 409
    assert "別の承認者に確認を頼んでください" in refused.text
    writer = staff(Role.NOTICES)
    assert writer.post(f"/disaster/{request}/confirm").status_code == 403
    assert _mode(console) is None


def test_a_request_lasts_ten_minutes(staff: Staff, console: Console, clock: Clock) -> None:
    """What was asked an hour ago may be wrong by now."""
    request, approver = _asked(staff(Role.NOTICES)), staff(Role.APPROVER)
    clock.forward(timedelta(minutes=10, seconds=1))
    refused = approver.post(f"/disaster/{request}/confirm")
    assert refused.status_code == 409
    assert "10分を過ぎたか" in refused.text
    assert _mode(console) is None


def test_a_request_can_be_taken_back(staff: Staff, console: Console) -> None:
    """And is dead then."""
    writer, approver = staff(Role.NOTICES), staff(Role.APPROVER)
    request = _asked(writer)
    assert "取り下げました" in writer.after(writer.post(f"/disaster/{request}/withdraw")).text
    assert approver.post(f"/disaster/{request}/confirm").status_code == 409
    assert _mode(console) is None


def test_a_second_request_waits_for_the_first(staff: Staff) -> None:
    """Two people who press at once do not ask for two things."""
    _asked(staff(Role.NOTICES))
    refused = staff(Role.NOTICES).post("/disaster/ask", {"mode": "recovery", "hazard": "flood"})
    assert refused.status_code == 409
    assert "ほかの切り替えが確認を待っています" in refused.text


def test_a_drill_is_a_world_of_its_own(staff: Staff, console: Console) -> None:
    """It looks different, switches nothing of the residents', and a live approval does not serve it."""
    writer, approver = staff(Role.NOTICES), staff(Role.APPROVER)
    request = _asked(writer, query="?world=drill")
    assert "確認待ち" not in approver.page("/disaster").text
    approver.post(f"/disaster/{request}/confirm?world=drill")
    assert (_mode(console), _mode(console, World.DRILL)) == (None, Mode.DISASTER)
    assert "訓練の画面です" in writer.page("/disaster?world=drill").text
    assert "いま、アカウントは" not in writer.page("/").text


def test_no_drill_while_it_is_real(staff: Staff) -> None:
    """Nobody plays in a disaster."""
    writer, approver = staff(Role.NOTICES), staff(Role.APPROVER)
    approver.post(f"/disaster/{_asked(writer)}/confirm")
    refused = writer.post("/disaster/ask?world=drill", {"mode": "disaster", "hazard": "flood"})
    assert refused.status_code == 409
    assert "訓練はできません" in refused.text


def test_what_is_happening_has_to_be_chosen(staff: Staff, console: Console) -> None:
    """Residents are told of it: none is chosen beforehand, and without one nothing is asked for and nothing lost."""
    writer = staff(Role.NOTICES)
    assert "checked" not in writer.get("/disaster").text
    for given in ({}, {"hazard": ""}, {"hazard": "meteor"}):
        refused = writer.post("/disaster/ask", {"mode": "disaster", "note": "揺れが大きかったため", **given})
        assert refused.status_code == 422
        assert refused.text.count("何が起きているかを選んでください。") == 2
        assert 'value="揺れが大きかったため"' in refused.text
    assert writer.post("/disaster/ask", {"hazard": "flood"}).status_code == 422
    with console.pocket.sessions() as session:
        assert session.scalars(select(models.SwitchRequest)).all() == []


def test_what_happens_already_stays_chosen(staff: Staff) -> None:
    """For the way back nobody has to say it again."""
    writer, approver = staff(Role.NOTICES), staff(Role.APPROVER)
    approver.post(f"/disaster/{_asked(writer)}/confirm")
    assert 'value="flood" checked' in writer.get("/disaster").text


def test_shelters_are_recorded_and_forgotten_with_the_disaster(staff: Staff, console: Console) -> None:
    """Several at once, by whom and when; back in ordinary times nobody knows any more."""
    writer, approver = staff(Role.NOTICES), staff(Role.APPROVER)
    approver.post(f"/disaster/{_asked(writer)}/confirm")
    assert "選んでください" in writer.post("/disaster/shelters", {"state": "open"}).text
    assert "ありません" in writer.post("/disaster/shelters", {"state": "open", "shelter": "nowhere"}).text
    writer.after(writer.post("/disaster/shelters", {"state": "full", "shelter": ["center-07", "center-19"]}))
    writer.after(writer.post("/disaster/shelters", {"state": "unknown", "shelter": ["center-19"]}))
    page = writer.page("/disaster/shelters").text
    assert "朋有小学校 満員豊島区東池袋4-40-1" in page
    approver.post(f"/disaster/{_asked(writer, 'ordinary')}/confirm")
    with console.pocket.sessions() as session:
        assert session.scalars(select(ShelterRow)).all() == []
        assert len(session.scalars(select(ModeChange)).all()) == 2


ALONE = "いま LINE で知らせられる人がいません"
UNTOLD = "だれの LINE にも知らせられていません。承認者の役割をもつ人に、すぐ自分で電話してください。"


def _on_call(console: Console, writer: Clerk) -> models.Resident:
    with console.pocket.sessions.begin() as session:
        now = console.clock()
        resident = models.Resident(
            line_user_id=line_id(1), status=models.ResidentStatus.FRIEND, changed_ms=0, created_at=now
        )
        session.add(resident)
        session.flush()
        tester = models.Tester(
            name="当番", resident_id=resident.id, added_by=writer.member.id, added_at=now, on_call=True
        )
        session.add(tester)
    return resident


def test_where_nobody_is_told_the_page_says_so(staff: Staff) -> None:
    """Before and after it is asked for, and for a drill, too: somebody has to phone."""
    writer = staff(Role.NOTICES)
    assert ALONE in writer.page("/disaster").text
    assert "訓練参加者に、" + ALONE in writer.page("/disaster?world=drill").text
    _asked(writer)
    page = writer.page("/disaster").text
    assert UNTOLD in page
    assert "LINE に知らせました" not in page


def test_who_was_told_is_counted(staff: Staff, console: Console) -> None:
    """Those whom LINE took it for; those who are still tried; and those whom it was refused for are nobody."""
    writer = staff(Role.NOTICES)
    _on_call(console, writer)
    assert ALONE not in writer.page("/disaster").text
    _asked(writer)
    assert "非常時の連絡先（1人）の LINE に知らせています" in writer.page("/disaster").text
    with console.pocket.sessions.begin() as session:
        alert = session.scalars(select(models.StaffAlert.id)).one()
        alerts.close(session, alert, console.clock())
    page = writer.page("/disaster").text
    assert "非常時の連絡先（1人）の LINE に知らせました" in page
    assert UNTOLD not in page
    with console.pocket.sessions.begin() as session:
        alerts.close(session, alert, console.clock(), "FinalError")
    assert UNTOLD in writer.page("/disaster").text


def test_who_blocked_us_can_not_be_told(staff: Staff, console: Console) -> None:
    """Though they are on the list."""
    writer = staff(Role.NOTICES)
    resident = _on_call(console, writer)
    with console.pocket.sessions.begin() as session:
        session.get_one(models.Resident, resident.id).status = models.ResidentStatus.BLOCKED
    assert ALONE in writer.page("/disaster").text
    _asked(writer)
    assert UNTOLD in writer.page("/disaster").text


def test_those_on_call_are_chosen_among_the_testers(staff: Staff, console: Console) -> None:
    """They agreed to get messages of the office's own."""
    writer = staff(Role.NOTICES)
    with console.pocket.sessions.begin() as session:
        row = models.Tester(name="防災課の電話", added_by=writer.member.id, added_at=console.clock())
        session.add(row)
    writer.after(writer.post(f"/notices/testers/{row.id}/on-call", {"on": "yes"}))
    assert "やめる：防災課の電話" in writer.page("/notices/testers").text
    writer.after(writer.post(f"/notices/testers/{row.id}/on-call", {"on": "no"}))
    assert "受けるようにする：防災課の電話" in writer.page("/notices/testers").text
