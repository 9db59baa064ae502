"""A notice's way through the console: written, counted, approved by another person, started, stopped, corrected."""

import re
from collections.abc import Iterator
from dataclasses import replace

import pytest
from fastapi import FastAPI
from pydantic import SecretStr
from sqlalchemy import select

from bot.console.app import mount_console
from bot.console.frame import Console
from handlers.settings.wording import wording
from knowledge import models, testers
from knowledge.models import (
    Campaign,
    CampaignStatus,
    Resident,
    ResidentChoices,
    ResidentStatus,
    Role,
    Segment,
    Subscription,
    Topic,
)
from knowledge.notice import Variant
from tests.bot.console.conftest import Staff
from tests.bot.console.people import Clerk, add_person, clerk_of
from tests.bot.wire import Wire, listening
from tests.knowledge.notices.town import line_id

WRITTEN = {
    "title": "健診のご案内",
    "department": "健康推進課",
    "topic": "health",
    "urgency": "normal",
    "audience": "conditions",
    "areas": ["巣鴨"],
    "text_ja": "来月、健診があります。",
}
_ID = re.compile(r"/staff/notices/([0-9a-f]{32})")


@pytest.fixture
def town(console: Console) -> Console:
    """Thirty residents of one town, two of another."""
    with console.pocket.sessions.begin() as session:
        now = console.clock()
        for number in range(1, 33):
            row = Resident(line_user_id=line_id(number), status=ResidentStatus.FRIEND, changed_ms=0, created_at=now)
            session.add(row)
            session.flush()
            area = "巣鴨" if number <= 30 else "高田"
            session.add(ResidentChoices(resident_id=row.id, area=area, updated_at=now))
            session.add(Subscription(resident_id=row.id, topic=Topic.HEALTH, since=now))
    return console


def _written(writer: Clerk, **changes: object) -> str:
    answer = writer.post("/notices/new", WRITTEN | changes)
    assert answer.status_code == 303, answer.text
    found = _ID.search(answer.headers["location"])
    assert found
    return found[1]


def _row(console: Console, notice: str) -> Campaign:
    with console.pocket.sessions() as session:
        return session.get_one(Campaign, notice)


def _seen(clerk: Clerk, notice: str) -> dict[str, str]:
    found = re.search(r'name="seen" value="([^"]+)"', clerk.get(f"/notices/{notice}").text)
    return {"seen": found[1] if found else ""}


def test_two_people_send_a_notice(town: Console, staff: Staff) -> None:
    """One writes and asks, another approves what the page showed, the first starts it; the page says for whom."""
    writer, approver = staff(Role.NOTICES), staff(Role.APPROVER)
    notice = _written(writer)
    shown = writer.get(f"/notices/{notice}").text
    assert "「巣鴨」に住んでいて、お知らせを受け取れる人" in re.sub(r"\s+", "", shown)
    assert "いま <b>30人</b>" in shown
    assert writer.post(f"/notices/{notice}/submit").status_code == 303
    assert approver.post(f"/notices/{notice}/approve", _seen(approver, notice)).status_code == 303
    assert writer.post(f"/notices/{notice}/start").status_code == 303
    assert _row(town, notice).status == CampaignStatus.SENDING
    assert writer.post(f"/notices/{notice}/stop").status_code == 303
    assert _row(town, notice).status == CampaignStatus.STOPPED


def test_nobody_approves_their_own_notice(town: Console, staff: Staff) -> None:
    """Even with both roles; and who may only write is refused at the door."""
    both, writer = staff(Role.NOTICES, Role.APPROVER), staff(Role.NOTICES)
    notice = _written(both)
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
    notice = _written(writer)
    writer.post(f"/notices/{notice}/submit")
    old = _seen(approver, notice)
    writer.post(f"/notices/{notice}/edit", WRITTEN | {"text_ja": "日にちが変わりました。"})
    writer.post(f"/notices/{notice}/submit")
    assert approver.post(f"/notices/{notice}/approve", old).status_code == 422
    assert approver.post(f"/notices/{notice}/approve", _seen(approver, notice)).status_code == 303
    writer.post(f"/notices/{notice}/edit", WRITTEN)
    assert _row(town, notice).status == CampaignStatus.DRAFT
    assert writer.post(f"/notices/{notice}/start").status_code == 422


