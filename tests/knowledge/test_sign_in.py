"""Passwords, counting tries, codes and sessions, on every database; also with two at the same time."""

from concurrent.futures import ThreadPoolExecutor
from datetime import UTC, datetime, timedelta
from threading import Barrier

import pyotp
import pytest
from argon2 import PasswordHasher
from hypothesis import given, settings
from hypothesis import strategies as st
from sqlalchemy import create_engine
from sqlalchemy.orm import Session

from knowledge import second_factor, staff, tries
from knowledge.audit_search import Wanted, find
from knowledge.database import Sessions
from knowledge.models import Base, Role, SessionOrigin, SessionStage
from knowledge.passwords import Passwords, PasswordUnfitError, must_be_fit, temporary
from knowledge.sessions import begin, visit
from knowledge.sign_in import Attempt, Refusal, by_password, set_password
from knowledge.staff import ExternalIdTakenError, LoginUnfitError, NewStaff
from knowledge.tries import Counted

NOW = datetime(2026, 11, 21, 7, 30, tzinfo=UTC)
PASSWORD = "はる なつ あき ふゆ 春夏秋冬"
CHEAP = PasswordHasher(time_cost=1, memory_cost=8, parallelism=1)
SECRET = second_factor.new_secret()
NEW = NewStaff("yamada", "山田 花子", "総合窓口課", frozenset({Role.EDITOR}))


def _begin(session: Session, person: int) -> str:
    return begin(session, person, SessionStage.FULL, SessionOrigin.LOCAL, NOW)


def _name(session: Session, token: str) -> str | None:
    found = visit(session, token, NOW)
    return found.member.name if found else None


@pytest.fixture
def person(sessions: Sessions) -> int:
    """The id of an account with a password and a second factor."""
    with sessions.begin() as session:
        row = staff.add(session, NEW, NOW)
        set_password(row, Passwords(CHEAP), PASSWORD, NOW)
        second_factor.enrol(session, row, SECRET, 0, NOW)
        return row.id


@pytest.mark.parametrize(
    "password",
    [
        "short",
        "a" * 129,
        "aaaaaaaaaaaaaa",
        "abababababababab",
        "012345678901",
        "yamada-yamada-1",
        "YAMADA 2026 !!",
        "山田山田山田 花子花子花子",
    ],
)
def test_a_password_that_is_easily_guessed_does_not_do(password: str) -> None:
    """Too short, too long, one sign again and again, a row of digits, or one's own name."""
    with pytest.raises(PasswordUnfitError):
        must_be_fit(password, "yamada", "山田花子 花子花子")


@pytest.mark.parametrize("password", [PASSWORD, "correct horse battery", "x7$" * 5 + "kq", "🏠🏡🏢🏣🏤🏥🏦🏧🏨🏩🏪🏫"])
def test_length_is_what_counts(password: str) -> None:
    """Any signs will do, blanks and Japanese, too; what was set is what fits, and nothing else."""
    must_be_fit(password, "yamada", "山田 花子")
    passwords = Passwords(CHEAP)
    kept = passwords.hash(password)
    assert passwords.fits(kept, password)
    assert not passwords.fits(kept, password + " ")
    assert not passwords.fits(None, password)
    assert not passwords.fits("damaged", password)
    assert kept.startswith("$argon2id$")


def test_a_handed_out_password_does(sessions: Sessions) -> None:
    """A hundred of them: all different, all fit."""
    made = {temporary() for _ in range(100)}
    assert len(made) == 100
    for each in made:
        must_be_fit(each, "yamada", "山田 花子")


def test_a_hash_of_yesterday_is_renewed(sessions: Sessions, person: int) -> None:
    """At the next sign-in, with today's parameters."""
    stronger = Passwords(PasswordHasher(time_cost=2, memory_cost=16, parallelism=1))
    assert by_password(sessions, stronger, Attempt("yamada", PASSWORD, "10.0.0.1", NOW)) == person
    with sessions() as session:
        kept = staff.get(session, person).password
    assert kept
    assert "m=16,t=2" in kept
    assert by_password(sessions, stronger, Attempt("Yamada ", PASSWORD, "10.0.0.1", NOW)) == person


def test_tries_stop_at_the_limit_whoever_comes_at_once(sessions: Sessions) -> None:
    """Forty at the same time: ten are looked at."""
    counted, barrier = tries.by_login("yamada"), Barrier(8)

    def one(_: int) -> int | None:
        barrier.wait()
        with sessions.begin() as session:
            return tries.take(session, counted, NOW)

    with ThreadPoolExecutor(8) as pool:
        taken = list(pool.map(one, range(40)))
    assert sorted(each for each in taken if each is not None) == list(range(1, 11))


@settings(max_examples=50)
@given(st.lists(st.integers(0, 20 * 60), max_size=40), st.integers(1, 6))
def test_no_more_than_the_limit_without_a_wait(gaps: list[int], most: int) -> None:
    """Whatever the rhythm: between two waits of a quarter of an hour, never more than the limit."""
    engine = create_engine("sqlite://")
    Base.metadata.create_all(engine, [Base.metadata.tables["sign_in_counts"]])
    counted, now, since_wait = Counted("t", "x", most), NOW, 0
    last: datetime | None = None
    with Session(engine) as session:
        for gap in gaps:
            now += timedelta(seconds=gap)
            if last is None or now - last >= tries.WAIT:
                since_wait = 0
            number = tries.take(session, counted, now)
            if number is not None:
                since_wait, last = since_wait + 1, now
                assert number == since_wait
            else:
                assert since_wait == most
    engine.dispose()


