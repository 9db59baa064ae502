"""The child of `indexer.sandbox`: reads one file under limits and answers in JSON on standard output."""

import json
import sys
from pathlib import Path
from typing import Any

from indexer.confinement import Task, confine, limit
from indexer.errors import ExtractionTooHeavyError, SourceError
from indexer.extract import extract
from indexer.imports import read_rows, read_texts


def _answer(task: Task, path: Path, most: int) -> Any:  # noqa: ANN401 - whatever the task yields, as JSON values
    match task:
        case Task.DOCUMENT:
            return extract(path, most).to_json()
        case Task.ROWS:
            return read_rows(path, most)
        case Task.TEXTS:
            return read_texts(path, most)


def main(arguments: list[str]) -> None:
    """Write what the task yields, or the name of its error: TASK PATH BYTES SECONDS MEMORY."""
    task, path, most, seconds, memory = arguments
    limit(int(seconds), int(memory))
    confine(Path(path))
    answer: dict[str, Any]
    try:
        answer = {"answer": _answer(Task(task), Path(path), int(most))}
    except SourceError as error:
        answer = {"error": {"name": type(error).__name__, "message": str(error)}}
    except MemoryError:
        answer = {"error": {"name": ExtractionTooHeavyError.__name__, "message": str(ExtractionTooHeavyError())}}
    sys.stdout.write(json.dumps(answer, ensure_ascii=True))


if __name__ == "__main__":
    main(sys.argv[1:])
