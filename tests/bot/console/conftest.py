"""Fixtures: the console over a copy of a real installation, in the process for values, served over TCP for browsers.

`staff(Role.EDITOR, department="総合窓口課")` gives a signed-in client over a database of the test's own; its clock is
`clock` and can be moved. `open_page(Role.EDITOR)` gives a signed-in page of a real browser; those tests share one
served installation, so each works with guides or people of its own. Both take several roles.
"""

import shutil
import socket
import threading
import time
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from dataclasses import dataclass, replace
from datetime import UTC, datetime, timedelta
from pathlib import Path

import httpx
import pytest
import uvicorn
from argon2 import PasswordHasher
from fastapi import FastAPI
from playwright.sync_api import Browser, BrowserContext, Page

from bot.console.app import mount_console
from bot.console.frame import Console
from bot.web.app import mount_web
from bot.wiring import Pocket
from knowledge.database import open_engine, open_sessions
from knowledge.models import Role, SessionStage
from knowledge.passwords import Passwords
from tests.bot.console.asking import ask_a_little
from tests.bot.console.people import Clerk, add_person, clerk_of, token_for
from tests.installation import settings_for

Staff = Callable[..., Clerk]
OpenPage = Callable[..., Page]


@dataclass
class Clock:
    """A clock that a test moves."""

    now: datetime

    def __call__(self) -> datetime:
        return self.now

    def forward(self, by: timedelta) -> None:
        """Let time pass."""
        self.now += by


@pytest.fixture
def clock() -> Clock:
    """Saturday the 21st of November 2026, half past four in the afternoon in Tokyo."""
    return Clock(datetime(2026, 11, 21, 7, 30, tzinfo=UTC))


@pytest.fixture(scope="session")
def shared(installation: Path, tmp_path_factory: pytest.TempPathFactory) -> Iterator[Pocket]:
    """An installation whose encoder and snapshot all tests of the console use; nobody writes to its database."""
    data = shutil.copytree(installation, tmp_path_factory.mktemp("console") / "data")
    pocket = Pocket.open(settings_for(data))
    yield pocket
    pocket.engine.dispose()


@pytest.fixture
def pocket(shared: Pocket, tmp_path: Path) -> Iterator[Pocket]:
    """The installation with a database of this test's own."""
    with with_own_database(shared, tmp_path / "console") as pocket:
        yield pocket


@contextmanager
def with_own_database(shared: Pocket, data: Path) -> Iterator[Pocket]:
    """The installation with a copy of its database in another directory."""
    data.mkdir()
    shutil.copy(shared.settings.data_dir / "pocket.db", data)
    settings = shared.settings.model_copy(update={"data_dir": data})
    engine = open_engine(settings.database_url)
    yield replace(shared, settings=settings, engine=engine, sessions=open_sessions(engine))
    engine.dispose()


@pytest.fixture(scope="session")
def passwords() -> Passwords:
    """Hashes that are quickly made."""
    return Passwords(PasswordHasher(time_cost=1, memory_cost=8, parallelism=1))


@pytest.fixture
def console(pocket: Pocket, clock: Clock, passwords: Passwords) -> Console:
    """The console of this test's own; not in demo mode."""
    return Console(pocket, clock=clock, passwords=passwords)


@pytest.fixture
def app(console: Console) -> FastAPI:
    """The console alone, as the product mounts it."""
    app = FastAPI(docs_url=None, redoc_url=None, openapi_url=None)
    mount_console(app, console)
    return app


@pytest.fixture
def staff(console: Console, app: FastAPI) -> Staff:
    """Makes a person with the given roles and signs them in."""

    def sign_in(*roles: Role, department: str | None = "総合窓口課", stage: SessionStage = SessionStage.FULL) -> Clerk:
        return clerk_of(console, app, add_person(console, *roles, department=department), stage)

    return sign_in


@pytest.fixture(scope="session")
def served(installation: Path, tmp_path_factory: pytest.TempPathFactory) -> Iterator[tuple[str, Console]]:
    """The console and the web page on a port of their own, in demo mode, after a few questions; address and console."""
    data = shutil.copytree(installation, tmp_path_factory.mktemp("served") / "data")
    pocket = Pocket.open(settings_for(data))
    ask_a_little(pocket, datetime.now(UTC))
    app, console = FastAPI(docs_url=None, redoc_url=None, openapi_url=None), Console(pocket, demo=True)
    mount_console(app, console)
    mount_web(app, pocket, demo_path="/simulator")
    with socket.create_server(("127.0.0.1", 0)) as listening:
        server = uvicorn.Server(uvicorn.Config(app, log_level="warning"))
        thread = threading.Thread(target=server.run, kwargs={"sockets": [listening]}, daemon=True)
        thread.start()
        base = f"http://127.0.0.1:{listening.getsockname()[1]}"
        _wait_for(base)
        yield base, console
        server.should_exit = True
        thread.join()
    pocket.engine.dispose()


def _wait_for(base: str) -> None:
    until = time.monotonic() + 30
    while time.monotonic() < until:
        try:
            httpx.get(f"{base}/staff/static/icon.svg")
        except httpx.ConnectError:
            time.sleep(0.02)
            continue
        return
    raise TimeoutError(base)


@pytest.fixture
def open_page(browser: Browser, served: tuple[str, Console]) -> Iterator[OpenPage]:
    """Opens a browser page that is signed in with the given roles (with none: signed out), at the console's home.

    No page may load anything from elsewhere, break the content security policy or throw in a script.
    """
    base, console = served
    contexts: list[BrowserContext] = []
    troubles: list[str] = []

    def open_at(*roles: Role, path: str = "/", department: str | None = "総合窓口課", **options: object) -> Page:
        context = browser.new_context(base_url=base, **options)  # type: ignore[arg-type]
        contexts.append(context)
        if roles:
            token = token_for(console, add_person(console, *roles, department=department))
            context.add_cookies([{"name": console.cookies.session, "value": token, "url": base}])
        page = context.new_page()
        page.set_default_timeout(15_000)
        _watch(page, base, troubles)
        page.goto(f"/staff{path}")
        return page

    yield open_at
    for context in contexts:
        context.close()
    assert troubles == []


def _watch(page: Page, base: str, troubles: list[str]) -> None:
    page.on("console", lambda said: troubles.append(said.text) if "Content Security" in said.text else None)
    page.on("pageerror", lambda error: troubles.append(str(error)))
    page.on("request", lambda sent: None if sent.url.startswith((base, "data:")) else troubles.append(sent.url))
