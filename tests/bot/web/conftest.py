"""Fixtures: the web page over a real installation, called in the process for values, served over TCP for browsers."""

import shutil
import socket
import threading
import time
from collections.abc import Callable, Iterator
from pathlib import Path

import httpx
import pytest
import uvicorn
from fastapi import FastAPI
from starlette.requests import Request
from starlette.responses import Response
from starlette.routing import Route
from starlette.testclient import TestClient

from bot.web.app import mount_web
from bot.web.frame import Frame
from bot.web.pages import Carried, Pages, Said
from bot.wiring import Pocket
from handlers.actions import GiveFeedback
from handlers.reply import Choice, Citation, Outcome, Reply, Text
from tests.installation import settings_for


@pytest.fixture(scope="session")
def pocket(installation: Path, tmp_path_factory: pytest.TempPathFactory) -> Iterator[Pocket]:
    """An installation of these tests' own."""
    data = tmp_path_factory.mktemp("web") / "data"
    shutil.copytree(installation, data)
    pocket = Pocket.open(settings_for(data))
    yield pocket
    pocket.engine.dispose()


@pytest.fixture(scope="session")
def app(pocket: Pocket) -> FastAPI:
    """The web page alone, wired as the product wires it."""
    app = FastAPI(docs_url=None, redoc_url=None, openapi_url=None)
    app.router.routes.append(Route("/citation", _citation(Pages(pocket.sessions))))
    mount_web(app, pocket, demo_path="/simulator")
    return app


def _citation(pages: Pages) -> Callable[[Request], Response]:
    """A cited passage, shown by the real pages; the test installation holds no plans to find one in."""
    choices = (Choice("解決した", GiveFeedback("q1", solved=True)), Choice("違う", GiveFeedback("q1", solved=False)))
    passage = Citation(
        "試しの計画", "第1章 > めざす姿 12ページ", "一行目<b>です。\n二行目です。", "出典：試しの計画", choices
    )
    reply = Reply(Outcome.ANSWERED, (Text("区の計画から引用します。"), passage))
    return lambda _: pages.answer(Frame("豊島区"), Said(reply, Carried(), "めざす姿は？"))


@pytest.fixture(scope="session")
def client(app: FastAPI) -> Iterator[TestClient]:
    """A client in the process."""
    with TestClient(app, follow_redirects=False) as client:
        yield client


@pytest.fixture(scope="session")
def address(app: FastAPI) -> Iterator[str]:
    """The address of the web page on a port of its own."""
    with socket.create_server(("127.0.0.1", 0)) as listening:
        server = uvicorn.Server(uvicorn.Config(app, log_level="warning"))
        thread = threading.Thread(target=server.run, kwargs={"sockets": [listening]}, daemon=True)
        thread.start()
        base = f"http://127.0.0.1:{listening.getsockname()[1]}"
        _wait_for(base)
        yield base
        server.should_exit = True
        thread.join()


def _wait_for(base: str) -> None:
    until = time.monotonic() + 30
    while time.monotonic() < until:
        try:
            httpx.get(f"{base}/static/icon.svg")
        except httpx.ConnectError:
            continue
        return
    raise TimeoutError(base)
