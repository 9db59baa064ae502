"""A backup holds everything an installation needs to answer again, and never half of it."""

from datetime import UTC, datetime
from pathlib import Path

import pytest

from bot.backup import BackupBrokenError, BackupDatabaseError, BackupExistsError, BackupPlaceError, back_up, restore
from bot.settings import Settings
from bot.wiring import Pocket
from handlers.conversation import Asker, Channel
from knowledge.models import Question
from tests.installation import settings_for

NOW = datetime(2026, 11, 21, 3, 0, tzinfo=UTC)


def _ask(settings: Settings, text: str) -> str | None:
    pocket = Pocket.open(settings)
    with pocket.sessions.begin() as session:
        reply = pocket.responder.ask(session, text, Asker(Channel.TERMINAL), NOW)
    pocket.engine.dispose()
    return reply.guide


def test_a_restored_installation_answers_and_remembers(pocket_dir: Path, tmp_path: Path) -> None:
    """After a restore onto an empty place the same question has the same answer, and the old questions are there."""
    before = _ask(settings_for(pocket_dir), "印鑑登録をしたい")
    back_up(settings_for(pocket_dir), tmp_path / "backup.tar.gz")
    elsewhere = settings_for(tmp_path / "elsewhere")
    restore(elsewhere, tmp_path / "backup.tar.gz")
    assert _ask(elsewhere, "印鑑登録をしたい") == before == "inkan-toroku"
    pocket = Pocket.open(elsewhere)
    with pocket.sessions() as session:
        assert session.query(Question).count() == 2
    pocket.engine.dispose()


def test_a_backup_is_for_its_owner_only(pocket_dir: Path, tmp_path: Path) -> None:
    """It holds residents' questions: nobody else may read the file, and an older one is not overwritten."""
    file = tmp_path / "backup.tar.gz"
    back_up(settings_for(pocket_dir), file)
    assert file.stat().st_mode & 0o077 == 0
    with pytest.raises(BackupExistsError):
        back_up(settings_for(pocket_dir), file)


def test_a_place_with_data_is_left_alone(pocket_dir: Path, tmp_path: Path) -> None:
    """A restore never writes over an installation."""
    back_up(settings_for(pocket_dir), tmp_path / "backup.tar.gz")
    with pytest.raises(BackupPlaceError):
        restore(settings_for(pocket_dir), tmp_path / "backup.tar.gz")


@pytest.mark.parametrize("kept", [0, 10, 5_000])
def test_a_cut_backup_is_refused(pocket_dir: Path, tmp_path: Path, kept: int) -> None:
    """An archive that is empty or cut restores nothing at all."""
    back_up(settings_for(pocket_dir), tmp_path / "backup.tar.gz")
    cut = tmp_path / "cut.tar.gz"
    cut.write_bytes((tmp_path / "backup.tar.gz").read_bytes()[:kept])
    with pytest.raises(BackupBrokenError):
        restore(settings_for(tmp_path / "elsewhere"), cut)
    assert not (tmp_path / "elsewhere").exists()


def test_postgresql_has_tools_of_its_own(pocket_dir: Path, tmp_path: Path) -> None:
    """On PostgreSQL the command says what to use instead."""
    settings = Settings(_env_file=None, data_dir=pocket_dir, database="postgresql+psycopg://localhost/pocket")
    with pytest.raises(BackupDatabaseError):
        back_up(settings, tmp_path / "backup.tar.gz")
