"""Changing what a resident chose: each change, its way back, what is refused, and whole histories with blocks."""

from datetime import UTC, date, datetime, timedelta

import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st
from sqlalchemy import func, select
from sqlalchemy.orm import Session

from knowledge.audience import people
from knowledge.certificate import Certificate, CertificateKind
from knowledge.changes import (
    STOP_ALL,
    AddChild,
    BeOfAge,
    Change,
    Disclose,
    ForgetAll,
    ForgetDisability,
    LiveIn,
    QuietHours,
    Read,
    RemoveChild,
    Rest,
    TopicsAs,
    WantTopic,
)
from knowledge.choices import Choices, read, variant_of
from knowledge.choosing import MOST_CHILDREN, Done, Refusal, change
from knowledge.database import Sessions
from knowledge.models import (
    AgeBand,
    Child,
    Resident,
    ResidentChoices,
    ResidentStatus,
    SensitiveChoice,
    SettingsVisit,
    Subscription,
    Topic,
)
from knowledge.notice import Variant
from knowledge.residents import change_status
from knowledge.segment import Conditions
from knowledge.settings_visits import make_link
from tests.knowledge.choices.people import NOW, SEAL, changes, somebody

REAL = settings(max_examples=25, suppress_health_check=[HealthCheck.function_scoped_fixture])
GARBAGE = WantTopic(Topic.GARBAGE, True)
NIGHT = QuietHours(21 * 60, 7 * 60)


def _after(session: Session, resident: int, *made: Change) -> Choices:
    for each in made:
        assert change(session, resident, each, NOW, SEAL).refusal is None
    return read(session, resident, SEAL)


def test_everything_she_chose_is_kept(sessions: Sessions) -> None:
    """Garbage days and her child, easy Japanese, no notices at night: read back as she said it."""
    told = Certificate(CertificateKind.INTELLECTUAL, 3)
    with sessions.begin() as session:
        who = somebody(session).id
        assert read(session, who) == Choices()
        found = _after(
            session, who, GARBAGE, WantTopic(Topic.CHILDREN, True), WantTopic(Topic.EVENTS, False), LiveIn("sugamo"),
            AddChild(date(2024, 5, 1)), BeOfAge(AgeBand.FROM_18), Read(Variant.EASY), Rest(NIGHT), Disclose(told),
        )  # fmt: skip
    assert found == Choices(
        wanted=frozenset({Topic.GARBAGE, Topic.CHILDREN}), refused=frozenset({Topic.EVENTS}), area="巣鴨",
        age_band=AgeBand.FROM_18, children=(date(2024, 5, 1),), variant=Variant.EASY, quiet=NIGHT, certificate=told,
        certificate_kept=True,
    )  # fmt: skip


def test_easy_japanese_is_japanese_for_segments(sessions: Sessions) -> None:
    """Who reads easy Japanese is found among those who read Japanese, and gets the easy text where there is one."""
    with sessions.begin() as session:
        who = somebody(session).id
        _after(session, who, Read(Variant.EASY))
        row = session.get_one(ResidentChoices, who)
        assert (row.language, row.plain_japanese, variant_of(session, who)) == ("ja", True, Variant.EASY)
        _after(session, who, Read(Variant.VI))
        assert (row.language, row.plain_japanese, variant_of(session, who)) == ("vi", False, Variant.VI)


@pytest.mark.parametrize(
    ("made", "refusal"),
    [
        (LiveIn("shinjuku"), Refusal.UNKNOWN_TOWN),
        (AddChild(date(2026, 12, 1)), Refusal.NO_SUCH_MONTH),
        (AddChild(date(2006, 10, 1)), Refusal.NO_SUCH_MONTH),
        (AddChild(date(2026, 11, 2)), Refusal.NO_SUCH_MONTH),
        (Disclose(Certificate(CertificateKind.PHYSICAL, 1)), Refusal.NO_SEAL),
    ],
)
def test_what_is_refused_changes_nothing(sessions: Sessions, made: Change, refusal: Refusal) -> None:
    """A town of another ward, a child of the future or grown up, a day, a certificate without a key."""
    with sessions.begin() as session:
        who = somebody(session).id
        _after(session, who, GARBAGE)
        before = read(session, who)
        assert change(session, who, made, NOW, None) == Done(refusal)
        assert read(session, who) == before


