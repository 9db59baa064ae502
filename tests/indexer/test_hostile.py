"""Hostile files: each ends in a document or an error within 30 seconds, and this process feels nothing of it."""

import resource
import time
from pathlib import Path

import pytest

from indexer.confinement import Task
from indexer.errors import SourceError
from indexer.sandbox import Limits, extract_apart, rows_apart, texts_apart
from tests.indexer.hostile import Hostile, hostile

SLOWEST = 30.0
MOST_GROWTH = 32 * 1024  # kilobytes
QUICK = {
    "overlap.docx", "bomb.docx", "lying.docx", "link.docx", "slip.docx", "xxe.docx", "utf16.docx", "laughs.xlsx",
    "wide.xlsx",    "bomb.pdf", "loop.pdf", "polyglot.pdf", "deep.html", "quotes.csv",
}  # fmt: skip


def _is_stopped(directory: Path, file: Hostile) -> str:
    """What became of a file; it took no longer than it may and left nothing behind."""
    path = directory / file.name
    path.write_bytes(file.data)
    before, began = sorted(directory.iterdir()), time.monotonic()
    try:
        document = extract_apart(path, Limits())
        assert "root:" not in document.to_json().__repr__()
        outcome = "read"
    except SourceError as error:
        outcome = type(error).__name__
    assert time.monotonic() - began <= SLOWEST, file.name
    assert sorted(directory.iterdir()) == before
    path.unlink()
    return outcome


def _check(directory: Path, files: list[Hostile]) -> dict[str, str]:
    before = resource.getrusage(resource.RUSAGE_SELF).ru_maxrss
    outcomes = {file.name: _is_stopped(directory, file) for file in files}
    assert resource.getrusage(resource.RUSAGE_SELF).ru_maxrss - before <= MOST_GROWTH + 64 * 1024
    assert not Path("/tmp/pocket-slipped").exists()
    return outcomes


def test_hostile_files_are_stopped(tmp_path: Path) -> None:
    """One of each quick kind: bombs, links, slips, entities and wrecks are refused, not opened."""
    outcomes = _check(tmp_path, [file for file in hostile(1) if file.name.removeprefix("0-") in QUICK])
    refused = {"overlap", "bomb", "link", "slip", "xxe", "utf16"}
    assert {outcomes[f"0-{name}.docx"] for name in refused} == {"HostileArchiveError"}
    assert len(outcomes) == len(QUICK)


@pytest.mark.prove
@pytest.mark.timeout(3600)
def test_every_hostile_file_is_stopped(tmp_path: Path) -> None:
    """All kinds, over a hundred files."""
    files = list(hostile(3))
    assert len(files) >= 100
    assert set(_check(tmp_path, files)) == {file.name for file in files}


@pytest.mark.parametrize("read", [rows_apart, texts_apart])
def test_imports_stand_the_same(tmp_path: Path, read: object) -> None:
    """What an import reads goes through the same walls."""
    for file in hostile(1):
        if file.name.removeprefix("0-") in {"overlap.docx", "wide.xlsx", "quotes.csv", "slip.docx", "zip.pdf"}:
            path = tmp_path / file.name
            path.write_bytes(file.data)
            with pytest.raises(SourceError):
                read(path, Limits())  # type: ignore[operator]


def test_tasks_are_named() -> None:
    """What the child is asked for is one of three things."""
    assert {task.value for task in Task} == {"document", "rows", "texts"}
