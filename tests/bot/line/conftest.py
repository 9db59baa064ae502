"""LINE in and out over real HTTP: a wire that stands for LINE, and our webhook with its pool in this process."""

import socket
import threading
import time
from collections.abc import Callable, Iterator
from contextlib import ExitStack, contextmanager
from dataclasses import dataclass
from typing import Any

import httpx
import pytest
import uvicorn
from pydantic import SecretStr
from sqlalchemy import Engine
from starlette.applications import Starlette
from starlette.middleware import Middleware

from bot.events import Pool
from bot.handling import Parts
from bot.intake import Intake
from bot.line.client import LineClient
from bot.line.layout import lay_out
from bot.line.loading import Loading
from bot.line.signature import sign
from bot.line.webhook import PATH, Webhook
from knowledge.database import Sessions, open_sessions
from knowledge.models import EventStatus, InboundEvent
from tests.bot.line.said import Marks, body
from tests.bot.wire import Wire, listening

SECRET = b"8c570fa6dd201bb328f1c1eac23a96d8"


@pytest.fixture
def wire() -> Iterator[Wire]:
    """What stands for LINE."""
    with listening() as wire:
        yield wire


@pytest.fixture
def client(wire: Wire) -> Iterator[LineClient]:
    """A client of it."""
    with LineClient(wire.url, wire.url, SecretStr("token"), timeout_seconds=5) as client:
        yield client


@contextmanager
def serving(app: Callable[..., Any]) -> Iterator[str]:
    """The application on a free port, by a real server."""
    listener = socket.create_server(("127.0.0.1", 0))
    server = uvicorn.Server(uvicorn.Config(app, log_level="critical", lifespan="off"))
    thread = threading.Thread(target=server.run, kwargs={"sockets": [listener]})
    thread.start()
    try:
        yield f"http://127.0.0.1:{listener.getsockname()[1]}"
    finally:
        server.should_exit = True
        thread.join()
        listener.close()


@dataclass(frozen=True)
class Door:
    """Our webhook, and the database behind it."""

    url: str
    http: httpx.Client
    sessions: Sessions

    def post(self, content: bytes, *signatures: bytes) -> httpx.Response:
        headers = [(b"x-line-signature", each) for each in signatures or (sign(content, SECRET),)]
        return self.http.post(self.url + PATH, content=content, headers=headers)

    def take(self, *events: Any) -> None:
        """Deliver the events; they must be acknowledged."""
        assert self.post(body(*events)).status_code == 200

    def wait_until_done(self, seconds: float = 30) -> None:
        """Until no event is open."""
        end = time.monotonic() + seconds
        open_ones = [EventStatus.STORED.value, EventStatus.CLAIMED.value]
        while time.monotonic() < end:
            with self.sessions() as session:
                if not session.query(InboundEvent).filter(InboundEvent.status.in_(open_ones)).count():
                    return
            time.sleep(0.02)
        raise AssertionError("events still open")


@contextmanager
def house(engine: Engine, client: LineClient, *, pool: bool = True, **parts: Any) -> Iterator[Door]:
    """Webhook, intake and (unless told otherwise) pool, as the application wires them."""
    sessions = open_sessions(engine)
    with ExitStack() as stack:
        wake: Callable[[], None] = lambda: None  # noqa: E731
        if pool:
            loading = stack.enter_context(Loading(client))
            all_parts = Parts(engine, sessions, Marks(), client, lay_out, b"key")
            wake = stack.enter_context(Pool(all_parts.__class__(**(vars(all_parts) | parts)), loading)).wake
        intake = stack.enter_context(Intake(engine, wake))
        app = Starlette(middleware=[Middleware(Webhook, secrets=[SECRET], intake=intake)])
        url = stack.enter_context(serving(app))
        http = stack.enter_context(httpx.Client(trust_env=False))
        yield Door(url, http, sessions)


@pytest.fixture
def door(engine: Engine, client: LineClient) -> Iterator[Door]:
    """The webhook with its pool, on each kind of database."""
    with house(engine, client) as door:
        yield door
