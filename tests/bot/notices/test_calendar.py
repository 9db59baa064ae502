"""The calendar files of notices over HTTP, and testers who join from the chat."""

from fastapi import FastAPI
from starlette.testclient import TestClient

from bot.notices.calendar import calendar_router
from knowledge import testers
from knowledge.campaign import Live, draft, load
from knowledge.models import CampaignStatus, Urgency
from knowledge.notice import content_from
from knowledge.segment import Everyone
from tests.bot.notices.world import Member, Ward, wording

EVENT = {"kind": "event", "title": "健診", "place": "保健所", "starts": "2026-12-01T10:00:00+09:00",
         "ends": "2026-12-01T12:00:00+09:00"}  # fmt: skip
TEXT = {"kind": "text", "text": "健診があります"}


def test_only_an_approved_notice_has_a_calendar_file(town: Ward) -> None:
    """A draft has none; an approved one gives its event, and nothing for blocks that are no event."""
    app = FastAPI()
    app.include_router(calendar_router(town.sessions))
    client = TestClient(app)
    said = wording(urgency=Urgency.NORMAL)
    said = type(said)(said.title, said.department, None, said.urgency, content_from({"texts": {"ja": [TEXT, EVENT]}}))
    with town.sessions.begin() as session:
        notice = draft(session, Live(said, Everyone()), Member(1), town.now).id
    assert client.get(f"/calendar/{notice}/ja/1.ics").status_code == 404
    with town.sessions.begin() as session:
        load(session, notice).status = CampaignStatus.APPROVED
    found = client.get(f"/calendar/{notice}/ja/1.ics")
    assert found.headers["content-type"] == "text/calendar; charset=utf-8"
    assert "SUMMARY:健診\r\n" in found.text
    for path in (f"{notice}/ja/0.ics", f"{notice}/ja/4.ics", f"{notice}/ja/9.ics", f"{'0' * 32}/ja/1.ics"):
        assert client.get(f"/calendar/{path}").status_code in (404, 422)


def test_a_tester_joins_once_and_in_time(town: Ward) -> None:
    """The code works for one account within a day; other messages are no codes."""
    town.friends(3)
    with town.sessions.begin() as session:
        first, second = (testers.invite(session, name, Member(1), town.now) for name in ("甲", "乙"))
        assert testers.code_in(f"訓練登録　{first}") == first
        assert testers.code_in(f"訓練登録 {first} です") is None
        assert testers.code_in("健診はいつですか") is None
        assert testers.join(session, first, 1, town.now)
        assert not testers.join(session, first, 2, town.now)
        town.clock.pass_(25 * 3600)
        assert not testers.join(session, second, 2, town.now)
        assert [each.resident_id for each in testers.everybody(session)] == [None, 1]
