"""Fixtures: the web page over a real installation, called in the process for values, served over TCP for browsers."""

import shutil
import socket
import threading
import time
from collections.abc import Iterator
from pathlib import Path

import httpx
import pytest
import uvicorn
from fastapi import FastAPI
from starlette.testclient import TestClient

from bot.web.app import mount_web
from bot.wiring import Pocket
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
    mount_web(app, pocket, demo_path="/simulator")
    return app


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
