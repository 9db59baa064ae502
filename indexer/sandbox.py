"""The sandbox: extraction in a child process that a hostile file can crash, fill or stall without harm to this one."""

import json
import subprocess
import sys
import threading
from dataclasses import dataclass
from pathlib import Path
from typing import Any

import indexer
from indexer import errors
from indexer.confinement import Task
from indexer.documents import Document
from indexer.files import MOST_BYTES

_ROOT = Path(indexer.__file__).resolve().parent.parent
_FOREIGN = (ValueError, KeyError, TypeError, AttributeError)
_CPU_SIGNALS = frozenset([-24, -9])  # SIGXCPU, and SIGKILL from the wall clock or the kernel


@dataclass(frozen=True)
class Limits:
    """What one file may cost: its size and the child's memory and answer in bytes, its time in seconds."""

    size: int = MOST_BYTES
    memory: int = 512 * 1024 * 1024
    cpu_seconds: int = 20
    wall_seconds: float = 28.0
    answer: int = 64 * 1024 * 1024


def extract_apart(path: Path, limits: Limits) -> Document:
    """The document in a file, extracted in a limited child process without this one's environment.

    Raises the subclass of SourceError that says what is wrong with the file.
    """
    try:
        return Document.from_json(_answer(Task.DOCUMENT, path, limits))
    except _FOREIGN as error:
        raise errors.ExtractionFailedError from error


def rows_apart(path: Path, limits: Limits) -> list[list[str]]:
    """The cells of a CSV file or of an Excel file's first sheet as they are written, read as by `extract_apart`."""
    try:
        return [[str(cell) for cell in row] for row in _answer(Task.ROWS, path, limits)]
    except _FOREIGN as error:
        raise errors.ExtractionFailedError from error


def texts_apart(path: Path, limits: Limits) -> dict[str, str]:
    """The UTF-8 texts in a zip by their names in it, read as by `extract_apart`; nothing is unpacked to a disk."""
    try:
        return {str(name): str(text) for name, text in _answer(Task.TEXTS, path, limits).items()}
    except _FOREIGN as error:
        raise errors.ExtractionFailedError from error


def _answer(task: Task, path: Path, limits: Limits) -> Any:  # noqa: ANN401 - JSON of another process
    bounds = (limits.size, limits.cpu_seconds, limits.memory)
    code, answer = _run([task.value, path.absolute().as_posix(), *map(str, bounds)], limits)
    if code in _CPU_SIGNALS:
        raise errors.ExtractionTooSlowError
    if code != 0:
        raise errors.ExtractionFailedError
    try:
        value: dict[str, Any] = json.loads(answer)
        if "error" in value:
            raise _error(value["error"])
        return value["answer"]
    except _FOREIGN as error:
        raise errors.ExtractionFailedError from error


def _run(arguments: list[str], limits: Limits) -> tuple[int, bytes]:
    """The child's exit status and what it wrote; it is killed at the wall-clock limit or when it writes too much."""
    command = [sys.executable, "-s", "-B", "-m", "indexer.child", *arguments]
    environment = {"PYTHONPATH": str(_ROOT), "PYTHONUTF8": "1", "OPENBLAS_NUM_THREADS": "1"}
    with subprocess.Popen(  # noqa: S603 - our own interpreter, our own module, no shell
        command, stdin=subprocess.DEVNULL, stdout=subprocess.PIPE, stderr=subprocess.DEVNULL, env=environment, cwd="/"
    ) as child:
        timer = threading.Timer(limits.wall_seconds, child.kill)
        timer.start()
        try:
            assert child.stdout is not None
            answer = child.stdout.read(limits.answer + 1)
            if len(answer) > limits.answer:
                child.kill()
            code = child.wait()
        finally:
            timer.cancel()
            child.kill()
    return code, answer


def _error(value: dict[str, str]) -> errors.SourceError:
    kinds = {kind.__name__: kind for kind in errors.SourceError.__subclasses__()}
    return kinds.get(value["name"], errors.ExtractionFailedError)(value["message"])
