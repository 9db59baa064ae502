"""Opening the database: SQLite (WAL) in the data directory, or PostgreSQL by URL."""

from pathlib import Path

from alembic import command
from alembic.config import Config
from sqlalchemy import CursorResult, Delete, Engine, Update, create_engine, event, make_url
from sqlalchemy.engine.interfaces import DBAPIConnection
from sqlalchemy.orm import Session, sessionmaker
from sqlalchemy.pool import ConnectionPoolEntry

Sessions = sessionmaker[Session]
_BUSY_MS = 15_000


def _durable_wal(connection: DBAPIConnection, _: ConnectionPoolEntry) -> None:
    cursor = connection.cursor()
    for pragma in ("journal_mode=WAL", "synchronous=FULL", "foreign_keys=ON", f"busy_timeout={_BUSY_MS}"):
        cursor.execute(f"PRAGMA {pragma}")
    cursor.close()


def open_engine(url: str) -> Engine:
    """An engine for the URL; SQLite gets WAL, full fsync on commit and foreign keys on every connection."""
    if make_url(url).get_backend_name() != "sqlite":
        return create_engine(url, pool_pre_ping=True, pool_size=10, hide_parameters=True)
    engine = create_engine(url, connect_args={"timeout": _BUSY_MS / 1000}, hide_parameters=True)
    event.listen(engine, "connect", _durable_wal)
    return engine


def open_sessions(engine: Engine) -> Sessions:
    """A session factory; rows stay readable after commit."""
    return sessionmaker(engine, expire_on_commit=False)


def migrate(url: str) -> None:
    """Bring the database to the newest schema; running it again changes nothing."""
    config = Config()
    config.set_main_option("script_location", str(Path(__file__).parent / "migrations"))
    config.attributes["url"] = url
    command.upgrade(config, "head")


def changed(session: Session, statement: Update | Delete) -> int:
    """Carry out a change and say how many rows it met."""
    result = session.execute(statement)
    return result.rowcount if isinstance(result, CursorResult) else 0
