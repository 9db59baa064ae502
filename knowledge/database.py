"""Opening the database: SQLite (WAL) in the data directory, or PostgreSQL by URL."""

import re
import sqlite3
import threading
from collections.abc import Mapping
from pathlib import Path
from typing import Any

from alembic import command
from alembic.config import Config
from sqlalchemy import (
    Connection,
    CursorResult,
    Delete,
    Engine,
    Executable,
    Result,
    Update,
    create_engine,
    event,
    make_url,
)
from sqlalchemy.engine.interfaces import DBAPIConnection
from sqlalchemy.orm import Session, SessionTransaction, sessionmaker
from sqlalchemy.pool import ConnectionPoolEntry

Sessions = sessionmaker[Session]
_BUSY_MS = 15_000
_PATIENCE_SECONDS = 15.0
_TAKE = "BEGIN IMMEDIATE"
_WRITES = re.compile(rf"\s*(INSERT|UPDATE|DELETE|{_TAKE})\b", re.IGNORECASE)
_TURN = "has the turn to write"


class _Line:
    """Where the threads of a process that write to one SQLite file wait for each other, from first write to commit.

    SQLite lets them knock, sleep up to a tenth of a second and knock again, in no order; with many writers the file
    lies idle most of the time (decision 0017). The line is a courtesy: who waited too long for it, once a transaction,
    leaves the rest to SQLite.
    """

    def __init__(self) -> None:
        self._turn = threading.Lock()

    def enter(self, connection: Connection, _cursor: object, statement: str, *_: object) -> None:
        if _WRITES.match(statement) and _TURN not in connection.info:
            connection.info[_TURN] = self._turn.acquire(timeout=_PATIENCE_SECONDS)

    def leave(self, _: DBAPIConnection | None, record: ConnectionPoolEntry) -> None:
        if record.info.pop(_TURN, False):
            self._turn.release()


def _durable_wal(connection: DBAPIConnection, _: ConnectionPoolEntry) -> None:
    cursor = connection.cursor()
    for pragma in ("journal_mode=WAL", "synchronous=FULL", "foreign_keys=ON", f"busy_timeout={_BUSY_MS}"):
        cursor.execute(f"PRAGMA {pragma}")
    cursor.close()


def open_engine(url: str) -> Engine:
    """An engine for the URL; SQLite gets WAL, full fsync on commit, foreign keys, and a line of its writers."""
    if make_url(url).get_backend_name() != "sqlite":
        return create_engine(url, pool_pre_ping=True, pool_size=10, hide_parameters=True)
    engine = create_engine(url, connect_args={"timeout": _BUSY_MS / 1000}, hide_parameters=True)
    line = _Line()
    event.listen(engine, "connect", _durable_wal)
    event.listen(engine, "before_cursor_execute", line.enter)
    event.listen(engine, "checkin", line.leave)
    return engine


def open_sessions(engine: Engine) -> Sessions:
    """A session factory; rows stay readable after commit."""
    return sessionmaker(engine, expire_on_commit=False)


def changing(session: Session) -> SessionTransaction:
    """A savepoint in which something is read and then changed.

    SQLite's driver begins no transaction before one: what was read in it could not be written any more once somebody
    else has written, and its end would commit. So the file is taken first.
    """
    connection = session.connection()
    raw = connection.connection.dbapi_connection
    if isinstance(raw, sqlite3.Connection) and not raw.in_transaction:
        connection.exec_driver_sql(_TAKE)
    return session.begin_nested()


def migrate(url: str) -> None:
    """Bring the database to the newest schema; running it again changes nothing."""
    config = Config()
    config.set_main_option("script_location", str(Path(__file__).parent / "migrations"))
    config.attributes["url"] = url
    command.upgrade(config, "head")


def columns(session: Session, statement: Executable, values: Mapping[str, object] | None = None) -> Result[Any]:
    """Read columns by a session's connection, what is pending written first; rows of the ORM take twice the time."""
    session.flush()
    return session.connection().execute(statement, values)


def changed(session: Session, statement: Update | Delete) -> int:
    """Carry out a change and say how many rows it met."""
    result = session.execute(statement)
    return result.rowcount if isinstance(result, CursorResult) else 0
