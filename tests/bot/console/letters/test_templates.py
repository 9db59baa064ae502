"""Templates and ward systems through the console: written, agreed to by another person, used, taken back."""

import re

from sqlalchemy import select

from bot.console.frame import Console
from knowledge import api_clients, templates
from knowledge.audit import AuditAction
from knowledge.models import ApiClient, AuditEntry, NoticeTemplate, Role, StandingStatus
from tests.bot.console.conftest import Staff
from tests.bot.console.people import Clerk

WRITTEN = {
    "slug": "shinsei-kekka",
    "title": "申請の結果",
    "department": "児童給付課",
    "keeps_quiet": "yes",
    "place_name_0": "by",
    "place_kind_0": "date",
    "place_name_1": "count",
    "place_kind_1": "number",
    "place_least_1": "1",
    "place_most_1": "9",
    "title_ja": "申請の結果",
    "text_ja": "結果が出ました。{by}までに{count}件を確かめてください。",
    "title_en": "Result",
    "text_en": "Your result is ready. {by} {count}",
}


def _written(writer: Clerk, **changes: str) -> str:
    answer = writer.post("/templates/new", WRITTEN | changes)
    assert answer.status_code == 303, answer.text
    return str(answer.headers["location"]).rpartition("/")[2]


def _row(console: Console, template: str) -> NoticeTemplate:
    with console.pocket.sessions() as session:
        return session.get_one(NoticeTemplate, template)


def _seen(clerk: Clerk, path: str) -> dict[str, str]:
    found = re.search(r'name="seen" value="([^"]+)"', clerk.get(path).text)
    return {"seen": found[1] if found else ""}


def test_two_people_make_a_template_and_an_edit_makes_it_a_draft(console: Console, staff: Staff) -> None:
    """The author can not agree, an old page agrees to nothing, and an edit takes the yes back."""
    writer, approver = staff(Role.NOTICES, Role.APPROVER), staff(Role.APPROVER)
    template = _written(writer)
    path = f"/templates/{template}"
    assert "2026年12月5日（土）までに1件" in writer.get(path).text
    writer.post(f"{path}/submit")
    own = writer.post(f"{path}/approve", {"seen": templates.digest_of(_row(console, template))})
    assert (own.status_code, "書いた人は承認できません" in own.text) == (422, True)
    old = _seen(approver, path)
    writer.post(f"{path}/edit", WRITTEN | {"text_ja": "変えました。{by}{count}"})
    writer.post(f"{path}/submit")
    assert approver.post(f"{path}/approve", old).status_code == 422
    assert approver.post(f"{path}/approve", _seen(approver, path)).status_code == 303
    with console.pocket.sessions() as session:
        assert templates.COURSE.approval(session, session.get_one(NoticeTemplate, template))
    writer.post(f"{path}/edit", WRITTEN)
    assert _row(console, template).status == StandingStatus.DRAFT
    assert approver.post(f"{path}/withdraw").status_code == 303
    assert _row(console, template).status == StandingStatus.WITHDRAWN