def test_the_oldest_and_the_newest_child(sessions: Sessions) -> None:
    """Twenty years ago and this month are both months one can choose; the eleventh child is one too many."""
    with sessions.begin() as session:
        who = somebody(session).id
        found = _after(session, who, AddChild(date(2006, 11, 1)), AddChild(date(2026, 11, 1)))
        assert found.children == (date(2006, 11, 1), date(2026, 11, 1))
        for month in range(1, MOST_CHILDREN - 1):
            _after(session, who, AddChild(date(2020, month, 1)))
        assert change(session, who, AddChild(date(2021, 1, 1)), NOW).refusal == Refusal.TOO_MANY
        assert not change(session, who, AddChild(date(2020, 1, 1)), NOW).changed


def test_stopping_everything_is_one_change_and_can_be_taken_back(sessions: Sessions) -> None:
    """Then each topic is refused, also those never chosen; undone, all is as it was, and nothing else was touched."""
    with sessions.begin() as session:
        who = somebody(session).id
        before = _after(session, who, GARBAGE, WantTopic(Topic.EVENTS, False), LiveIn("sugamo"))
        done = change(session, who, STOP_ALL, NOW)
        stopped = read(session, who)
        assert (stopped.wanted, stopped.refused, stopped.area) == (frozenset(), frozenset(Topic), "巣鴨")
        assert done.undo is not None
        assert _after(session, who, done.undo) == before


def test_deleting_everything_leaves_only_what_was_refused(sessions: Sessions) -> None:
    """The wanted topics become refused, so that nothing more comes; that is all that is left."""
    with sessions.begin() as session:
        who = somebody(session).id
        _after(session, who, GARBAGE, LiveIn("sugamo"), AddChild(date(2024, 5, 1)), Read(Variant.KO), Rest(NIGHT),
               Disclose(Certificate(CertificateKind.PHYSICAL, 1)), WantTopic(Topic.EVENTS, False))  # fmt: skip
        found = _after(session, who, ForgetAll())
        assert found == Choices(refused=frozenset({Topic.GARBAGE, Topic.EVENTS}))
        assert not found.anything


@REAL
@given(before=st.lists(changes, max_size=8), made=changes)
def test_what_takes_back_takes_back(sessions: Sessions, before: list[Change], made: Change) -> None:
    """After any history, a change followed by its undo leaves what was; a change of nothing has no undo."""
    with sessions() as session:
        who = somebody(session).id
        for each in before:
            change(session, who, each, NOW, SEAL)
        earlier = read(session, who, SEAL)
        done = change(session, who, made, NOW, SEAL)
        assert done.changed == (read(session, who, SEAL) != earlier) or isinstance(made, Disclose | ForgetAll)
        if done.undo:
            change(session, who, done.undo, NOW, SEAL)
            assert read(session, who, SEAL) == earlier
        session.rollback()


def test_a_block_deletes_what_was_told_and_keeps_what_was_refused(sessions: Sessions) -> None:
    """Nothing stands of her but that she wants no events; coming back starts nothing, and she can choose again."""
    with sessions.begin() as session:
        row = somebody(session)
        _after(session, row.id, GARBAGE, WantTopic(Topic.EVENTS, False), LiveIn("sugamo"), AddChild(date(2024, 5, 1)),
               Disclose(Certificate(CertificateKind.PHYSICAL, 1)))  # fmt: skip
        make_link(session, row.id, NOW)
        change_status(session, row.line_user_id, ResidentStatus.BLOCKED, 5, NOW)
        session.flush()
        for table in (ResidentChoices, Child, SensitiveChoice, SettingsVisit):
            assert session.scalar(select(func.count()).select_from(table)) == 0
        assert change(session, row.id, GARBAGE, NOW).refusal == Refusal.NO_FRIEND
        change_status(session, row.line_user_id, ResidentStatus.FRIEND, 6, NOW)
        assert read(session, row.id) == Choices(refused=frozenset({Topic.EVENTS}))
        audience = Conditions(topics=frozenset({Topic.GARBAGE}))
        assert session.scalars(people(audience, NOW)).all() == []
        assert _after(session, row.id, GARBAGE).wanted == {Topic.GARBAGE}
        assert session.scalars(people(audience, NOW)).all() == [row.id]


