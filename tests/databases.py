"""Databases for tests with the newest schema, empty or with the content pack: made once a test process, then copied."""

import os
import tempfile
import uuid
from collections.abc import Iterator
from contextlib import contextmanager
from datetime import UTC, datetime
from enum import StrEnum
from functools import cache
from pathlib import Path

import pytest
from sqlalchemy import create_engine, text

from knowledge.database import migrate, open_engine, open_sessions
from knowledge.library import sync_pack
from knowledge.pack import load_pack

DATABASES = os.environ.get("POCKET_TEST_DATABASES", "sqlite,postgresql").split(",")
PACK = Path(__file__).parent.parent / "knowledge" / "packs" / "toshima"
LOADED = datetime(2026, 1, 1, tzinfo=UTC)
"""When the pack came into the databases that hold it: before whatever a test does."""


class Stock(StrEnum):
    """What a new database holds."""

    NOTHING = "nothing"
    TOSHIMA = "toshima"


@contextmanager
def fresh_database(request: pytest.FixtureRequest, directory: Path, stock: Stock = Stock.NOTHING) -> Iterator[str]:
    """The URL of a new database of the kind that the fixture's parameter names, for the length of the context."""
    if request.param == "sqlite":
        yield fresh_sqlite(directory / "pocket.db", stock)
        return
    server, name = request.getfixturevalue("postgres"), f"t{uuid.uuid4().hex}"
    _run(server, f"CREATE DATABASE {name} TEMPLATE {_template(server, stock)}")
    yield _url(server, name)
    _run(server, f"DROP DATABASE {name} WITH (FORCE)")


@pytest.fixture(params=DATABASES)
def toshima_url(request: pytest.FixtureRequest, tmp_path: Path) -> Iterator[str]:
    """The URL of a database with the content pack, once on each kind of database; to be imported as `database_url`."""
    with fresh_database(request, tmp_path, Stock.TOSHIMA) as url:
        yield url


def fresh_sqlite(path: Path, stock: Stock = Stock.NOTHING) -> str:
    """The URL of a new database in that file."""
    path.write_bytes(_bytes(stock))
    return f"sqlite:///{path}"


@cache
def _bytes(stock: Stock) -> bytes:
    with tempfile.TemporaryDirectory() as directory:
        path = Path(directory) / "pocket.db"
        _make(f"sqlite:///{path}", stock)
        return path.read_bytes()


@cache
def _template(server: str, stock: Stock) -> str:
    _run(server, f"CREATE DATABASE {stock}")
    _make(_url(server, stock), stock)
    return stock


def _make(url: str, stock: Stock) -> None:
    migrate(url)
    engine = open_engine(url)
    if stock is Stock.TOSHIMA:
        with open_sessions(engine).begin() as session:
            sync_pack(session, load_pack(PACK), LOADED)
    engine.dispose()


def _run(server: str, statement: str) -> None:
    engine = create_engine(_url(server, "postgres"), isolation_level="AUTOCOMMIT")
    with engine.connect() as connection:
        connection.execute(text(statement))
    engine.dispose()


def _url(server: str, name: str) -> str:
    return server.replace("postgresql://", "postgresql+psycopg://", 1).replace("/postgres?", f"/{name}?", 1)