def test_a_form_that_is_wrong_comes_back_filled(staff: Staff) -> None:
    """What is wrong stands at each field in its own words, and nothing typed is lost."""
    writer = staff(Role.NOTICES)
    for changes, wrong in (
        ({"slug": "日本"}, {"slug": "半角の英小文字"}),
        ({"text_ja": "{by}だけ {unknown}"}, {"text_ja": "{unknown} という差し込みはありません"}),
        ({"text_ja": "{by}だけ"}, {"text_ja": "差し込み {count} が文面にありません"}),
        ({"text_ja": "｛by｝までに{count}件"}, {"text_ja": "差し込み {by} が文面にありません。文面に半角の"}),
        ({"text_ja": "{by}{count}}"}, {"text_ja": "囲むときだけ"}),
        ({"title_ja": "長" * 61}, {"title_ja": "60文字まで"}),
        ({"title_en": "{by}"}, {"title_en": "見出しに { } は使えません"}),
        ({"title_en": "", "text_ja": "長" * 1001}, {"title_en": "見出しを書いて", "text_ja": "1000文字まで"}),
        ({"text_zh": "", "title_zh": "结果"}, {"text_zh": "文面を書いて"}),
        ({"place_least_1": "9", "place_most_1": "1"}, {"place_least_1": "小さいほうから"}),
        ({"place_most_1": "たくさん"}, {"place_most_1": "整数で書いて"}),
        ({"place_name_0": "期限", "place_least_1": ""}, {"place_name_0": "半角の英小文字", "place_least_1": "整数で"}),
        ({"place_name_1": ""}, {"place_name_1": "半角の英小文字"}),
        (
            {"place_name_1": "by"},
            {"place_name_1": "上にもあり", "text_ja": "{count}", "text_en": "{count}"},
        ),
        ({"place_kind_0": "name"}, {"place_kind_0": "種類を選んで"}),
        ({"button_ja": "申請する"}, {"button_ja": "手続きの差し込みが必要"}),
        ({"button_en": "x" * 21}, {"button_en": "20文字まで"}),
        ({"title": ""}, {"title": "件名を"}),
        ({"text_ja": "", "title_ja": ""}, {"text_ja": "文面を書いて", "title_ja": "見出しを書いて"}),
        (
            {"slug": "", "department": "", "place_most_1": ""},
            {"slug": "半角", "department": "部署", "place_most_1": "数"},
        ),
        ({"text_ja": "<script>alert(1)</script>{by}"}, {"text_ja": "{count} が文面にありません"}),
    ):
        answer = writer.post("/templates/new", WRITTEN | changes)
        assert answer.status_code == 422
        told = dict(re.findall(r'id="(\w+)-problem"><span aria-hidden="true">！</span>(.*?)</p>', answer.text))
        assert set(told) == set(wrong), changes
        assert [name for name, said in wrong.items() if said not in told[name]] == [], changes
        assert "Your result is ready." in answer.text
        assert "<script>alert" not in answer.text
    _written(writer)
    again = writer.post("/templates/new", WRITTEN)
    assert (again.status_code, "ほかのひな形が使っています" in again.text) == (422, True)


def test_a_key_is_shown_once_and_its_use_is_seen(console: Console, staff: Staff) -> None:
    """The administrator makes a key, narrows it, sees its last use, takes it back; the log has all but the key."""
    template = _written(staff(Role.NOTICES))
    administrator = staff(Role.SYSTEM)
    assert administrator.post("/systems", {"name": " "}).status_code == 422
    shown = administrator.post("/systems", {"name": "児童手当システム", "scopes": ["shinsei-kekka"]}).text
    key = re.search(r"pocket_[0-9a-f]{12}_[A-Za-z0-9_-]{43}", shown)
    assert key
    page = administrator.get("/systems").text
    assert key[0] not in page
    assert "まだ使われていません" in page
    with console.pocket.sessions.begin() as session:
        caller = api_clients.admit(session, key[0], 10, console.clock())
        assert [each.id for each in api_clients.scopes(session, caller.id)] == [template]
        assert key[0].split("_", 2)[2] not in str(session.execute(select(ApiClient.__table__)).all())
    assert "2026年11月21日（土）16:30" in administrator.get("/systems").text
    assert administrator.post(f"/systems/{caller.id}/scopes", {}).status_code == 303
    assert administrator.post(f"/systems/{caller.id}/withdraw").status_code == 303
    assert "取消しずみ" in administrator.get("/systems").text
    assert administrator.post("/systems/000000000000/withdraw").status_code == 404
    wanted = [AuditAction.CLIENT_ADDED, AuditAction.CLIENT_CHANGED, AuditAction.CLIENT_WITHDRAWN]
    with console.pocket.sessions() as session:
        logged = session.scalars(select(AuditEntry).where(AuditEntry.action.in_(wanted))).all()
    assert [entry.action for entry in logged] == wanted
    assert key[0].split("_", 2)[2] not in str([entry.detail for entry in logged])