def test_a_block_that_comes_late_ends_what_was_before_it(sessions: Sessions) -> None:
    """Subscribed, blocked, back again, subscribed to something else; the block's event comes last of all."""
    with sessions.begin() as session:
        row = somebody(session)
        start = NOW - timedelta(minutes=10)
        at = [int((start + timedelta(minutes=minute)).timestamp() * 1000) for minute in range(5)]
        change(session, row.id, GARBAGE, datetime.fromtimestamp(at[0] / 1000, UTC))
        change_status(session, row.line_user_id, ResidentStatus.FRIEND, at[2], NOW)
        change(session, row.id, WantTopic(Topic.HEALTH, True), datetime.fromtimestamp(at[3] / 1000, UTC))
        change_status(session, row.line_user_id, ResidentStatus.BLOCKED, at[1], NOW)
        assert row.status == ResidentStatus.FRIEND
        assert read(session, row.id).wanted == {Topic.HEALTH}


_histories = st.lists(st.sampled_from(["block", "follow"]) | changes, min_size=1, max_size=14)


@REAL
@given(history=_histories)
def test_histories_of_changes_and_blocks(sessions: Sessions, history: list[str | Change]) -> None:
    """After any history: nothing wanted that was not asked for since the last block, nothing kept of a blocked one,
    and whatever was refused last stays refused."""
    with sessions() as session:
        row, wanted, refused, friend = somebody(session), set[Topic](), set[Topic](), True
        for moment, step in enumerate(history, 1):
            if isinstance(step, str):
                friend = step == "follow"
                status = ResidentStatus.FRIEND if friend else ResidentStatus.BLOCKED
                change_status(session, row.line_user_id, status, moment, NOW)
                wanted = wanted if friend else set()
            else:
                done = change(session, row.id, step, NOW, SEAL)
                assert (done.refusal == Refusal.NO_FRIEND) == (not friend)
                if friend:
                    wanted, refused = _model(step, wanted, refused)
        found = read(session, row.id, SEAL)
        assert (set(found.wanted), set(found.refused)) == (wanted, refused)
        assert friend or not found.anything
        session.rollback()


def _model(step: Change, wanted: set[Topic], refused: set[Topic]) -> tuple[set[Topic], set[Topic]]:
    match step:
        case WantTopic(topic, True):
            return wanted | {topic}, refused - {topic}
        case WantTopic(topic, False):
            return wanted - {topic}, refused | {topic}
        case TopicsAs(on, off):
            return set(on), set(off)
        case ForgetAll():
            return set(), refused | wanted
        case _:
            return wanted, refused


def test_no_segment_can_ask_for_what_is_sensitive() -> None:
    """The predicate of a segment has no such field, and refuses one that is written into it."""
    assert "disability" not in str(Conditions.model_json_schema()).lower()
    with pytest.raises(ValueError, match="disability"):
        Conditions.model_validate({"topics": ["garbage"], "disability": ["physical-1"]})


def test_forgetting_what_is_not_there(sessions: Sessions) -> None:
    """Changes nothing, and says so."""
    with sessions.begin() as session:
        who = somebody(session).id
        for each in (ForgetDisability(), RemoveChild(date(2024, 5, 1)), LiveIn(None), Rest(None), Read(None)):
            assert change(session, who, each, NOW, SEAL) == Done()
        assert session.query(Subscription).count() == 0
        assert session.get_one(Resident, who).status == ResidentStatus.FRIEND
