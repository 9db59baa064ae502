"""A real installation for tests: the Toshima pack and an index by the default encoder, made once a machine.

It is kept under `.cache/`, named by what it is made of, and copied for each test that may write. A new one takes the
vectors of the last, but never its database: a migration still being written would have run there already.
"""

import fcntl
import hashlib
import os
import shutil
import time
from pathlib import Path

import pytest

from bot.settings import Settings
from bot.setup import initialise
from indexer.encoding import silent

ROOT = Path(__file__).parent.parent
CACHE = ROOT / ".cache"
_MADE_FROM = ("knowledge/**/*.py", "knowledge/packs/**/*.yaml", "indexer/*.py", "bot/setup.py")
KEPT_SECONDS = 2 * 3600
"""Another run of the tests may still be reading an older installation."""


def _fingerprint() -> str:
    digest = hashlib.sha256()
    for pattern in _MADE_FROM:
        for path in sorted(ROOT.glob(pattern)):
            digest.update(path.read_bytes())
    return digest.hexdigest()[:16]


def settings_for(data_dir: Path) -> Settings:
    """Settings of an installation in a directory, whatever this machine's environment says."""
    cache = os.environ.get("POCKET_CACHE_DIR") or "~/.cache/pocket-gyosei"
    return Settings(_env_file=None, data_dir=data_dir, pack="toshima", cache_dir=Path(cache))


def made_installation() -> Path:
    """The data directory of a finished installation, made now where it is not there yet: some minutes."""
    CACHE.mkdir(parents=True, exist_ok=True)
    made = CACHE / f"installation-{_fingerprint()}"
    with (CACHE / "installation.lock").open("w") as lock:
        fcntl.flock(lock, fcntl.LOCK_EX)
        if not made.exists():
            _make(made)
    return made


@pytest.fixture(scope="session")
def installation() -> Path:
    """The data directory of a finished installation; nobody may write to it."""
    return made_installation()


def _make(made: Path) -> None:
    fresh = CACHE / f"making-{os.getpid()}"
    shutil.rmtree(fresh, ignore_errors=True)
    older = sorted(CACHE.glob("installation-*/"), key=lambda path: path.stat().st_mtime)
    if older:
        shutil.copytree(older[-1] / "snapshots", fresh / "snapshots")
    initialise(settings_for(fresh), silent, silent)
    fresh.rename(made)
    made.touch()
    for path in older:
        if path.stat().st_mtime < time.time() - KEPT_SECONDS:
            shutil.rmtree(path)


@pytest.fixture
def pocket_dir(installation: Path, tmp_path: Path) -> Path:
    """A copy of the finished installation that a test may change."""
    return shutil.copytree(installation, tmp_path / "data")


if __name__ == "__main__":
    made_installation()
