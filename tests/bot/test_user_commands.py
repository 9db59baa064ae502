"""`pocket user` and `pocket audit`: the first account, a lost phone, and whether the log is whole."""

import io
import json
import re
import sqlite3
from collections.abc import Callable
from datetime import UTC, datetime
from pathlib import Path

import pyotp
import pytest

from bot.cli import main
from knowledge.database import open_engine, open_sessions
from knowledge.passwords import Passwords
from knowledge.second_factor import accept
from knowledge.staff import by_login

PASSWORD = "はる なつ あき ふゆ 春夏秋冬"
Run = Callable[..., tuple[int, str]]


@pytest.fixture
def run(tmp_path: Path, monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str]) -> Run:
    """Runs a command on an empty installation; `typed` comes by standard input."""
    monkeypatch.setenv("POCKET_DATA_DIR", str(tmp_path))

    def command(*words: str, typed: str = "") -> tuple[int, str]:
        monkeypatch.setattr("sys.argv", ["pocket", *words])
        monkeypatch.setattr("sys.stdin", io.StringIO(typed))
        with pytest.raises(SystemExit) as ended:
            main()
        said = capsys.readouterr()
        return (
            ended.value.code if isinstance(ended.value.code, int) else int(bool(ended.value.code))
        ), said.out + said.err

    return command


def _add(run: Run, login: str = "yamada", typed: str = PASSWORD) -> tuple[int, str]:
    return run("user", "add", login, "--name", "山田 花子", "--role", "system", "--role", "auditor", typed=typed + "\n")


def test_the_first_account_can_sign_in(run: Run, tmp_path: Path) -> None:
    """What the command prints sets up an app whose code is accepted, and the piped password fits its hash."""
    code, said = _add(run)
    secret = re.search(r"キー：([A-Z2-7]{32})$", said, re.MULTILINE)
    assert code == 0
    assert secret
    assert f"secret={secret[1]}" in said
    assert len(re.findall(r"^[a-z2-9]{4}(?:-[a-z2-9]{4}){3}$", said, re.MULTILINE)) == 10
    assert PASSWORD not in said
    engine, now = open_engine(f"sqlite:///{tmp_path / 'pocket.db'}"), datetime.now(UTC)
    with open_sessions(engine)() as session:
        row = by_login(session, "yamada")
        assert row
        assert Passwords().fits(row.password, PASSWORD)
        assert accept(session, row, pyotp.TOTP(secret[1]).at(now), now)
    engine.dispose()


@pytest.mark.parametrize(
    ("login", "typed", "told"),
    [
        ("y", PASSWORD, "ログイン名は"),
        ("やまだ", PASSWORD, "ログイン名は"),
        ("yamada", "short", "パスワードは12文字以上"),
    ],
)
def test_what_does_not_do_leaves_no_account(run: Run, login: str, typed: str, told: str) -> None:
    """A login or password that is refused is said in a sentence, with exit code 1."""
    code, said = _add(run, login, typed)
    assert (code, told in said) == (1, True)
    assert json.loads(run("user", "list", "--json")[1]) == []


def test_a_login_is_given_once(run: Run) -> None:
    """Whatever its letters' size."""
    _add(run)
    code, said = _add(run, "YAMADA")
    assert (code, "すでに使われています" in said) == (1, True)


def test_people_are_listed_disabled_and_recovered(run: Run) -> None:
    """A disabled person is shown as such; recovering gives a new password and app."""
    _add(run)
    assert "yamada　山田 花子　なし　auditor・system" in run("user", "list")[1]
    assert run("user", "disable", "Yamada")[0] == 0
    assert "停止中" in run("user", "list")[1]
    code, said = run("user", "recover", "yamada", typed=PASSWORD + "!\n")
    assert (code, "キー：" in said) == (0, True)
    told = {"login": "yamada", "name": "山田 花子", "department": None, "roles": ["auditor", "system"], "active": True}
    assert json.loads(run("user", "list", "--json")[1]) == [told]
    assert run("user", "disable", "nobody")[0] == 1


def test_the_log_is_verified(run: Run, tmp_path: Path) -> None:
    """Every command stands in it; a row that was changed behind the triggers is found."""
    _add(run)
    run("user", "disable", "yamada")
    found = json.loads(run("audit", "verify", "--json")[1])
    assert (found["entries"], found["broken"]) == (2, None)
    with sqlite3.connect(tmp_path / "pocket.db") as intruder:
        intruder.execute("DROP TRIGGER audit_entries_stay")
        intruder.execute("UPDATE audit_entries SET actor = 'somebody' WHERE number = 2")
    intruder.close()
    code, said = run("audit", "verify")
    assert (code, "2 件めが合いません" in said) == (1, True)
