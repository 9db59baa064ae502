"""Drills and test sends at the console: to those who joined by the text they were given, and to nobody else."""

import re
from collections.abc import Iterator
from dataclasses import replace

import pytest
from fastapi import FastAPI
from pydantic import SecretStr
from sqlalchemy import select

from bot.console.app import mount_console
from bot.console.frame import Console
from knowledge import models, testers
from knowledge.models import CampaignStatus, Resident, Role
from tests.bot.console.conftest import Staff
from tests.bot.console.notices.writing import WRITTEN, row, seen, written
from tests.bot.console.people import Clerk, add_person, clerk_of
from tests.bot.wire import Wire, listening


def test_a_drill_shows_what_it_is_and_reaches_testers_only(town: Console, staff: Staff) -> None:
    """A band on the page, 【訓練】 on the message, and an audience that can not be chosen."""
    writer = staff(Role.NOTICES)
    answer = writer.post("/notices/new?world=drill", WRITTEN | {"audience": "everyone"})
    assert answer.status_code == 303
    shown = writer.client.get(answer.headers["location"]).text
    assert "訓練のお知らせです" in shown
    assert "【訓練】来月" in shown
    assert "いま <b>0人</b>" in shown


def _join_tester(console: Console, staff: Clerk, number: int) -> None:
    with console.pocket.sessions.begin() as session:
        now = console.clock()
        session.add(models.Tester(name="係", resident_id=number, added_by=staff.member.id, added_at=now))


NO_TESTERS = "訓練の端末が、まだつながっていません"


def test_a_drill_for_nobody_goes_nowhere(town: Console, staff: Staff) -> None:
    """Not handed in, not approved, not alone either; each time with what to do, on the form and the page, too."""
    writer, approver = staff(Role.NOTICES), staff(Role.APPROVER)
    assert NO_TESTERS in writer.get("/notices/new?world=drill").text
    answer = writer.post("/notices/new?world=drill", WRITTEN | {"urgency": "urgent"})
    notice = answer.headers["location"].removeprefix("/staff/notices/")
    assert NO_TESTERS in writer.get(f"/notices/{notice}").text
    for step, fields in (("submit", {}), ("break-glass", {"reason": "承認者がだれもいないため"})):
        refused = writer.post(f"/notices/{notice}/{step}", fields)
        assert refused.status_code == 422
        assert "訓練の端末がつながっていません。" in refused.text
    _join_tester(town, writer, 1)
    assert NO_TESTERS not in writer.get(f"/notices/{notice}").text
    assert writer.post(f"/notices/{notice}/submit").status_code == 303
    with town.pocket.sessions.begin() as session:
        session.delete(session.scalars(select(models.Tester)).one())
    assert approver.post(f"/notices/{notice}/approve", seen(approver, notice)).status_code == 422
    assert row(town, notice).status == CampaignStatus.IN_REVIEW


@pytest.fixture
def wire() -> Iterator[Wire]:
    """The other end of LINE."""
    with listening() as wire:
        yield wire


def test_a_tester_is_registered_once_and_told_what_to_send(town: Console, staff: Staff) -> None:
    """The whole text stands there to be copied, once; a page that is loaded again makes no second one."""
    writer = staff(Role.NOTICES)
    page = writer.after(writer.post("/notices/testers", {"name": "防災課の電話"})).text
    assert "下の文を、番号だけでなくそのまま" in page
    assert re.search(r"訓練登録 \d{8}", page)
    again = writer.page("/notices/testers").text
    assert not re.search(r"訓練登録 \d{8}", again)
    assert "登録の文を待っています" in again
    with town.pocket.sessions() as session:
        assert len(testers.everybody(session)) == 1


def test_a_test_send_goes_to_the_chosen_tester_only(town: Console, wire: Wire) -> None:
    """The tester joined by the code they sent; the message is marked, and pressed twice it is the same request."""
    settings = town.pocket.settings.model_copy(
        update={"line_api_base": wire.url, "channel_access_token": SecretStr("t")}
    )
    console = replace(town, pocket=replace(town.pocket, settings=settings))
    app = FastAPI()
    mount_console(app, console)
    writer = clerk_of(console, app, add_person(console, Role.NOTICES))
    notice = written(writer)
    said = writer.after(writer.post("/notices/testers", {"name": "防災課の電話"})).text
    code = testers.code_in(re.search(r"訓練登録 \d{8}", said)[0])  # type: ignore[index]
    with town.pocket.sessions.begin() as session:
        resident = session.scalars(select(Resident)).all()[4]
        assert code
        assert testers.join(session, code, resident.id, town.clock())
        assert not testers.join(session, code, resident.id + 1, town.clock())
        (tester,) = testers.everybody(session)
    for _ in range(2):
        assert writer.post(f"/notices/{notice}/test", {"tester": tester.id}).status_code == 303
    calls = wire.to("/v2/bot/message/push")
    assert [call.json["to"] for call in calls] == [resident.line_user_id] * 2
    assert calls[0].json["messages"][0]["text"].startswith("【試し送り】")
    assert len({call.headers["x-line-retry-key"] for call in calls}) == 1
    assert writer.post(f"/notices/{notice}/test").status_code == 422
    writer.post(f"/notices/testers/{tester.id}/remove")
    assert "防災課の電話" not in writer.get("/notices/testers").text
