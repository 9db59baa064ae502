"""Backing an installation up into one file, and setting it up again from one, on an empty place only."""

import shutil
import sqlite3
import tarfile
import tempfile
from contextlib import closing
from pathlib import Path

from sqlalchemy import make_url

from bot.settings import Settings
from knowledge.database import migrate
from knowledge.errors import PocketError
from knowledge.snapshot import CURRENT, current_name, read_manifest, verify

DATABASE = "pocket.db"
KEY = "log.key"
SNAPSHOTS = "snapshots"


class BackupDatabaseError(PocketError):
    """PostgreSQL のバックアップは pg_dump で行ってください（docs/operations.md）。"""


class BackupPlaceError(PocketError):
    """復元する場所にデータがあります。空のフォルダーを POCKET_DATA_DIR に指定してください。"""


class BackupBrokenError(PocketError):
    """バックアップのファイルを読めません。壊れているか、このプログラムのものではありません。"""


class BackupExistsError(PocketError):
    """同じ名前のファイルがあります。別の名前を指定してください。"""


def back_up(settings: Settings, file: Path) -> None:
    """Write database, key and the serving snapshot into one archive while the service runs; all or nothing."""
    _require_sqlite(settings)
    if file.exists():
        raise BackupExistsError
    with tempfile.TemporaryDirectory(dir=settings.data_dir) as scratch:
        copy = Path(scratch) / DATABASE
        _copy_database(settings.data_dir / DATABASE, copy)
        beside = Path(scratch) / "backup.tar.gz"
        with tarfile.open(beside, "w:gz", compresslevel=3) as archive:
            archive.add(copy, DATABASE)
            if (settings.data_dir / KEY).exists():
                archive.add(settings.data_dir / KEY, KEY)
            current = current_name(settings.snapshots)
            for name in filter(None, (current, read_manifest(settings.snapshots / current).base)):
                archive.add(settings.snapshots / name, f"{SNAPSHOTS}/{name}")
            archive.add(settings.snapshots / CURRENT, f"{SNAPSHOTS}/{CURRENT}")
        shutil.copyfile(beside, part := file.with_name(f".{file.name}.part"))
        part.chmod(0o600)
        part.replace(file)


def restore(settings: Settings, file: Path) -> None:
    """Unpack an archive into an empty data directory, check it, and bring its schema up to date; all or nothing."""
    _require_sqlite(settings)
    place = settings.data_dir
    if place.exists() and any(place.iterdir()):
        raise BackupPlaceError
    place.parent.mkdir(parents=True, exist_ok=True)
    with tempfile.TemporaryDirectory(dir=place.parent) as scratch:
        fresh = Path(scratch) / "data"
        _unpack(file, fresh)
        verify(fresh / SNAPSHOTS / current_name(fresh / SNAPSHOTS))
        if place.exists():
            place.rmdir()
        fresh.rename(place)
    migrate(settings.database_url)


def _require_sqlite(settings: Settings) -> None:
    if make_url(settings.database_url).get_backend_name() != "sqlite":
        raise BackupDatabaseError


def _copy_database(source: Path, target: Path) -> None:
    """SQLite's own online copy: consistent whatever is being written meanwhile."""
    with closing(sqlite3.connect(f"file:{source}?mode=ro", uri=True)) as old, closing(sqlite3.connect(target)) as new:
        old.backup(new)


def _unpack(file: Path, fresh: Path) -> None:
    try:
        with tarfile.open(file, "r:gz") as archive:
            archive.extractall(fresh, filter="data")
        with closing(sqlite3.connect(f"file:{fresh / DATABASE}?mode=ro", uri=True)) as database:
            whole = database.execute("PRAGMA integrity_check").fetchone() == ("ok",)
    except (OSError, EOFError, tarfile.TarError, sqlite3.DatabaseError) as error:
        raise BackupBrokenError from error
    if not whole:
        raise BackupBrokenError
