"""The sandbox: whatever a file does to the child, this process gets a document or an error that says what to do."""

import contextlib
import os
import sys
from pathlib import Path

import pytest

from indexer import extract as extraction
from indexer.documents import Document
from indexer.errors import (
    EncryptedPdfError,
    ExtractionFailedError,
    ExtractionTooHeavyError,
    ExtractionTooSlowError,
    SourceError,
    SourceTooLargeError,
)
from indexer.sandbox import Limits, extract_apart
from tests.indexer.papers import make_pdf, written

SENTENCE = "この届け出は、引っ越してきた日から14日以内に、窓口でお願いします。\n"


def test_the_child_gives_the_same_document(tmp_path: Path) -> None:
    """A document read apart equals the one read here."""
    path = written(tmp_path / "案内 1.txt", "1. 転入届\n\n" + SENTENCE)
    assert extract_apart(path, Limits()) == extraction.extract(path)


def test_the_childs_error_arrives_as_itself(tmp_path: Path) -> None:
    """The class and the message of an error cross the process boundary."""
    path = make_pdf(tmp_path / "locked.pdf", [["秘密です。"]], password="secret")
    with pytest.raises(EncryptedPdfError, match="保護を解除したPDF"):
        extract_apart(path, Limits())


def test_the_size_limit_names_itself(tmp_path: Path) -> None:
    """A file over the limit is refused with the limit in the message."""
    path = tmp_path / "huge.txt"
    with path.open("wb") as file:
        file.truncate(500 * 1024 * 1024)
    with pytest.raises(SourceTooLargeError, match="上限 50MB"):
        extract_apart(path, Limits())


@pytest.mark.parametrize("limits", [Limits(cpu_seconds=1), Limits(wall_seconds=0.3)])
def test_a_file_that_takes_too_long_is_stopped(tmp_path: Path, limits: Limits) -> None:
    """CPU time and wall-clock time end the child, and the file is named too slow."""
    path = written(tmp_path / "long.txt", "".join(f"{n}番 {SENTENCE}" for n in range(250_000)))
    with pytest.raises(ExtractionTooSlowError, match="時間がかかりすぎた"):
        extract_apart(path, limits)


def test_a_file_that_takes_too_much_memory_is_stopped(tmp_path: Path) -> None:
    """Address space is bounded: a page that grows in memory ends the child, not this process."""
    path = written(tmp_path / "wide.html", "<html><body>" + "<p>あ<b>い</b></p>" * 400_000)
    with pytest.raises((ExtractionTooHeavyError, ExtractionFailedError)):
        extract_apart(path, Limits(memory=300 * 1024 * 1024))


def test_a_deep_page_is_an_error_only(tmp_path: Path) -> None:
    """A hundred thousand nested elements crash at most the child."""
    path = written(tmp_path / "deep.html", "<html><body>" + "<div>" * 100_000 + SENTENCE)
    with contextlib.suppress(SourceError):
        assert isinstance(extract_apart(path, Limits()), Document)


def test_an_answer_that_is_too_long_is_cut_off(tmp_path: Path) -> None:
    """A child that would write without end is killed at the limit."""
    path = written(tmp_path / "notice.txt", SENTENCE * 5000)
    with pytest.raises((ExtractionTooSlowError, ExtractionFailedError)):
        extract_apart(path, Limits(answer=1000))


def test_the_child_sees_no_settings(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    """The child has none of this process's environment, so a hostile file finds no secret in it."""
    program = tmp_path / "python"
    answer = "{'error': {'name': '', 'message': str(sorted(os.environ))}}"
    program.write_text(f"#!{sys.executable}\nimport json, os\nprint(json.dumps({answer}))\n")
    program.chmod(0o755)
    monkeypatch.setenv("LINE_CHANNEL_SECRET", "canary")
    monkeypatch.setattr(sys, "executable", os.fspath(program))
    with pytest.raises(ExtractionFailedError) as caught:
        extract_apart(written(tmp_path / "notice.txt", SENTENCE), Limits())
    assert "LINE" not in str(caught.value)
    assert "PYTHONPATH" in str(caught.value)
