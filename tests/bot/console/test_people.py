"""Staff administration, one's own account, and the audit log's page."""

import csv
import io
import re
from pathlib import Path

import pytest

from bot.console import messages
from bot.console.frame import Console
from bot.console.messages import Message, Said
from knowledge import audit, second_factor
from knowledge.audit import AuditAction
from knowledge.audit_search import Wanted, find
from knowledge.models import AuditEntry, Role
from knowledge.sign_in import set_password
from knowledge.staff import get
from tests.bot.console.conftest import Staff
from tests.bot.console.people import Clerk
from tests.bot.web.page import read

PASSWORD, OTHER = "はる なつ あき ふゆ 春夏秋冬", "ひがし にし みなみ きた 東西"
NEW = {"login": "yamada", "name": "山田 花子", "department": "税務課", "roles": ["editor", "reviewer"]}


def _newest(console: Console, count: int = 1) -> list[AuditEntry]:
    with console.pocket.sessions() as session:
        return list(find(session, Wanted(), None, count))


def test_somebody_new_gets_a_password_to_hand_over(staff: Staff, console: Console) -> None:
    """Shown once, and written nowhere; the log tells who was added by whom with which roles."""
    admin = staff(Role.SYSTEM)
    answer = admin.post("/people", NEW)
    handed = re.search(r"<code class=\"secret\">([a-z0-9]{5}(?:-[a-z0-9]{5}){3})</code>", answer.text)
    assert answer.status_code == 200
    assert handed
    entry = _newest(console)[0]
    assert (entry.action, entry.actor) == (AuditAction.STAFF_ADDED, admin.member.login)
    assert entry.detail == {**NEW, "roles": ["editor", "reviewer"]}
    row = admin.page("/people").text
    assert "山田 花子" in row
    assert "編集者・確認者" in row
    assert handed[1] not in row + str(entry.detail)


@pytest.mark.parametrize(
    ("changes", "told"),
    [
        ({"name": " "}, "氏名を入力してください"),
        ({"name": "長" * 101}, "100文字まで"),
        ({"roles": []}, "役割を1つ以上選んでください"),
        ({"department": ""}, "編集者と確認者には、部署が必要です"),
        ({"login": "や"}, "ログイン名は、半角の英小文字"),
        ({"external": "x" * 256}, "255文字まで"),
    ],
)
def test_what_is_wrong_is_said_at_its_field(staff: Staff, changes: dict[str, object], told: str) -> None:
    """The form comes back with everything that was typed."""
    answer = staff(Role.SYSTEM).post("/people", {**NEW, **changes})
    page = read(answer.text)
    assert (answer.status_code, told in page.text) == (422, True)
    kept = {**NEW, **changes}
    values = {
        each.attributes.get("name"): each.attributes.get("value")
        for each in page.all("input")
        if "type" in each.attributes
    }
    assert (values["login"], values["name"]) == (kept["login"], kept["name"])
    checked = [each.attributes["value"] for each in page.all("input", name="roles") if "checked" in each.attributes]
    assert checked == kept["roles"]
    assert page.all("a", href=f"#{next(iter(changes))}")


def test_a_login_or_external_account_is_given_once(staff: Staff) -> None:
    """The second is refused at its field."""
    admin = staff(Role.SYSTEM)
    first = admin.post("/people", {**NEW, "external": "sub-1"})
    assert "庁内アカウントでサインインできます" in first.text
    assert "すでに使われています" in admin.post("/people", NEW).text
    assert "ほかの職員に登録されています" in admin.post("/people", {**NEW, "login": "b2", "external": "sub-1"}).text


def test_a_disabled_person_is_out_at_once(staff: Staff, console: Console) -> None:
    """The next click of theirs leads to the sign-in; enabling lets them sign in anew."""
    admin, clerk = staff(Role.SYSTEM), staff(Role.EDITOR)
    assert clerk.get("/").status_code == 200
    page = admin.after(admin.post(f"/people/{clerk.member.id}/disable"))
    assert f"{clerk.member.name}さんのアカウントを止めました" in page.text
    assert clerk.get("/").status_code == 303
    assert "停止中" in admin.page(f"/people/{clerk.member.id}").text
    admin.post(f"/people/{clerk.member.id}/enable")
    assert clerk.get("/").status_code == 303
    assert [entry.action for entry in _newest(console, 2)] == ["staff_enabled", "staff_disabled"]


def test_other_roles_take_effect_at_once(staff: Staff, console: Console) -> None:
    """The person signs in anew and finds the new menu."""
    admin, clerk = staff(Role.SYSTEM), staff(Role.EDITOR)
    form = {"name": clerk.member.name, "department": "", "roles": ["auditor"]}
    assert admin.post(f"/people/{clerk.member.id}", form).status_code == 303
    assert clerk.get("/").status_code == 303
    assert _newest(console)[0].detail["roles"] == ["auditor"]


