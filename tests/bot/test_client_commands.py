"""`pocket client`: keys of ward systems from the command line."""

import json
from pathlib import Path

import pytest
from sqlalchemy import select
from typer.testing import CliRunner

from bot.api.app import described
from bot.cli import app
from knowledge import api_clients, templates
from knowledge.api_clients import UnknownKeyError
from knowledge.database import open_engine, open_sessions
from knowledge.models import AuditEntry
from knowledge.template import template_from
from tests.bot.notices.test_two_persons import BEGIN
from tests.bot.notices.world import Member
from tests.databases import fresh_sqlite
from tests.knowledge.notices.rows import add_staff

WORDS = {"texts": {"ja": {"title": "結果", "text": "結果が出ました。"}}}


def test_a_key_is_made_listed_and_withdrawn(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    """It works until it is withdrawn; the list never shows it; the log has both."""
    monkeypatch.setenv("POCKET_DATA_DIR", str(tmp_path))
    monkeypatch.delenv("POCKET_DATABASE_URL", raising=False)
    engine = open_engine(fresh_sqlite(tmp_path / "pocket.db"))
    sessions, run = open_sessions(engine), CliRunner()
    with sessions.begin() as session:
        add_staff(session, 1, BEGIN)
        templates.draft(session, "kekka", "結果", "課", template_from(WORDS), Member(1), BEGIN)
    made = run.invoke(app, ["client", "add", "児童手当システム", "--template", "kekka"])
    assert made.exit_code == 0, made.output
    key = made.output.split()[-1]
    with sessions.begin() as session:
        caller = api_clients.admit(session, key, 10, BEGIN)
    listed = json.loads(run.invoke(app, ["client", "list", "--json"]).output)
    assert [(each["id"], each["templates"], each["withdrawn"]) for each in listed] == [(caller.id, ["kekka"], False)]
    assert key not in str(listed)
    assert "児童手当システム" in run.invoke(app, ["client", "list"]).output
    assert run.invoke(app, ["client", "withdraw", caller.id]).exit_code == 0
    with sessions.begin() as session, pytest.raises(UnknownKeyError):
        api_clients.admit(session, key, 10, BEGIN)
    with sessions() as session:
        actions = session.scalars(select(AuditEntry.action).order_by(AuditEntry.number)).all()
    assert actions[-2:] == ["client_added", "client_withdrawn"]
    assert run.invoke(app, ["client", "add", "x", "--template", "nothing"]).exit_code != 0
    assert run.invoke(app, ["client", "describe", str(tmp_path / "api.json")]).exit_code == 0
    assert (tmp_path / "api.json").read_text(encoding="utf-8") == described()
    engine.dispose()
