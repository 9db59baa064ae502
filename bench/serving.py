"""Cold start and memory of `pocket serve`, beside a bare FastAPI application started the same way in the same run.

`python -m bench.serving [--data-dir DIR] [--questions 50] [--json]`. Without a directory an installation is made in a
temporary place first, which is not timed. A start is timed from the call of the command until `/readyz` (of the bare
application: `/`) answers 200; memory is the resident set of the process and its children, read from the system.
"""

import argparse
import json
import os
import socket
import subprocess
import sys
import tempfile
import time
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import asdict, dataclass
from itertools import cycle, islice
from pathlib import Path

import httpx
import psutil

from bot.settings import Settings
from bot.setup import initialise
from indexer.encoding import silent

QUESTIONS = (
    "引っ越してきたけど何すればいい？",
    "粗大ごみの出し方",
    "住民票いくら？",
    "保育園の申し込み",
    "How do I register my address?",
)
TRAINING = ("torch", "transformers", "sentence_transformers", "onnx")
BARE = "from fastapi import FastAPI\napp = FastAPI()\n@app.get('/')\ndef hello():\n    return {'hello': 'world'}\n"
LOADED = "import sys; from bot.app import create_app; create_app(); print(*sys.modules)"
PATIENCE_SECONDS = 60.0


@dataclass(frozen=True)
class Figures:
    """Seconds from start to the first good answer, and MB resident then and at the end."""

    server: str
    cold_start_seconds: float
    resident_mb_at_start: float
    resident_mb_after_questions: float


def free_port() -> int:
    """A port nobody listens at."""
    with socket.socket() as probe:
        probe.bind(("127.0.0.1", 0))
        port: int = probe.getsockname()[1]
        return port


@contextmanager
def started(command: list[str], environment: dict[str, str], ready: str) -> Iterator[tuple[int, float]]:
    """Run a server; its process id and the seconds until `ready` answered 200. It is ended on leaving."""
    begun = time.perf_counter()
    process = subprocess.Popen(command, env=os.environ | environment, stderr=subprocess.DEVNULL)
    try:
        while not _answers(ready):
            if process.poll() is not None or time.perf_counter() - begun > PATIENCE_SECONDS:
                raise SystemExit(f"{command[0]} did not come up")
            time.sleep(0.02)
        yield process.pid, time.perf_counter() - begun
    finally:
        process.terminate()
        process.wait(timeout=30)


def _answers(url: str) -> bool:
    try:
        return httpx.get(url, timeout=5).status_code == 200
    except httpx.TransportError:
        return False


def resident_mb(pid: int) -> float:
    """What a process and its children hold resident, in MB."""
    root = psutil.Process(pid)
    return float(sum(each.memory_info().rss for each in [root, *root.children(recursive=True)])) / 1e6


def measure_ours(data_dir: Path, questions: int) -> Figures:
    """`pocket serve` on a ready data directory, asked over the web page."""
    base = f"http://127.0.0.1:{(port := free_port())}"
    command = [str(Path(sys.executable).parent / "pocket"), "serve", "--port", str(port)]
    with started(command, {"POCKET_DATA_DIR": str(data_dir)}, f"{base}/readyz") as (pid, seconds):
        before = resident_mb(pid)
        with httpx.Client(base_url=base, timeout=30) as client:
            for question in islice(cycle(QUESTIONS), questions):
                client.post("/ask", data={"question": question}).raise_for_status()
        return Figures("pocket serve", round(seconds, 2), round(before), round(resident_mb(pid)))


def measure_bare(directory: Path, requests: int) -> Figures:
    """A FastAPI application with one route, under the same server."""
    (directory / "bare_application.py").write_text(BARE)
    base = f"http://127.0.0.1:{(port := free_port())}"
    command = [sys.executable, "-m", "uvicorn", "bare_application:app", "--port", str(port), "--log-level", "warning"]
    with started(command, {"PYTHONPATH": str(directory)}, f"{base}/") as (pid, seconds):
        before = resident_mb(pid)
        for _ in range(requests):
            httpx.get(base).raise_for_status()
        return Figures("bare FastAPI", round(seconds, 2), round(before), round(resident_mb(pid)))


def training_libraries_loaded(data_dir: Path) -> list[str]:
    """Which of the training libraries the wired application has imported; must be none."""
    environment = os.environ | {"POCKET_DATA_DIR": str(data_dir)}
    ran = subprocess.run([sys.executable, "-c", LOADED], env=environment, capture_output=True, text=True, check=True)
    return sorted(set(ran.stdout.split()) & set(TRAINING))


def main() -> None:
    """Measure both and print the table, or JSON."""
    parser = argparse.ArgumentParser(prog="bench.serving")
    parser.add_argument("--data-dir", type=Path)
    parser.add_argument("--questions", type=int, default=50)
    parser.add_argument("--json", action="store_true")
    options = parser.parse_args()
    with tempfile.TemporaryDirectory() as temporary:
        data_dir = options.data_dir or Path(temporary) / "data"
        if options.data_dir is None:
            initialise(Settings(data_dir=data_dir), silent, silent)
        figures = [measure_bare(Path(temporary), options.questions), measure_ours(data_dir, options.questions)]
        loaded = training_libraries_loaded(data_dir)
    if options.json:
        print(json.dumps({"servers": [asdict(each) for each in figures], "training_libraries": loaded}))
        return
    print(f"{'':14}{'start s':>9}{'MB then':>9}{f'MB after {options.questions}':>13}")
    for each in figures:
        print(
            f"{each.server:14}{each.cold_start_seconds:9.2f}{each.resident_mb_at_start:9.0f}"
            f"{each.resident_mb_after_questions:13.0f}"
        )
    print(f"training libraries imported by the serving process: {', '.join(loaded) or 'none'}")


if __name__ == "__main__":
    main()
