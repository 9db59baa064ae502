"""`pocket user`: the people of the console, where there is nobody yet who could sign in to register them."""

import io
import sys
from datetime import UTC, datetime
from typing import Annotated

import segno
import typer
from sqlalchemy.orm import Session

from bot.commands.terminal import complaints, console, opened, say_json
from knowledge import audit, second_factor, staff
from knowledge.audit import COMMAND_LINE, AuditAction
from knowledge.models import Role, StaffRow
from knowledge.passwords import Passwords
from knowledge.sign_in import set_password
from knowledge.staff import NewStaff, NoSuchStaffError

app = typer.Typer(help="職員画面を使う人", no_args_is_help=True)
Login = Annotated[str, typer.Argument(help="ログイン名")]


@app.command()
def add(
    login: Login,
    name: Annotated[str, typer.Option(help="氏名")],
    role: Annotated[list[Role], typer.Option(help="役割（いくつでも）")],
    department: Annotated[str | None, typer.Option(help="部署（手続案内の担当部署と同じ名前）")] = None,
    external: Annotated[str | None, typer.Option(help="庁内アカウントの利用者IDかメールアドレス")] = None,
) -> None:
    """職員を登録します。パスワードは画面で尋ねるか、標準入力の1行目から読みます。"""
    now = datetime.now(UTC)
    with opened() as session:
        new = NewStaff(login, name, department, frozenset(role), staff.plain_external(external or ""))
        row = staff.add(session, new, now)
        if not external:
            _give_access(session, row, now)
        told = staff.member(session, row).told
        audit.record(session, COMMAND_LINE, AuditAction.STAFF_ADDED, f"staff:{row.id}", told, now)
    console.print(f"登録しました：{row.login}", markup=False)


@app.command("list")
def show(as_json: Annotated[bool, typer.Option("--json", help="JSON で出力します")] = False) -> None:
    """登録されている職員を表示します。"""
    with opened() as session:
        people = staff.everybody(session)
    if as_json:
        say_json([person.told | {"active": person.active} for person in people])
        return
    for person in people:
        state = "" if person.active else "（停止中）"
        roles = "・".join(sorted(person.roles))
        console.print(f"{person.login}　{person.name}　{person.department or 'なし'}　{roles}{state}", markup=False)


@app.command()
def disable(login: Login) -> None:
    """職員を使えなくします。サインイン中の画面もすぐに終わります。"""
    now = datetime.now(UTC)
    with opened() as session:
        row = _found(session, login)
        staff.disable(session, row, now)
        audit.record(session, COMMAND_LINE, AuditAction.STAFF_DISABLED, f"staff:{row.id}", {}, now)
    console.print(f"使えなくしました：{row.login}", markup=False)


@app.command()
def recover(login: Login) -> None:
    """パスワードと認証アプリを登録し直します。だれもサインインできなくなったときに使います。"""
    now = datetime.now(UTC)
    with opened() as session:
        row = _found(session, login)
        _give_access(session, row, now)
        staff.enable(row, now)
        staff.end_sessions(session, row.id)
        audit.record(session, COMMAND_LINE, AuditAction.PASSWORD_RESET, f"staff:{row.id}", {}, now)
    console.print(f"登録し直しました：{row.login}", markup=False)


def _found(session: Session, login: str) -> StaffRow:
    row = staff.by_login(session, staff.plain_login(login))
    if row is None:
        raise NoSuchStaffError
    return row


def _give_access(session: Session, row: StaffRow, now: datetime) -> None:
    """A password and a second factor; what the person needs is shown this once."""
    set_password(row, Passwords(), _password(), now)
    secret = second_factor.new_secret()
    codes = second_factor.enrol(session, row, secret, 0, now)
    uri = second_factor.enrolment_uri(secret, row.login)
    console.print("認証アプリで次のQRコードを読み取ってください。読み取れないときは、キーを入力してください。")
    picture = io.StringIO()
    segno.make(uri).terminal(out=picture, compact=True, border=2)
    console.print(picture.getvalue(), markup=False)
    console.print(f"キー：{secret}", markup=False)
    console.print(f"URI：{uri}", markup=False)
    console.print("回復用コード（控えて、しまってください。もう表示できません）：")
    for code in codes:
        console.print(code, markup=False)


def _password() -> str:
    """What is typed, unseen and twice; or the first line of what is piped in."""
    if not sys.stdin.isatty():
        return sys.stdin.readline().rstrip("\r\n")
    complaints.print("パスワードは12文字以上にしてください。")
    typed: str = typer.prompt("パスワード", hide_input=True, confirmation_prompt="もう一度", err=True)
    return typed