def test_nobody_changes_what_they_may_do_themselves(staff: Staff) -> None:
    """Neither roles nor department, nor a reset that would get around the second factor; a name they may."""
    admin = staff(Role.SYSTEM)
    own = f"/people/{admin.member.id}"
    form = {"name": "新しい名", "department": admin.member.department, "roles": ["system", "auditor"]}
    assert [admin.post(own, form).status_code, admin.post(own, {**form, "roles": ["system"]}).status_code] == [403, 303]
    assert [admin.post(f"{own}/{what}").status_code for what in ("disable", "enable", "password", "second-factor")] == [
        403
    ] * 4


def test_a_lost_phone_is_replaced(staff: Staff, console: Console) -> None:
    """The app is taken off, sessions end; a reset password is another one."""
    admin, clerk = staff(Role.SYSTEM), staff(Role.EDITOR)
    with console.pocket.sessions.begin() as session:
        row = get(session, clerk.member.id)
        second_factor.enrol(session, row, second_factor.new_secret(), 0, console.clock())
    admin.post(f"/people/{clerk.member.id}/second-factor")
    assert "仮のパスワードを出しました" in admin.post(f"/people/{clerk.member.id}/password").text
    with console.pocket.sessions() as session:
        row = get(session, clerk.member.id)
        assert (row.totp_secret, second_factor.recovery_codes_left(session, row.id)) == (None, 0)
        assert row.temporary_until
    assert clerk.get("/").status_code == 303


def test_a_person_who_is_not_there(staff: Staff) -> None:
    """Is a page that says so; a number no row can have is refused before the database."""
    admin = staff(Role.SYSTEM)
    assert admin.get("/people/999999").status_code == 404
    assert admin.get("/people/99999999999999999999").status_code == 422
    assert admin.get("/people/%00").status_code == 400
    assert admin.post("/people", {**NEW, "name": "a\0b"}).status_code == 400


def _with_password(console: Console, clerk: Clerk) -> None:
    with console.pocket.sessions.begin() as session:
        row = get(session, clerk.member.id)
        set_password(row, console.passwords, PASSWORD, console.clock())
        second_factor.enrol(session, row, second_factor.new_secret(), 0, console.clock())


def test_ones_own_password_is_changed(staff: Staff, console: Console) -> None:
    """With the current one; other browsers are out, this one goes on with a new token."""
    clerk = staff(Role.EDITOR)
    _with_password(console, clerk)
    for fields, told in (
        ({"current": "x", "password": OTHER, "again": OTHER}, "いまのパスワードが違います"),
        ({"current": PASSWORD, "password": OTHER, "again": "x"}, "2つの欄が同じではありません"),
        ({"current": PASSWORD, "password": "short", "again": "short"}, "12文字以上"),
    ):
        answer = clerk.post("/account/password", fields)
        assert (answer.status_code, told in answer.text) == (422, True)
    page = clerk.after(clerk.post("/account/password", {"current": PASSWORD, "password": OTHER, "again": OTHER}))
    assert "パスワードを変えました" in page.text
    assert clerk.client.cookies["pocket-staff"] != clerk.token
    assert _newest(console)[0].action == AuditAction.PASSWORD_CHANGED
    with console.pocket.sessions() as session:
        assert console.passwords.fits(get(session, clerk.member.id).password, OTHER)


def test_guessing_ones_password_from_an_open_browser_stops(staff: Staff, console: Console) -> None:
    """Ten tries, as at the sign-in."""
    clerk = staff(Role.EDITOR)
    _with_password(console, clerk)
    answers = [clerk.post("/account/recovery-codes", {"confirm": "x"}).text for _ in range(11)]
    assert ["違います" in each for each in answers] == [True] * 10 + [False]
    assert "15分ほど待って" in answers[-1]


def test_new_recovery_codes(staff: Staff, console: Console) -> None:
    """Ten, shown once, for the password; the page then counts them."""
    clerk = staff(Role.EDITOR)
    _with_password(console, clerk)
    shown = clerk.post("/account/recovery-codes", {"confirm": PASSWORD}).text
    assert len(re.findall(r"<code class=\"secret\">[a-z2-9-]{19}</code>", shown)) == 10
    assert "あと10個" in clerk.page("/account").text
    assert _newest(console)[0].action == AuditAction.RECOVERY_CODES_MADE


