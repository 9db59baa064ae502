"""The other end of the wire: a real HTTP server that records what LINE would get and answers as it is told."""

import json
import threading
from collections import deque
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass, field
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer
from typing import Any


@dataclass(frozen=True)
class Call:
    """One request as it came."""

    method: str
    path: str
    headers: dict[str, str]
    body: bytes

    @property
    def json(self) -> dict[str, Any]:
        content: dict[str, Any] = json.loads(self.body)
        return content


@dataclass
class Wire:
    """Its address, the calls as they came, and the answers to give first (status, body; 0 cuts the line; then 200)."""

    url: str = ""
    calls: list[Call] = field(default_factory=list)
    answers: deque[tuple[int, dict[str, Any]]] = field(default_factory=deque)
    came: threading.Condition = field(default_factory=threading.Condition)

    def wait_for(self, count: int, path: str = "/v2/bot/message/", seconds: float = 20) -> list[Call]:
        """The calls to paths that start so, once there are that many."""
        with self.came:
            assert self.came.wait_for(lambda: len(self.to(path)) >= count, seconds), [call.path for call in self.calls]
        return self.to(path)

    def to(self, path: str) -> list[Call]:
        return [call for call in self.calls if call.path.startswith(path)]


class _Server(ThreadingHTTPServer):
    def handle_error(self, request: object, client_address: object) -> None:
        """Clients that are killed leave their connections broken; that is no news."""


def _whole_body(request: BaseHTTPRequestHandler) -> bytes | None:
    """The body, or None where its sender was killed half-way: LINE would not have taken it either."""
    length = int(request.headers.get("Content-Length") or 0)
    body = request.rfile.read(length)
    request.close_connection = request.close_connection or len(body) < length
    return body if len(body) == length else None


@contextmanager
def listening() -> Iterator[Wire]:
    """A wire on a free port of this machine."""
    wire = Wire()

    class Handler(BaseHTTPRequestHandler):
        protocol_version = "HTTP/1.1"
        wbufsize = -1  # one packet an answer: two would wait for a delayed acknowledgement

        def _take(self) -> None:
            body = _whole_body(self)
            if body is None:
                return
            headers = {name.lower(): value for name, value in self.headers.items()}
            status, content = wire.answers.popleft() if wire.answers else (200, {})
            with wire.came:
                wire.calls.append(Call(self.command, self.path, headers, body))
                wire.came.notify_all()
            self._answer(status, json.dumps(content).encode())

        do_POST = do_GET = do_DELETE = _take  # noqa: N815 - the names the base class looks for

        def _answer(self, status: int, body: bytes) -> None:
            if status == 0:
                self.close_connection = True
                return
            self.send_response(status)
            self.send_header("Content-Length", str(len(body)))
            self.send_header("x-line-request-id", "request-1")
            self.end_headers()
            self.wfile.write(body)

        def log_message(self, format: str, *args: object) -> None:  # noqa: A002 - the name the base class gives
            pass

    server = _Server(("127.0.0.1", 0), Handler)
    server.daemon_threads = True
    wire.url = f"http://127.0.0.1:{server.server_address[1]}"
    thread = threading.Thread(target=server.serve_forever, kwargs={"poll_interval": 0.05})
    thread.start()
    try:
        yield wire
    finally:
        server.shutdown()
        thread.join()
        server.server_close()
