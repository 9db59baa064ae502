"""Settings: from the environment and `.env`, typed, secrets never shown."""

import os
from pathlib import Path

import pytest
from pydantic import ValidationError

from bot.settings import Settings, SettingUnreadableError, read_settings


@pytest.fixture(autouse=True)
def _clean(monkeypatch: pytest.MonkeyPatch, tmp_path: Path) -> None:
    """An empty environment in an empty directory."""
    for name in [name for name in os.environ if name.startswith(("POCKET_", "LINE_"))]:
        monkeypatch.delenv(name)
    monkeypatch.chdir(tmp_path)


def test_without_any_setting_it_runs_here(tmp_path: Path) -> None:
    """SQLite in ./data, the Toshima pack, the default model, no LINE."""
    settings = Settings()
    assert settings.database_url == f"sqlite:///{tmp_path / 'data' / 'pocket.db'}"
    assert (settings.pack_dir.name, settings.pack_dir.is_dir()) == ("toshima", True)
    assert (settings.embedding_model, settings.has_line, settings.channel_secrets) == ("default", False, ())
    assert settings.loopback == "http://127.0.0.1:8000"
    assert settings.snapshots == Path("data/snapshots")


def test_names_of_the_environment_are_the_documented_ones(monkeypatch: pytest.MonkeyPatch, tmp_path: Path) -> None:
    """Each variable of the design reaches its setting."""
    values = {
        "LINE_CHANNEL_SECRET": "old, new",
        "LINE_CHANNEL_ACCESS_TOKEN": "token",
        "LINE_API_BASE": "http://a",
        "LINE_DATA_API_BASE": "http://b",
        "POCKET_DATABASE_URL": "sqlite:////tmp/x.db",
        "POCKET_DATA_DIR": str(tmp_path / "d"),
        "POCKET_CACHE_DIR": str(tmp_path / "c"),
        "POCKET_EMBEDDING_MODEL": "some/model",
        "POCKET_PACK": str(tmp_path / "pack"),
        "POCKET_PORT": "8123",
        "POCKET_PUBLIC_URL": "https://example.jp",
    }
    for name, value in values.items():
        monkeypatch.setenv(name, value)
    settings = Settings()
    assert settings.channel_secrets == (b"old", b"new")
    assert (settings.has_line, settings.line_api_base, settings.line_data_api_base) == (True, "http://a", "http://b")
    assert (settings.database_url, settings.data_dir) == ("sqlite:////tmp/x.db", tmp_path / "d")
    assert (settings.encoder_cache, settings.embedding_model) == (tmp_path / "c" / "encoders", "some/model")
    assert (settings.pack_dir, settings.loopback) == (tmp_path / "pack", "http://127.0.0.1:8123")
    assert settings.public_url == "https://example.jp"


def test_a_file_named_env_serves_too(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    """And the environment wins over it."""
    (tmp_path / ".env").write_text("POCKET_PORT=8001\nPOCKET_PACK=here\nUNKNOWN=1\n", "utf-8")
    monkeypatch.setenv("POCKET_PORT", "8002")
    assert (Settings().port, Settings().pack) == (8002, "here")


@pytest.mark.parametrize(
    ("given", "used"),
    [
        ("postgresql://u:p@db/x", "postgresql+psycopg://u:p@db/x"),
        ("postgres://u:p@db/x", "postgresql+psycopg://u:p@db/x"),
        ("postgresql+psycopg://u:p@db/x", "postgresql+psycopg://u:p@db/x"),
    ],
)
def test_a_plain_postgresql_url_finds_our_driver(monkeypatch: pytest.MonkeyPatch, given: str, used: str) -> None:
    """As hosting companies write it."""
    monkeypatch.setenv("POCKET_DATABASE_URL", given)
    assert Settings().database_url == used


@pytest.mark.parametrize(
    ("secret", "token", "has_line"),
    [("", "", False), ("s", "", False), ("", "t", False), (" , ", "t", False), ("s", "t", True)],
)
def test_line_takes_a_secret_and_a_token(
    monkeypatch: pytest.MonkeyPatch, secret: str, token: str, has_line: bool
) -> None:
    """With one alone the simulator is mounted."""
    monkeypatch.setenv("LINE_CHANNEL_SECRET", secret)
    monkeypatch.setenv("LINE_CHANNEL_ACCESS_TOKEN", token)
    assert Settings().has_line is has_line


def test_secrets_are_not_printed(monkeypatch: pytest.MonkeyPatch) -> None:
    """Neither in a repr nor in a dump."""
    monkeypatch.setenv("LINE_CHANNEL_SECRET", "hush1")
    monkeypatch.setenv("LINE_CHANNEL_ACCESS_TOKEN", "hush2")
    monkeypatch.setenv("POCKET_DATABASE_URL", "postgresql://u:hush3@db/x")
    assert "hush" not in f"{Settings()!r}{Settings()}{Settings().model_dump_json()}"


def test_settings_do_not_change() -> None:
    """They are read once."""
    with pytest.raises(ValidationError):
        setattr(Settings(), "port", 1)  # noqa: B010 - mypy refuses it already


def test_a_value_that_can_not_be_read_is_named_and_not_shown(monkeypatch: pytest.MonkeyPatch) -> None:
    """The operator reads which variable to mend; what stood in it stays out of terminals and logs."""
    monkeypatch.setenv("POCKET_PORT", "eighty-eighty")
    with pytest.raises(SettingUnreadableError) as failure:
        read_settings()
    assert str(failure.value).startswith("POCKET_PORT：設定の値を読めません。")
    assert "eighty" not in str(failure.value)
