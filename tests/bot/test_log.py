"""Users in logs: the same hash for the same user, no way back without the key."""

import stat
from concurrent.futures import ThreadPoolExecutor
from pathlib import Path

import pytest

from bot.log import hashed, load_key, place_of

ALICE = "U" + "a" * 32


def test_a_user_is_one_hash_under_a_key(tmp_path: Path) -> None:
    """Sixteen hex digits without anything of the id, different under another key."""
    key = load_key(tmp_path)
    assert hashed(ALICE, key) == hashed(ALICE, key)
    assert hashed(ALICE, key) != hashed(ALICE, b"other")
    assert "aaaa" not in hashed(ALICE, key)


def test_the_key_is_made_once_and_only_its_owner_reads_it(tmp_path: Path) -> None:
    """Also where several processes start at the same moment."""
    with ThreadPoolExecutor(8) as threads:
        keys = set(threads.map(lambda _: load_key(tmp_path / "data"), range(8)))
    assert len(keys) == 1
    assert len(keys.pop()) == 32
    assert stat.S_IMODE((tmp_path / "data" / "log.key").stat().st_mode) == 0o600
    assert [path.name for path in (tmp_path / "data").iterdir()] == ["log.key"]


def test_an_error_is_told_without_its_message() -> None:
    """A message can quote what a resident wrote."""
    with pytest.raises(ValueError, match="住民") as raised:
        int("住民の文章")
    told = place_of(raised.value)
    assert told.startswith("ValueError at test_log.py:")
    assert "住民" not in told
