"""Predicates: as JSON, and as SQL that selects exactly whom the reference names."""

from datetime import date

import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st
from sqlalchemy import Engine
from sqlalchemy.orm import Session

from knowledge import models, segment
from knowledge.audience import count, far_from_usual, last_counts, note_count, people
from knowledge.database import Sessions
from knowledge.models import AgeBand, Topic
from knowledge.segment import (
    AudienceError,
    ChildAge,
    Conditions,
    Everyone,
    Person,
    Reached,
    audience_from,
    audience_json,
    digest,
    matches,
)
from knowledge.text import Language
from tests.knowledge.notices.rows import add_staff, add_told
from tests.knowledge.notices.town import NOW, TOLD, persons, predicates, settle

_PREDICATES_EACH = 25
_worlds = st.tuples(persons, st.lists(predicates, min_size=_PREDICATES_EACH, max_size=_PREDICATES_EACH))
_calm = [HealthCheck.function_scoped_fixture, HealthCheck.too_slow, HealthCheck.data_too_large]


def _written(session: Session, found: list[Person]) -> int:
    settle(session, found)
    (author,) = add_staff(session, 1, NOW)
    for campaign in TOLD:
        add_told(session, campaign, author, [person.id for person in found if campaign in person.told], NOW)
    return author


def _check(engine: Engine, found: list[Person], wanted: list[Everyone | Conditions]) -> None:
    with Session(engine) as session:
        _written(session, found)
        for audience in wanted:
            expected = {person.id for person in found if matches(audience, person, NOW)}
            assert set(session.scalars(people(audience, NOW))) == expected, audience
            assert count(session, audience, NOW) == len(expected)
        session.rollback()


@settings(max_examples=12, suppress_health_check=_calm)
@given(_worlds)
def test_sql_selects_exactly_whom_the_reference_names(
    engine: Engine, world: tuple[list[Person], list[Everyone | Conditions]]
) -> None:
    """Random predicates over random residents: the recipients equal the reference on the same frozen state."""
    _check(engine, *world)


@pytest.mark.prove
@settings(max_examples=200, suppress_health_check=_calm)
@given(_worlds)
def test_five_thousand_predicates(engine: Engine, world: tuple[list[Person], list[Everyone | Conditions]]) -> None:
    """The same at full size: 200 populations, 25 predicates each."""
    _check(engine, *world)


@given(predicates)
def test_json_and_back_is_the_same_predicate(audience: Everyone | Conditions) -> None:
    """An audience survives being stored, and the same audience has one digest whatever order its values came in."""
    stored = audience_json(audience)
    assert audience_from(stored) == audience
    shuffled = {name: value[::-1] if isinstance(value, list) else value for name, value in reversed(stored.items())}
    assert digest(audience_json(audience_from(shuffled))) == digest(stored)


@pytest.mark.parametrize(
    "stored",
    [
        {},
        {"kind": "conditions"},
        {"kind": "conditions", "topics": []},
        {"kind": "conditions", "disability": "1"},
        {"kind": "conditions", "areas": ["巣鴨"], "disability": "1"},
        {"kind": "conditions", "areas": [""]},
        {"kind": "conditions", "child": {"from_months": 7, "to_months": 6}},
        {"kind": "conditions", "areas": ["巣鴨"], "version": 2},
        {"kind": "reached", "campaign": "nonsense"},
        {"kind": "everybody"},
        None,
    ],
)
def test_what_is_no_predicate_is_refused(stored: object) -> None:
    """An empty condition is nobody's wish, a sensitive attribute no key, and an unknown version not guessed at."""
    with pytest.raises(AudienceError):
        audience_from(stored)


def test_a_childs_age_counts_calendar_months_in_japan(sessions: Sessions) -> None:
    """At half past one on the 21st in Japan a child born this month is 0 months old, both ends are included."""
    three_to_four = ChildAge(from_months=3, to_months=4)
    assert three_to_four.births(date(2026, 11, 21)) == (date(2026, 7, 1), date(2026, 8, 1))
    assert ChildAge(from_months=0, to_months=11).births(date(2026, 1, 31)) == (date(2025, 2, 1), date(2026, 1, 1))
    born = [Person(id=n, seen_at=NOW, children=frozenset([date(2026, n, 1)])) for n in range(1, 12)]
    found = {person.id for person in born if matches(Conditions(child=three_to_four), person, NOW)}
    assert found == {7, 8}


def test_values_of_one_condition_are_alternatives_and_conditions_add_up() -> None:
    """Of the topics one is enough; topic and town must both fit; who chose no language reads Japanese."""
    audience = Conditions(
        topics=frozenset([Topic.GARBAGE, Topic.EVENTS]), areas=frozenset(["巣鴨"]), languages=frozenset([Language.JA])
    )
    person = Person(id=1, seen_at=NOW, topics=frozenset([Topic.EVENTS]), area="巣鴨", age_band=AgeBand.FROM_65)
    assert matches(audience, person, NOW)
    assert not matches(audience, person.model_copy(update={"area": "高田"}), NOW)
    assert not matches(audience, person.model_copy(update={"language": Language.KO}), NOW)
    assert not matches(audience, person.model_copy(update={"friend": False}), NOW)
    assert not matches(Everyone(), person.model_copy(update={"friend": False}), NOW)


def test_testers_and_the_reached(sessions: Sessions) -> None:
    """Testers are those who answered their invitation; a correction is for whom the notice was sent to."""
    found = [Person(id=n, seen_at=NOW, told=frozenset(TOLD[:1]) if n > 2 else frozenset()) for n in range(1, 5)]
    with sessions.begin() as session:
        staff = _written(session, found)
        session.add(models.Tester(name="防災課の電話", resident_id=2, added_by=staff, added_at=NOW))
        session.add(models.Tester(name="まだ登録していない人", code="c", added_by=staff, added_at=NOW))
        session.flush()
        assert set(session.scalars(people(segment.Testers(), NOW))) == {2}
        assert set(session.scalars(people(Reached(campaign=TOLD[0]), NOW))) == {3, 4}


def test_what_is_usual_follows_from_the_last_counts(sessions: Sessions) -> None:
    """The newest ten counts are kept in order; double or half of their median is unusual, small differences are not."""
    with sessions.begin() as session:
        for number in range(12):
            note_count(session, "d", number, NOW.replace(minute=number))
        assert [each.people for each in last_counts(session, "d")] == list(range(11, 1, -1))
        assert last_counts(session, "other") == []
    assert not far_from_usual(1_000_000, [])
    assert [far_from_usual(found, [100, 110, 90]) for found in (49, 50, 100, 200, 201)] == [
        True,
        False,
        False,
        False,
        True,
    ]
    assert not far_from_usual(15, [5])
