"""The audit log: written once, chained, found out when it was touched, and not to be changed by the application."""

import random
from collections.abc import Iterator
from datetime import UTC, datetime, timedelta

import pytest
from hypothesis import given
from hypothesis import strategies as st
from sqlalchemy import Engine, text
from sqlalchemy.exc import DBAPIError

from knowledge import audit
from knowledge.audit import COMMAND_LINE, AuditAction, check, record, verify
from knowledge.audit_search import Wanted, find
from knowledge.database import Sessions
from knowledge.models import AuditEntry

NOW = datetime(2026, 11, 21, 7, 30, tzinfo=UTC)
NASTY = "a\r\n2026-11-21 approved\u2028\x00\u202e=1+1"


@pytest.fixture
def log(sessions: Sessions) -> Sessions:
    """A log of twenty entries."""
    with sessions.begin() as session:
        for number in range(20):
            detail: audit.Detail = {"number": number, "text": f"{number}\r\n", "roles": ["a", "b"], "none": None}
            record(session, COMMAND_LINE, AuditAction.STAFF_ADDED, f"staff:{number}", detail, _at(number))
    return sessions


def _at(number: int) -> datetime:
    return NOW + timedelta(microseconds=1_000_001 * number)


def _entries(sessions: Sessions) -> list[AuditEntry]:
    with sessions() as session:
        return list(session.query(AuditEntry).order_by(AuditEntry.number))


def test_an_untouched_log_is_whole(log: Sessions) -> None:
    """All entries, and the head says how it ends; an empty log is whole, too."""
    with log() as session:
        found = verify(session)
        assert (found.entries, found.broken, found) == (20, None, audit.head(session))
        assert find(session, Wanted(subject="staff:7"), None, 5)[0].detail["text"] == "7\r\n"
        assert audit.noted(session, 20, found.digest[:16].upper())
        assert not audit.noted(session, 20, found.digest[:15])
        assert not audit.noted(session, 19, found.digest)


def _mutations(rng: random.Random) -> Iterator[str]:
    """One thing an intruder could do to the rows; what is touched is chosen anew each time."""
    while True:
        number, other = rng.sample(range(1, 21), 2)
        letter = rng.choice("0123456789abcdef")
        at_of = f"(SELECT at FROM audit_entries WHERE number = {other})"
        copied = "21, at, actor_id, actor, action, subject, detail, digest, digest"
        yield rng.choice(
            [
                f"UPDATE audit_entries SET actor = actor || '{letter}' WHERE number = {number}",
                f"UPDATE audit_entries SET actor_id = {other} WHERE number = {number}",
                f"UPDATE audit_entries SET action = 'signed_in' WHERE number = {number}",
                f"UPDATE audit_entries SET subject = 'staff:{other + 100}' WHERE number = {number}",
                f'UPDATE audit_entries SET detail = \'{{"number": "{letter}"}}\' WHERE number = {number}',
                f"UPDATE audit_entries SET at = {at_of} WHERE number = {number}",
                f"UPDATE audit_entries SET digest = '{letter * 64}' WHERE number = {number}",
                f"UPDATE audit_entries SET previous = '{letter * 63}x' WHERE number = {number}",
                f"UPDATE audit_entries SET number = {number + 40} WHERE number = {number}",
                f"UPDATE audit_entries SET number = -{number} WHERE number = {number}",
                f"DELETE FROM audit_entries WHERE number = {number}",
                f"DELETE FROM audit_entries WHERE number >= {number}",
                f"UPDATE audit_entries SET number = CASE number WHEN {number} THEN 1000 + {other} ELSE number END",
                f"INSERT INTO audit_entries SELECT {copied} FROM audit_entries WHERE number = {number}",
            ]
        )


def _loosen(engine: Engine) -> None:
    """What somebody with the database's own password can do: take the triggers off."""
    names = {"postgresql": "ALTER TABLE audit_entries DISABLE TRIGGER USER"}
    with engine.begin() as connection:
        if engine.dialect.name in names:
            connection.execute(text(names[engine.dialect.name]))
        else:
            for name in ("stay", "remain", "once"):
                connection.execute(text(f"DROP TRIGGER audit_entries_{name}"))


@pytest.mark.parametrize(
    "count", [pytest.param(200, id="200"), pytest.param(10_000, id="10000", marks=pytest.mark.prove)]
)
def test_every_mutation_is_found(log: Sessions, engine: Engine, count: int) -> None:
    """Rows changed, moved, added or deleted behind the triggers: the log no longer verifies, each time."""
    _loosen(engine)
    mutations = _mutations(random.Random(22))
    for _ in range(count):
        mutation = next(mutations)
        with log() as session:
            touched = session.execute(text(mutation)).rowcount  # type: ignore[attr-defined]
            assert touched > 0, mutation
            assert verify(session).broken is not None, mutation
            session.rollback()


