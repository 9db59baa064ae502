"""Webhook intake beside a bare echo: signed bodies over real HTTP, ours stored durably before each 200.

`python -m bench.webhook [--seconds 10] [--connections 200]`. All servers run under the same uvicorn, one by one,
each alone with the load generator (wrk, a C program in its own process), on a fresh SQLite database. The baseline is a
FastAPI endpoint that parses the body with the LINE SDK, as the SDK's own FastAPI example does, and stores nothing.
"""

import argparse
import base64
import hashlib
import hmac
import json
import re
import shutil
import signal
import socket
import subprocess
import sys
import tempfile
import time
from dataclasses import asdict, dataclass
from pathlib import Path

import httpx
from sqlalchemy import func, select

from knowledge.database import migrate, open_engine
from knowledge.models import InboundEvent

SECRET = b"8c570fa6dd201bb328f1c1eac23a96d8"
BODIES = 120_000
_LUA = """
local lines, count, next_line = {}, 0, 0
function setup(thread) end
function init(args)
  for line in io.lines(args[1]) do
    local signature, body = line:match("^(%S+) (.*)$")
    count = count + 1
    lines[count] = {signature, body}
  end
end
function request()
  next_line = next_line % count + 1
  local one = lines[next_line]
  local headers = {["x-line-signature"] = one[1], ["content-type"] = "application/json"}
  return wrk.format("POST", "/line/webhook", headers, one[2])
end
function done(summary, latency, requests)
  io.write(string.format("RESULT %d %d %d %d %d %d\\n", summary.requests, summary.duration, latency:percentile(50),
    latency:percentile(99), latency.max, summary.errors.status + summary.errors.connect + summary.errors.read
    + summary.errors.write + summary.errors.timeout))
end
"""


@dataclass(frozen=True)
class Figures:
    """What the generator saw: requests a second, latencies in milliseconds, errors of any kind."""

    server: str
    requests: int
    per_second: float
    p50_ms: float
    p99_ms: float
    max_ms: float
    errors: int


def signed_bodies(path: Path, run: int) -> None:
    """Write one signed body a line: a text message each, every event with its own id."""
    with path.open("w", encoding="utf-8") as out:
        for number in range(BODIES):
            body = json.dumps(_webhook(run, number), ensure_ascii=False, separators=(",", ":"))
            mac = hmac.digest(SECRET, body.encode(), hashlib.sha256)
            out.write(f"{base64.b64encode(mac).decode()} {body}\n")


def _webhook(run: int, number: int) -> dict[str, object]:
    message = {
        "type": "text",
        "id": str(468_789_577_898_262_530 + number),
        "quoteToken": "q3Plxr4AgKd",
        "text": "引っ越してきたけど何すればいい？",
    }
    event = {
        "type": "message",
        "mode": "active",
        "timestamp": int(time.time() * 1000),
        "source": {"type": "user", "userId": f"U{number % 5000:032x}"},
        "webhookEventId": f"01{run:04d}{number:020d}",
        "deliveryContext": {"isRedelivery": False},
        "replyToken": f"{number:032x}",
        "message": message,
    }
    return {"destination": "U8e742f61d673b39c7fff3cecb7536ef0", "events": [event]}


def measure(server: str, bodies: Path, script: Path, connections: int, seconds: int) -> Figures:
    """Start the server, warm it, load it with wrk, stop it."""
    data = Path(tempfile.mkdtemp(prefix="bench-"))
    migrate(f"sqlite:///{data / 'pocket.db'}")
    port = _free_port()
    process = subprocess.Popen([sys.executable, "-m", "bench.webhook_servers", server, str(port), str(data)])
    try:
        _wait_until_up(port)
        wrk = _wrk(port, bodies, script, connections, seconds)
    finally:
        process.send_signal(signal.SIGINT)
        process.wait()
    if server == "ours":
        _assert_stored(data, wrk.requests)
    shutil.rmtree(data)
    return Figures(server, *_values(wrk))


@dataclass(frozen=True)
class _Wrk:
    requests: int
    seconds: float
    p50_ms: float
    p99_ms: float
    max_ms: float
    errors: int


def _values(run: _Wrk) -> tuple[int, float, float, float, float, int]:
    return run.requests, round(run.requests / run.seconds, 1), run.p50_ms, run.p99_ms, run.max_ms, run.errors


def _wrk(port: int, bodies: Path, script: Path, connections: int, seconds: int) -> _Wrk:
    command = ["wrk", "-t1", f"-c{connections}", f"-d{seconds}s", "--timeout", "10s", "-s", str(script)]
    output = subprocess.run(
        [*command, f"http://127.0.0.1:{port}", "--", str(bodies)], check=True, capture_output=True, text=True
    ).stdout
    found = re.search(r"RESULT (\d+) (\d+) (\d+) (\d+) (\d+) (\d+)", output)
    assert found, output
    requests, took, p50, p99, most, errors = map(int, found.groups())
    return _Wrk(requests, took / 1e6, p50 / 1e3, p99 / 1e3, most / 1e3, errors)


def _assert_stored(data: Path, acknowledged: int) -> None:
    """Every acknowledged event is a row (bodies repeat after the last one, so at most one row a body)."""
    engine = open_engine(f"sqlite:///{data / 'pocket.db'}")
    with engine.connect() as connection:
        rows = connection.scalar(select(func.count()).select_from(InboundEvent)) or 0
    engine.dispose()
    assert rows >= min(acknowledged, BODIES), f"{acknowledged} acknowledged, {rows} stored"


def _free_port() -> int:
    with socket.create_server(("127.0.0.1", 0)) as listener:
        return int(listener.getsockname()[1])


def _wait_until_up(port: int) -> None:
    for _ in range(200):
        try:
            httpx.get(f"http://127.0.0.1:{port}/healthz", trust_env=False)
        except httpx.TransportError:
            time.sleep(0.1)
        else:
            return
    raise SystemExit("the server did not start")


def main() -> None:
    """Measure both and print the table, then the figures as JSON."""
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("--seconds", type=int, default=10)
    parser.add_argument("--connections", type=int, default=200)
    parser.add_argument("--servers", nargs="+", default=["echo", "ours", "ours-handling"])
    options = parser.parse_args()
    if shutil.which("wrk") is None:
        raise SystemExit("wrk is needed (apt-get install wrk)")
    figures = []
    with tempfile.TemporaryDirectory() as directory:
        script = Path(directory) / "post.lua"
        script.write_text(_LUA)
        for run, server in enumerate(options.servers):
            bodies = Path(directory) / f"bodies{run}"
            signed_bodies(bodies, run)
            figures.append(measure(server, bodies, script, options.connections, options.seconds))
            print(figures[-1], flush=True)
    base = figures[0].per_second
    report = [asdict(each) | {"ratio": round(each.per_second / base, 2)} for each in figures]
    print(json.dumps(report, ensure_ascii=False))


if __name__ == "__main__":
    main()