def test_few_people_need_a_reason(town: Console, staff: Staff) -> None:
    """Two people are asked about; with a reason it goes on."""
    writer = staff(Role.NOTICES)
    notice = _written(writer, areas=["高田"])
    refused = writer.post(f"/notices/{notice}/submit")
    assert refused.status_code == 422
    assert "20人未満" in refused.text
    assert writer.post(f"/notices/{notice}/submit", {"few_reason": "対象の催しの参加者のため"}).status_code == 303


def test_a_form_comes_back_filled_with_what_is_wrong(town: Console, staff: Staff) -> None:
    """No condition, no text, a picture without words, an event that ends before it begins: each at its field."""
    writer = staff(Role.NOTICES)
    empty = writer.post("/notices/new", WRITTEN | {"areas": []})
    assert empty.status_code == 422
    assert "条件を一つ以上選ぶか" in empty.text
    assert "来月、健診があります。" in empty.text
    for field, said in (
        ({"text_ja": ""}, "日本語の文面を書いてください"),
        ({"picture_url": "https://example.jp/a.png"}, "画像の説明を書いてください"),
        ({"label_0": "申請", "url_0": "javascript:alert(1)"}, "https:// か tel: で始まる宛先"),
        ({"event_title": "催し", "event_place": "区民センター", "event_starts": "2026-12-02T10:00",
          "event_ends": "2026-12-01T10:00"}, "始まりが先になる"),
        ({"child_from": "36", "child_to": "3"}, "「から」を「まで」より大きくしないでください"),
        ({"child_from": "3"}, "「まで」のほうも書いてください"),
        ({"child_to": "20", "child_to_unit": "years"}, "19歳まで"),
        ({"title": ""}, "件名を書いてください。"),
        ({"title": "長" * 121}, "件名は120文字まで"),
        ({"department": "部" * 201}, "部署の名前は200文字まで"),
        ({"event_place": "区民センター"}, "催しの名前を書いてください"),
        ({"child_from": "たくさん"}, "子どもの年齢は"),
        ({"text_ja": "避難勧告が出ました。"}, "廃止された言葉"),
    ):  # fmt: skip
        answer = writer.post("/notices/new", WRITTEN | field)
        assert (answer.status_code, said in answer.text) == (422, True), field


def test_a_text_that_is_too_long_is_told_at_its_own_language(town: Console, staff: Staff) -> None:
    """Not at the Japanese one, where nothing is wrong."""
    page = staff(Role.NOTICES).post("/notices/new", WRITTEN | {"text_en": "a" * 1_501}).text
    assert 'id="text_en-problem"' in page
    assert 'id="text_ja-problem"' not in page


def test_a_booking_needs_a_time_within_a_year(town: Console, staff: Staff) -> None:
    """None, one that is over and one with a mistyped year are told apart."""
    writer, approver = staff(Role.NOTICES), staff(Role.APPROVER)
    notice = _written(writer)
    writer.post(f"/notices/{notice}/submit")
    approver.post(f"/notices/{notice}/approve", _seen(approver, notice))
    for at, said in (
        ("", "送信の日時を選んでください。"),
        ("2026-11-20T10:00", "送信の日時が過ぎています。"),
        ("2099-01-01T10:00", "予約できるのは1年先までです。"),
    ):
        refused = writer.post(f"/notices/{notice}/schedule", {"at": at})
        assert (refused.status_code, said in refused.text) == (422, True), at
    assert writer.post(f"/notices/{notice}/schedule", {"at": "2027-11-20T10:00"}).status_code == 303


