"""The schema and the sessions, on every database."""

from concurrent.futures import ThreadPoolExecutor
from datetime import datetime, timedelta, timezone
from pathlib import Path

import pytest
from alembic.autogenerate import compare_metadata
from alembic.migration import MigrationContext
from sqlalchemy import Engine, create_engine, event, text
from sqlalchemy.exc import IntegrityError, OperationalError, StatementError

from knowledge import database, library, versions
from knowledge.database import Sessions, changing, migrate, open_engine, open_sessions
from knowledge.models import Base, GuideRow, Resident, ResidentStatus
from knowledge.pack import load_pack
from tests.databases import PACK, fresh_sqlite

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


def test_what_was_read_can_be_changed(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    """Two processes with one SQLite file: who reads first and writes then is not refused because the other wrote."""
    monkeypatch.setattr(database, "_BUSY_MS", 0)
    url = fresh_sqlite(tmp_path / "pocket.db")
    ours, theirs = open_sessions(open_engine(url)), open_sessions(open_engine(url))
    with ours.begin() as session, changing(session):
        assert session.query(Resident).count() == 0
        with pytest.raises(OperationalError, match="locked"), theirs.begin() as other:
            other.add(_resident(NINE))
        session.add(_resident(NINE))
    with theirs() as other:
        assert other.query(Resident).count() == 1


def test_the_end_of_a_change_is_not_the_end_of_its_transaction(sessions: Sessions) -> None:
    """What a savepoint kept goes with whatever fails after it."""
    with sessions() as session:
        with changing(session):
            session.add(_resident(NINE))
        session.rollback()
    with sessions() as session:
        assert session.query(Resident).count() == 0


def test_writers_stand_in_line(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    """Eight threads write to one SQLite file that refuses at once whoever knocks while another writes: none has to."""
    monkeypatch.setattr(database, "_BUSY_MS", 0)
    engine = open_engine(fresh_sqlite(tmp_path / "pocket.db"))

    def write(number: int) -> None:
        with open_sessions(engine).begin() as session:
            resident = Resident(
                line_user_id=f"U{number:032d}", status=ResidentStatus.FRIEND, changed_ms=0, created_at=NINE
            )
            session.add(resident)
            session.flush()
            resident.seen_at = NINE

    with ThreadPoolExecutor(8) as pool:
        list(pool.map(write, range(200)))
    with open_sessions(engine)() as session:
        assert session.query(Resident).where(Resident.seen_at == NINE).count() == 200
    engine.dispose()


def test_the_turn_goes_on_after_an_error_and_reading_needs_none(tmp_path: Path) -> None:
    """Who writes keeps nobody from reading, and who fails while writing leaves the turn to the next."""
    engine = open_engine(fresh_sqlite(tmp_path / "pocket.db"))
    sessions = open_sessions(engine)
    with pytest.raises(IntegrityError):
        _write(sessions, times=2)
    with ThreadPoolExecutor(1) as other, sessions.begin() as session:
        session.add(_resident(NINE))
        session.flush()
        with sessions() as reading:
            assert reading.query(Resident).count() == 0
        late = other.submit(_write, sessions)
        session.rollback()
    late.result(timeout=10)
    with sessions() as session:
        assert session.query(Resident).count() == 1
    engine.dispose()


def test_who_waits_too_long_waits_once(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    """A turn that does not come is asked for once a transaction, and given on neither before nor after."""
    line = database._Line()
    asked = list[float]()

    class Stuck:
        def acquire(self, timeout: float) -> bool:
            asked.append(timeout)
            return False

    monkeypatch.setattr(line, "_turn", Stuck())
    engine = create_engine(fresh_sqlite(tmp_path / "pocket.db"))
    event.listen(engine, "before_cursor_execute", line.enter)
    event.listen(engine, "checkin", line.leave)
    for _ in range(2):
        with engine.begin() as connection:
            for statement in ("DELETE FROM residents", "DELETE FROM residents WHERE id = 1", "SELECT 1"):
                connection.execute(text(statement))
    engine.dispose()
    assert asked == [database._PATIENCE_SECONDS] * 2


def _write(sessions: Sessions, times: int = 1) -> None:
    with sessions.begin() as session:
        for _ in range(times):
            session.add(_resident(NINE))
            session.flush()


def test_guides_that_were_there_get_their_titles(database_url: str, engine: Engine, sessions: Sessions) -> None:
    """A database from before titles stood beside the content has all of them afterwards."""
    guide = load_pack(PACK).guides[0]
    with sessions.begin() as session:
        versions.publish(session, guide, library.FROM_PACK, 0, NINE)
    with engine.begin() as connection:
        connection.execute(text("ALTER TABLE guides DROP COLUMN title"))
        for later in ("language", "buttons", "shown_at"):
            connection.execute(text(f"ALTER TABLE conversations DROP COLUMN {later}"))
        connection.execute(text("UPDATE alembic_version SET version_num = '0014'"))
    migrate(database_url)
    with sessions() as session:
        assert session.get_one(GuideRow, guide.id).title == guide.title
