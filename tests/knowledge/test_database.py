"""The schema and the sessions, on every database."""

from datetime import datetime, timedelta, timezone

import pytest
from alembic.autogenerate import compare_metadata
from alembic.migration import MigrationContext
from sqlalchemy import Engine
from sqlalchemy.exc import StatementError

from knowledge.database import Sessions, migrate
from knowledge.models import Base, Resident, ResidentStatus

NINE = datetime(2026, 11, 21, 9, 0, tzinfo=timezone(timedelta(hours=9)))


def _resident(created_at: datetime) -> Resident:
    return Resident(line_user_id="U" + "0" * 32, status=ResidentStatus.FRIEND, changed_ms=0, created_at=created_at)


def test_migrations_build_exactly_the_models(engine: Engine) -> None:
    """After all migrations nothing differs from the models."""
    with engine.connect() as connection:
        assert compare_metadata(MigrationContext.configure(connection), Base.metadata) == []


def test_migrating_again_changes_nothing(database_url: str, sessions: Sessions) -> None:
    """A second migration keeps rows."""
    with sessions.begin() as session:
        session.add(_resident(NINE))
    migrate(database_url)
    with sessions() as session:
        assert session.query(Resident).count() == 1


def test_times_come_back_in_utc(sessions: Sessions) -> None:
    """Nine in Tokyo is midnight in UTC, also on SQLite, which keeps no zone."""
    with sessions.begin() as session:
        session.add(_resident(NINE))
    with sessions() as session:
        assert session.query(Resident).one().created_at.isoformat() == "2026-11-21T00:00:00+00:00"


def test_naive_times_are_refused(sessions: Sessions) -> None:
    """A time without a zone never reaches the database."""
    with sessions() as session:
        session.add(_resident(NINE.replace(tzinfo=None)))
        with pytest.raises(StatementError, match="naive"):
            session.flush()
