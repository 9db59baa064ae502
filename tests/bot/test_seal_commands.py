"""`pocket seal`: a key is made, and everything is sealed anew when it is replaced."""

from pathlib import Path

import pytest

from bot.cli import main
from bot.settings import Settings
from knowledge.certificate import Certificate, CertificateKind
from knowledge.changes import Disclose
from knowledge.choices import read
from knowledge.choosing import change
from knowledge.database import open_engine, open_sessions
from knowledge.sealing import Seal, SealKeyError
from tests.databases import fresh_sqlite
from tests.knowledge.choices.people import NOW, somebody

TOLD = Certificate(CertificateKind.PHYSICAL, 3)


def _run(monkeypatch: pytest.MonkeyPatch, *words: str) -> int:
    monkeypatch.setattr("sys.argv", ["pocket", *words])
    with pytest.raises(SystemExit) as ended:
        main()
    return int(ended.value.code or 0)


def test_a_key_is_made_used_and_replaced(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str]
) -> None:
    """Two keys from the command; sealed with the first, sealed again with both set, open with the second alone."""
    monkeypatch.setenv("POCKET_DATA_DIR", str(tmp_path))
    keys = []
    for _ in range(2):
        assert _run(monkeypatch, "seal", "key") == 0
        keys.append(capsys.readouterr().out.strip())
    engine = open_engine(fresh_sqlite(tmp_path / "pocket.db"))
    sessions = open_sessions(engine)
    with sessions.begin() as session:
        who = somebody(session).id
        change(session, who, Disclose(TOLD), NOW, Seal.of(keys[:1]))
    monkeypatch.setenv("POCKET_SENSITIVE_KEY", f"{keys[1]},{keys[0]}")
    assert _run(monkeypatch, "seal", "again") == 0
    assert "1 件" in capsys.readouterr().out
    with sessions() as session:
        assert read(session, who, Seal.of(keys[1:])).certificate == TOLD
        assert read(session, who, Seal.of(keys[:1])).certificate is None
    engine.dispose()


def test_without_a_key_there_is_nothing_to_seal_with(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str]
) -> None:
    """And the command says how to get one."""
    monkeypatch.setenv("POCKET_DATA_DIR", str(tmp_path))
    monkeypatch.delenv("POCKET_SENSITIVE_KEY", raising=False)
    assert _run(monkeypatch, "seal", "again") == 1
    assert "pocket seal key" in capsys.readouterr().err


def test_a_key_that_is_none_is_said_without_showing_it(monkeypatch: pytest.MonkeyPatch) -> None:
    """Its value is in no message."""
    monkeypatch.setenv("POCKET_SENSITIVE_KEY", "himitsu")
    with pytest.raises(SealKeyError) as refused:
        assert Settings(_env_file=None).seal
    assert "himitsu" not in str(refused.value)
    assert "himitsu" not in repr(Settings(_env_file=None))