def test_a_whole_notice_is_kept_and_comes_back_into_its_form(town: Console, staff: Staff) -> None:
    """Card, buttons, picture, event, a second language and every condition survive saving and editing unchanged."""
    writer = staff(Role.NOTICES)
    notice = _written(
        writer, text_en="A check-up is coming.", card_title="健診", label_0="申し込む", url_0="https://example.jp/f",
        picture_url="https://example.jp/a.png", picture_description="会場の地図です", event_title="健診",
        event_place="保健所", event_starts="2026-12-01T10:00", event_ends="2026-12-01T12:00", age_bands=["from_40"],
        languages=["ja", "en"], child_from="3", child_to="4", child_to_unit="months", seen_within_days="90",
    )  # fmt: skip
    before = _row(town, notice)
    page = writer.page(f"/notices/{notice}/edit")
    assert page is not None
    shown = writer.get(f"/notices/{notice}/edit").text
    for text in ("A check-up is coming.", "申し込む", "会場の地図です", "2026-12-01T12:00"):
        assert text in shown
    assert [block["kind"] for block in before.content["texts"]["ja"]] == ["card", "picture", "event"]
    assert before.audience["child"] == {"from_months": 3, "to_months": 4}


def test_topics_and_ages_are_called_as_residents_call_them(town: Console, staff: Staff) -> None:
    """Who phones about 「給付・助成」 is understood: the form has the words of the residents' own settings."""
    page = staff(Role.NOTICES).page("/notices/new").text
    said = wording(Variant.JA)
    assert all(name in page for name in (*said.topics.values(), *said.ages.values()))


def test_a_look_counts_without_saving(town: Console, staff: Staff) -> None:
    """The live count and the sentence, and nothing kept."""
    answer = staff(Role.NOTICES).post("/notices/new", WRITTEN | {"do": "look", "topics": ["health"]})
    assert answer.status_code == 200
    assert '<b class="people">30人</b>' in answer.text
    with town.pocket.sessions() as session:
        assert session.scalars(select(Campaign)).all() == []


def test_a_segment_is_kept_by_name_and_versioned(town: Console, staff: Staff) -> None:
    """The same conditions keep their version, others get a new one, and the form can start from it."""
    writer = staff(Role.NOTICES)
    for areas in (["巣鴨"], ["巣鴨"], ["巣鴨", "高田"]):
        _written(writer, segment_name="北の町", areas=areas)
    with town.pocket.sessions() as session:
        (segment,) = session.scalars(select(Segment))
        assert segment.version == 2
    begun = writer.get(f"/notices/new?segment={segment.id}").text
    assert begun.count('name="areas"') == begun.count('name="areas" value="巣鴨" checked') + 1 == 2


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
    assert approver.post(f"/notices/{notice}/approve", _seen(approver, notice)).status_code == 422
    assert _row(town, notice).status == CampaignStatus.IN_REVIEW


def test_progress_before_there_are_people_is_no_hundred_percent(town: Console, staff: Staff) -> None:
    """While they are gathered, where it was stopped before, and where in the end nobody fitted."""
    writer, approver = staff(Role.NOTICES), staff(Role.APPROVER)
    notice = _written(writer, urgency="urgent")
    writer.post(f"/notices/{notice}/submit")
    approver.post(f"/notices/{notice}/approve", _seen(approver, notice))
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


def test_a_look_says_what_saving_would_refuse(town: Console, staff: Staff) -> None:
    """A word the law abolished is found before the draft is saved, at its field."""
    answer = staff(Role.NOTICES).post("/notices/new", WRITTEN | {"do": "look", "text_ja": "避難勧告が出ました。"})
    assert answer.status_code == 422
    assert "廃止された言葉" in answer.text
    assert 'id="preview"' not in answer.text


def test_breaking_the_glass_is_seen_by_everybody(town: Console, staff: Staff) -> None:
    """Alone only with a reason and only in an emergency; then it stands on top of everybody's list."""
    writer, other = staff(Role.NOTICES), staff(Role.APPROVER)
    normal = _written(writer)
    assert writer.post(f"/notices/{normal}/break-glass", {"reason": "とても急いでいるため"}).status_code == 422
    disaster = _written(writer, urgency="disaster")
    assert writer.post(f"/notices/{disaster}/break-glass", {"reason": "急ぎ"}).status_code == 422
    assert writer.post(f"/notices/{disaster}/break-glass", {"reason": "夜間で承認者がいないため"}).status_code == 303
    assert "夜間で承認者がいないため" in other.get("/notices").text
    assert "訂正のお知らせを開く" in other.get(f"/notices/{disaster}").text


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
    notice = _written(writer)
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
