"""Fixtures: the console over rows alone. Notices ask no index, so an installation without encoder or snapshot does."""

import socket
import threading
import time
from collections.abc import Iterator
from pathlib import Path
from typing import cast

import pytest
import uvicorn
from fastapi import FastAPI
from sqlalchemy import Engine

from bot.console.app import mount_console
from bot.console.frame import Console
from bot.wiring import Pocket
from handlers.conversation import Responder
from knowledge.database import Sessions, open_engine, open_sessions
from knowledge.models import Resident, ResidentChoices, ResidentStatus, Subscription, Topic
from tests.databases import Stock, fresh_sqlite
from tests.databases import toshima_url as database_url
from tests.installation import settings_for
from tests.knowledge.notices.town import line_id

__all__ = ["database_url"]


@pytest.fixture
def pocket(sessions: Sessions, engine: Engine, tmp_path: Path) -> Pocket:
    """A content pack on each kind of database; nothing on these pages may ask the responder."""
    return Pocket(settings_for(tmp_path), engine, sessions, cast("Responder", None))


@pytest.fixture(scope="session")
def served(tmp_path_factory: pytest.TempPathFactory) -> Iterator[tuple[str, Console]]:
    """The same, on a port of its own, for browsers."""
    settings = settings_for(tmp_path_factory.mktemp("notices"))
    engine = open_engine(fresh_sqlite(settings.data_dir / "pocket.db", Stock.TOSHIMA))
    sessions = open_sessions(engine)
    app = FastAPI()
    console = Console(Pocket(settings, engine, sessions, cast("Responder", None)))
    mount_console(app, console)
    with socket.create_server(("127.0.0.1", 0)) as listening:
        server = uvicorn.Server(uvicorn.Config(app, log_level="warning"))
        thread = threading.Thread(target=server.run, kwargs={"sockets": [listening]}, daemon=True)
        thread.start()
        while not server.started:
            time.sleep(0.02)
        yield f"http://127.0.0.1:{listening.getsockname()[1]}", console
        server.should_exit = True
        thread.join()
    engine.dispose()


@pytest.fixture
def town(console: Console) -> Console:
    """Thirty residents of one town, two of another."""
    with console.pocket.sessions.begin() as session:
        now = console.clock()
        for number in range(1, 33):
            row = Resident(line_user_id=line_id(number), status=ResidentStatus.FRIEND, changed_ms=0, created_at=now)
            session.add(row)
            session.flush()
            area = "巣鴨" if number <= 30 else "高田"
            session.add(ResidentChoices(resident_id=row.id, area=area, updated_at=now))
            session.add(Subscription(resident_id=row.id, topic=Topic.HEALTH, since=now))
    return console