def test_swapped_rows_are_found(log: Sessions) -> None:
    """Entries in another order, or with two entries' contents exchanged."""
    entries = _entries(log)
    assert check(entries).broken is None
    for first in range(19):
        swapped = [*entries]
        swapped[first], swapped[first + 1] = swapped[first + 1], swapped[first]
        assert check(swapped).broken == first + 1


@pytest.mark.parametrize(
    "change",
    [
        "UPDATE audit_entries SET actor = 'x' WHERE number = 3",
        "UPDATE audit_entries SET actor = actor",
        "DELETE FROM audit_entries",
        "DELETE FROM audit_entries WHERE number = 20",
        "UPDATE audit_head SET number = 3",
        "UPDATE audit_head SET number = number - 1",
        "UPDATE audit_head SET id = 2",
        "DELETE FROM audit_head",
    ],
)
def test_the_application_can_not_change_what_was_written(log: Sessions, engine: Engine, change: str) -> None:
    """The database refuses, whoever asks through the application's own connection."""
    with pytest.raises(DBAPIError, match="append-only"), engine.begin() as connection:
        connection.execute(text(change))
    with log() as session:
        assert verify(session).broken is None


def test_nothing_replaces_or_empties_the_log(log: Sessions, engine: Engine) -> None:
    """Neither SQLite's INSERT OR REPLACE nor PostgreSQL's TRUNCATE."""
    copy = (
        "INTO audit_entries SELECT number, at, 9, actor, action, subject, detail, previous, digest FROM audit_entries"
    )
    way = f"INSERT OR REPLACE {copy}" if engine.dialect.name == "sqlite" else "TRUNCATE audit_entries"
    with pytest.raises(DBAPIError, match="append-only"), engine.begin() as connection:
        connection.execute(text(way))


def test_a_change_that_is_undone_leaves_no_entry(log: Sessions) -> None:
    """The entry lives and dies with the transaction of what it tells of."""
    with log() as session:
        record(session, COMMAND_LINE, AuditAction.STAFF_ADDED, "staff:99", {}, NOW)
        session.rollback()
    with log() as session:
        assert verify(session).entries == 20


def test_line_breaks_can_not_make_two_entries_of_one(log: Sessions) -> None:
    """Names and subjects are one line of what can be seen."""
    with log.begin() as session:
        record(session, audit.Machine(NASTY), AuditAction.STAFF_ADDED, f"staff:{NASTY}" * 9, {"name": NASTY}, NOW)
    entry = _entries(log)[-1]
    assert entry.actor == "a  2026-11-21 approved   =1+1"
    assert (entry.subject.isprintable(), len(entry.subject)) == (True, 200)
    assert entry.detail == {"name": NASTY}
    with log() as session:
        assert verify(session).broken is None


@given(st.text(), st.text(), st.text())
def test_what_differs_has_another_digest(actor: str, subject: str, more: str) -> None:
    """No two entries have the same digest because a letter moved from one field to the next."""

    def digest(actor: str, subject: str) -> str:
        action = AuditAction.SIGNED_IN.value
        return audit.digest_of(
            AuditEntry(
                number=1, at=NOW, actor_id=1, actor=actor, action=action, subject=subject, detail={}, previous=""
            )
        )

    assert (digest(actor + more, subject) == digest(actor, more + subject)) == (more == "")


def test_times_are_kept_in_utc_to_the_microsecond(log: Sessions) -> None:
    """And found by days in Japan."""
    assert _entries(log)[-1].at.isoformat() == "2026-11-21T07:30:19.000019+00:00"
    with log() as session:
        day = _at(0).date()
        assert len(find(session, Wanted(since=day, until=day), None, 99)) == 20
        assert len(find(session, Wanted(until=day - timedelta(days=1)), None, 99)) == 0


def test_what_is_looked_for_is_data(log: Sessions) -> None:
    """Signs that mean something to SQL are letters like others."""
    with log() as session:
        assert [len(find(session, Wanted(subject=each), None, 99)) for each in ("%", "_", "'", "staff:1")] == [
            0,
            0,
            0,
            11,
        ]
        assert [entry.number for entry in find(session, Wanted(person="コマンド"), 3, 99)] == [2, 1]