@pytest.fixture
def auditor(staff: Staff, console: Console) -> Clerk:
    """An auditor, with sixty entries in the log, the newest of them nasty."""
    auditor = staff(Role.AUDITOR)
    with console.pocket.sessions.begin() as session:
        for number in range(59):
            audit.record(session, auditor.member, AuditAction.STAFF_CHANGED, f"staff:{number}", {}, console.clock())
        nasty = audit.Machine("=HYPERLINK(1)")
        audit.record(session, nasty, AuditAction.GUIDE_DRAFTED, "guide:<b>x", {"a": "1\r\n=1+1"}, console.clock())
    return auditor


def test_the_log_is_searched(auditor: Clerk) -> None:
    """By person, action, subject and period, in pages of fifty."""
    page = auditor.page("/audit")
    assert len(page.all("time")) == 50
    older = next(link.attributes["href"] for link in page.all("a") if "before=" in link.attributes.get("href", ""))
    assert len(read(auditor.client.get(older).text).all("time")) == 10
    found = {
        "?person=HYPER": 1,
        f"?person={auditor.member.name}&subject=staff:5": 10,
        "?action=guide_drafted": 1,
        "?since=2026-11-22": 0,
        "?until=2026-11-21&subject=staff:58": 1,
        "?until=2026-11-20": 0,
        "?since=never&subject=staff:58": 1,
        "?until=9999-12-31&subject=staff:58": 1,
    }
    assert {query: len(auditor.page(f"/audit{query}").all("time")) for query in found} == found
    assert not auditor.page("/audit?action=guide_drafted").all("b")[1:]


def test_the_log_is_verified_on_the_page(auditor: Clerk, console: Console) -> None:
    """Whole, compared with a note on paper, and after somebody touched it."""
    with console.pocket.sessions() as session:
        head = audit.head(session)
    noted = {"number": str(head.entries), "digest": f"{head.digest[:8]} {head.digest[8:16]}"}
    told = auditor.post("/audit/verify", noted).text
    assert "書かれたときのままです" in told
    assert "いまの記録と合っています" in told
    assert "控えと合いません" in auditor.post("/audit/verify", {**noted, "digest": "0" * 16}).text
    assert _newest(console)[0].detail == {"entries": 61, "broken": None, "noted": False}
    with console.pocket.engine.begin() as connection:
        connection.exec_driver_sql("DROP TRIGGER audit_entries_stay")
        connection.exec_driver_sql("UPDATE audit_entries SET subject = 'staff:1' WHERE number = 7")
    assert "7件めで合わなくなっています" in auditor.post("/audit/verify").text


def test_the_log_as_a_sheet_runs_nothing(auditor: Clerk, console: Console) -> None:
    """What fits the search, each cell neutralised, each entry one row; taking it along is written down."""
    answer = auditor.post("/audit/export", {"action": "guide_drafted"})
    rows = list(csv.DictReader(io.StringIO(answer.content.decode("utf-8-sig"), newline="")))
    assert answer.headers["content-type"] == "text/csv; charset=utf-8"
    assert [(row["person"], row["subject"]) for row in rows] == [("'=HYPERLINK(1)", "guide:<b>x")]
    assert rows[0]["at"] == "2026-11-21T07:30:00+00:00"
    assert len(list(csv.reader(io.StringIO(auditor.post("/audit/export").content.decode("utf-8-sig"))))) == 62
    assert [entry.detail for entry in _newest(console, 2)] == [{"entries": 61}, {"entries": 1}]


def test_every_action_has_a_name(console: Console) -> None:
    """What the log tells of is called something in Japanese."""
    names = console.templates.get_template("audit/actions.html").module.names  # type: ignore[attr-defined]
    assert set(names) == {action.value for action in AuditAction}


def test_every_message_and_role_has_its_sentence(console: Console) -> None:
    """Nothing that is done goes without a word, and no sentence waits for something that does not happen."""
    source = (Path(messages.__file__).parent / "templates" / "messages.html").read_text("utf-8")
    assert set(re.findall(r'^  "(\w+)":', source, re.MULTILINE)) == {message.value for message in Message}
    roles = console.templates.get_template("roles.html").module
    wanted = {role.value for role in Role}
    assert set(roles.names) == set(roles.tasks) == wanted  # type: ignore[attr-defined]


@pytest.mark.parametrize(
    "damaged", ["", "x", "e30", "W10", "WyJubyIse31d", "bnVsbA", "WyJzaWduZWRfb3V0IiwxXQ", "é", "あ" * 99]
)
def test_a_damaged_message_says_nothing(damaged: str) -> None:
    """What a browser sends back in place of a message is none, or a message; never an error."""
    assert Said.unpack(damaged) is None
    said = Said(Message.STAFF_CHANGED, {"name": "{0} <b>"})
    assert Said.unpack(said.pack()) == said
