"""Databases for tests, empty and with the newest schema: the migrations run once a test process, then copies do."""

import os
import tempfile
import uuid
from collections.abc import Iterator
from contextlib import contextmanager
from functools import cache
from pathlib import Path

import pytest
from sqlalchemy import create_engine, text

from knowledge.database import migrate

DATABASES = os.environ.get("POCKET_TEST_DATABASES", "sqlite,postgresql").split(",")
_MIGRATED = "migrated"


@contextmanager
def fresh_database(request: pytest.FixtureRequest, directory: Path) -> Iterator[str]:
    """The URL of a new database of the kind that the fixture's parameter names, for the length of the context."""
    if request.param == "sqlite":
        yield fresh_sqlite(directory / "pocket.db")
        return
    server, name = request.getfixturevalue("postgres"), f"t{uuid.uuid4().hex}"
    _run(server, f"CREATE DATABASE {name} TEMPLATE {_MIGRATED}")
    yield _url(server, name)
    _run(server, f"DROP DATABASE {name} WITH (FORCE)")


def fresh_sqlite(path: Path) -> str:
    """The URL of a new database in that file."""
    path.write_bytes(_migrated())
    return f"sqlite:///{path}"


def prepare(server: str) -> None:
    """Make the database that new ones of a PostgreSQL server are copied from."""
    _run(server, f"CREATE DATABASE {_MIGRATED}")
    migrate(_url(server, _MIGRATED))


@cache
def _migrated() -> bytes:
    with tempfile.TemporaryDirectory() as directory:
        path = Path(directory) / "pocket.db"
        migrate(f"sqlite:///{path}")
        return path.read_bytes()


def _run(server: str, statement: str) -> None:
    engine = create_engine(_url(server, "postgres"), isolation_level="AUTOCOMMIT")
    with engine.connect() as connection:
        connection.execute(text(statement))
    engine.dispose()


def _url(server: str, name: str) -> str:
    return server.replace("postgresql://", "postgresql+psycopg://", 1).replace("/postgres?", f"/{name}?", 1)
