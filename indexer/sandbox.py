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
from indexer.documents import Document
from indexer.files import MOST_BYTES

_ROOT = Path(indexer.__file__).resolve().parent.parent
_CPU_SIGNALS = frozenset([-24, -9])  # SIGXCPU, and SIGKILL from the wall clock or the kernel


@dataclass(frozen=True)
class Limits:
    """What one file may cost: its size and the child's memory and answer in bytes, its time in seconds."""

    size: int = MOST_BYTES
    memory: int = 1024 * 1024 * 1024
    cpu_seconds: int = 30
    wall_seconds: float = 60.0
    answer: int = 64 * 1024 * 1024


def extract_apart(path: Path, limits: Limits) -> Document:
    """The document in a file, extracted in a limited child process without this one's environment.

    Raises the subclass of SourceError that says what is wrong with the file.
    """
    bounds = (limits.size, limits.cpu_seconds, limits.memory)
    code, answer = _run([path.absolute().as_posix(), *map(str, bounds)], limits)
    if code in _CPU_SIGNALS:
        raise errors.ExtractionTooSlowError
    if code != 0:
        raise errors.ExtractionFailedError
    return _document(answer)


def _run(arguments: list[str], limits: Limits) -> tuple[int, bytes]:
    """The child's exit status and what it wrote; it is killed at the wall-clock limit or when it writes too much."""
    command = [sys.executable, "-s", "-B", "-m", "indexer.extract", *arguments]
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


def _document(answer: bytes) -> Document:
    try:
        value: dict[str, Any] = json.loads(answer)
        if "error" in value:
            raise _error(value["error"])
        return Document.from_json(value["document"])
    except (ValueError, KeyError, TypeError, AttributeError) as error:
        raise errors.ExtractionFailedError from error


def _error(value: dict[str, str]) -> errors.SourceError:
    kinds = {kind.__name__: kind for kind in errors.SourceError.__subclasses__()}
    return kinds.get(value["name"], errors.ExtractionFailedError)(value["message"])
