"""`pocket serve` as a process of its own, as an operator starts it."""

import os
import signal
import subprocess
import sys
import time
from collections.abc import Iterator, Mapping
from contextlib import contextmanager
from dataclasses import dataclass
from pathlib import Path

import httpx

from bench.serving import free_port

PATIENCE = 60.0


@dataclass(frozen=True)
class Served:
    """A serving process, its address, and the file that takes what it writes."""

    process: subprocess.Popen[bytes]
    url: str
    log: Path

    def stop(self) -> int:
        """End it as a service manager does, and give its exit code."""
        self.process.send_signal(signal.SIGTERM)
        return self.process.wait(PATIENCE)


@contextmanager
def serve(data_dir: Path, more: Mapping[str, str] | None = None, workers: int = 1) -> Iterator[Served]:
    """Serve a data directory until the block ends; the settings of this machine's environment do not count."""
    port = free_port()
    own = {name: value for name, value in os.environ.items() if not name.startswith(("POCKET_", "LINE_"))}
    kept = {name: value for name, value in os.environ.items() if name == "POCKET_CACHE_DIR"}
    environment = own | kept | {"POCKET_DATA_DIR": str(data_dir)} | dict(more or {})
    command = [str(Path(sys.executable).with_name("pocket")), "serve", "--port", str(port), "--workers", str(workers)]
    log = data_dir / "serve.log"
    with (
        log.open("wb") as out,
        subprocess.Popen(command, env=environment, cwd=data_dir, stdout=out, stderr=out) as process,
    ):
        try:
            yield Served(process, _ready(process, f"http://127.0.0.1:{port}"), log)
        finally:
            process.kill()


def _ready(process: subprocess.Popen[bytes], url: str) -> str:
    end = time.monotonic() + PATIENCE
    while time.monotonic() < end and process.poll() is None:
        try:
            if httpx.get(f"{url}/readyz").status_code == 200:
                return url
        except httpx.TransportError:
            time.sleep(0.05)
    raise AssertionError(f"not ready, exit code {process.poll()}")