def test_failures_are_written_down_and_the_lock_once(sessions: Sessions, person: int) -> None:
    """Ten failures and the lock; what comes while locked adds nothing."""
    for _ in range(15):
        found = by_password(sessions, Passwords(CHEAP), Attempt("yamada", "wrong", "10.0.0.1", NOW))
    assert found is Refusal.LOCKED
    with sessions() as session:
        entries = find(session, Wanted(subject=f"staff:{person}"), None, 99)
    assert [entry.action for entry in entries].count("sign_in_failed") == 10
    assert [entry.action for entry in entries].count("sign_in_locked") == 1
    assert {entry.detail["address"] for entry in entries} == {"10.0.0.1"}


@pytest.mark.parametrize("drift", [-1, 0, 1])
def test_a_code_of_about_now_serves_once(sessions: Sessions, person: int, drift: int) -> None:
    """Also when it is sent by eight browsers at once."""
    code, barrier = pyotp.TOTP(SECRET).at(NOW, counter_offset=drift), Barrier(8)

    def one(_: int) -> bool:
        barrier.wait()
        with sessions.begin() as session:
            return second_factor.accept(session, staff.get(session, person), code, NOW)

    with ThreadPoolExecutor(8) as pool:
        assert sum(pool.map(one, range(8))) == 1


@pytest.mark.parametrize("drift", [-2, 2])
def test_a_code_of_another_time_does_not_serve(sessions: Sessions, person: int, drift: int) -> None:
    """A minute ago is too long ago."""
    with sessions.begin() as session:
        code = pyotp.TOTP(SECRET).at(NOW, counter_offset=drift)
        assert not second_factor.accept(session, staff.get(session, person), code, NOW)


@given(st.text(max_size=200))
def test_anything_may_be_typed_for_a_code(typed: str) -> None:
    """It is read as plain letters and digits, or it is wrong; never an error."""
    assert second_factor.plain_code(typed).isascii()
    assert second_factor.step_of(SECRET, typed + "x", NOW) is None


def test_codes_are_read_as_people_type_them() -> None:
    """With a blank in the middle, in full-width digits."""
    code = pyotp.TOTP(SECRET).at(NOW)
    wide = code.translate({ord("0") + digit: ord("０") + digit for digit in range(10)})
    assert second_factor.step_of(SECRET, f" {wide[:3]}　{wide[3:]}", NOW) == int(NOW.timestamp()) // 30


def test_recovery_codes_serve_once_and_are_not_kept(sessions: Sessions, person: int) -> None:
    """Each for its own account only; new ones end the old ones."""
    with sessions.begin() as session:
        other = staff.add(session, NewStaff("sato", "佐藤", None, frozenset({Role.AUDITOR})), NOW).id
        codes = second_factor.new_recovery_codes(session, person)
        assert not second_factor.accept_recovery_code(session, other, codes[0], NOW)
        assert second_factor.accept_recovery_code(session, person, codes[0].upper(), NOW)
        assert not second_factor.accept_recovery_code(session, person, codes[0], NOW)
        assert second_factor.recovery_codes_left(session, person) == 9
        second_factor.new_recovery_codes(session, person)
        assert not second_factor.accept_recovery_code(session, person, codes[1], NOW)


def test_a_disabled_persons_sessions_are_dead_at_once(sessions: Sessions, person: int) -> None:
    """All of them, and no new one lives."""
    with sessions.begin() as session:
        made = [_begin(session, person) for _ in range(3)]
        staff.disable(session, staff.get(session, person), NOW)
        made.append(_begin(session, person))
    with sessions.begin() as session:
        assert [_name(session, token) for token in made] == [None] * 4


def test_other_rights_mean_another_session(sessions: Sessions, person: int) -> None:
    """A changed role or department signs the person out; a changed name does not."""
    with sessions.begin() as session:
        token, row = _begin(session, person), staff.get(session, person)
        staff.change(session, row, NewStaff("", "山田 はな", NEW.department, NEW.roles), NOW)
        assert _name(session, token) == "山田 はな"
        staff.change(session, row, NewStaff("", "山田 はな", NEW.department, frozenset({Role.SYSTEM})), NOW)
        assert _name(session, token) is None


def test_logins_and_external_ids_are_given_once(sessions: Sessions, person: int) -> None:
    """And a login is plain letters."""
    with sessions.begin() as session:
        staff.add(session, NewStaff("sato", "佐藤", None, frozenset(), "sub"), NOW)
        with pytest.raises(ExternalIdTakenError):
            staff.add(session, NewStaff("suzuki", "鈴木", None, frozenset(), "sub"), NOW)
        for login in ("", "a", "é", "a b", "-a", "a" * 65, "a\n", "ａｂ"):
            with pytest.raises(LoginUnfitError):
                staff.add(session, NewStaff(login, "x", None, frozenset()), NOW)


def test_mails_are_kept_in_small_letters_and_subjects_as_they_are() -> None:
    """Two subjects may differ by a letter's size alone."""
    kept = [staff.plain_external(typed) for typed in (" A@B.jp ", "AbC", " ", "")]
    assert kept == ["a@b.jp", "AbC", None, None]
