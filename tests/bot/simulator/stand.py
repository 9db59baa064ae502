"""A served simulator, a clock that stands still, and a receiver that records what the webhook brings."""

import itertools
import json
import socket
import threading
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from dataclasses import dataclass, field
from typing import Any

import httpx
import uvicorn
from starlette.applications import Starlette
from starlette.concurrency import run_in_threadpool
from starlette.requests import Request
from starlette.responses import Response
from starlette.routing import Mount, Route, Router

from bot.simulator.platform import Platform

SECRET = "8c570fa6dd201bb328f1c1eac23a96d8"
TOKEN = "stand-in-token"
KEY = "123e4567-e89b-12d3-a456-426614174000"
HELLO = {"type": "text", "text": "こんにちは"}


@dataclass
class Clock:
    """A time that passes only when told to."""

    time: float = 1_795_000_000.0

    def __call__(self) -> float:
        return self.time

    def pass_(self, seconds: float) -> None:
        self.time += seconds


class Street:
    """One real server for all tests of a process; each application gets a house number on it while it is needed."""

    def __init__(self) -> None:
        self._router = Router()
        self._numbers = itertools.count()
        self._listener = socket.create_server(("127.0.0.1", 0))
        self._server = uvicorn.Server(
            uvicorn.Config(self._router, log_config=None, log_level="critical", lifespan="off")
        )
        self._thread = threading.Thread(target=self._server.run, kwargs={"sockets": [self._listener]})
        self._thread.start()

    @contextmanager
    def served(self, app: Callable[..., Any]) -> Iterator[str]:
        """Serve an application at the URL given."""
        house = Mount(f"/{next(self._numbers)}", app)
        self._router.routes.append(house)
        yield f"http://127.0.0.1:{self._listener.getsockname()[1]}{house.path}"
        self._router.routes.remove(house)

    def close(self) -> None:
        """Stop serving."""
        self._server.should_exit = True
        self._thread.join()
        self._listener.close()


@dataclass
class Api:
    """The API as a bot calls it."""

    http: httpx.Client
    platform: Platform
    clock: Clock

    def call(self, method: str, path: str, json: object = None, **headers: str) -> httpx.Response:
        named = {name.replace("_", "-"): value for name, value in headers.items()}
        authorised = {"authorization": f"Bearer {TOKEN}", **named}
        if json is None:
            return self.http.request(method, path, headers=authorised)
        return self.http.request(method, path, json=json, headers=authorised)

    def post(self, path: str, json: object, **headers: str) -> httpx.Response:
        return self.call("POST", path, json, **headers)

    def push(self, to: str, *messages: object, **headers: str) -> httpx.Response:
        return self.post("/v2/bot/message/push", {"to": to, "messages": messages or [HELLO]}, **headers)

    def reply(self, token: object, *messages: object, **headers: str) -> httpx.Response:
        body = {"replyToken": token, "messages": messages or [HELLO]}
        return self.post("/v2/bot/message/reply", body, **headers)

    def multicast(self, to: list[str], **headers: str) -> httpx.Response:
        return self.post("/v2/bot/message/multicast", {"to": to, "messages": [HELLO]}, **headers)


@dataclass
class Receiver:
    """A webhook that answers as told and keeps what came."""

    status: int = 200
    echo: Callable[[str, str], object] | None = None
    bodies: list[bytes] = field(default_factory=list)
    headers: list[dict[str, str]] = field(default_factory=list)
    held: threading.Event | None = None

    @property
    def events(self) -> list[dict[str, Any]]:
        return [event for body in self.bodies for event in json.loads(body)["events"]]

    def app(self) -> Starlette:
        return Starlette(routes=[Route("/hook", self._take, methods=["POST"])])

    async def _take(self, request: Request) -> Response:
        body = await request.body()
        self.bodies.append(body)
        self.headers.append(dict(request.headers))
        if self.held:
            await request.receive()
        for event in json.loads(body)["events"]:
            if self.echo and event.get("message", {}).get("type") == "text":
                await run_in_threadpool(self.echo, event["replyToken"], event["message"]["text"])
        return Response(status_code=self.status)
