"""A town's residents for tests: written as rows, and read back as the persons the reference judges."""

from collections.abc import Iterable
from datetime import UTC, date, datetime, timedelta

from hypothesis import strategies as st
from sqlalchemy.orm import Session

from knowledge.models import (
    AgeBand,
    Child,
    Resident,
    ResidentChoices,
    ResidentStatus,
    Subscription,
    Topic,
)
from knowledge.segment import ChildAge, Conditions, Everyone, Person
from knowledge.text import Language

NOW = datetime(2026, 11, 20, 16, 30, tzinfo=UTC)
"""Half past one at night in Japan: the date there is another one than in UTC."""
TOWNS = ("池袋", "巣鴨", "雑司が谷", "高田")
TOLD = ("0" * 32, "1" * 32)

_months = st.builds(date, st.integers(2024, 2026), st.integers(1, 12), st.just(1))
_seen = st.integers(0, 80 * 24).map(lambda hours: NOW - timedelta(hours=hours))

persons = st.lists(
    st.builds(
        Person,
        id=st.just(0),
        friend=st.integers(0, 4).map(bool),
        topics=st.frozensets(st.sampled_from(Topic), max_size=3),
        area=st.none() | st.sampled_from(TOWNS),
        age_band=st.none() | st.sampled_from(AgeBand),
        language=st.none() | st.sampled_from(Language),
        children=st.frozensets(_months, max_size=3),
        seen_at=_seen,
        told=st.frozensets(st.sampled_from(TOLD), max_size=2),
    ),
    min_size=1,
    max_size=12,
).map(lambda found: [person.model_copy(update={"id": number}) for number, person in enumerate(found, 1)])

_ages = st.tuples(st.integers(0, 40), st.integers(0, 40)).map(sorted)
_filled = st.builds(
    lambda **chosen: {name: value for name, value in chosen.items() if value},
    topics=st.frozensets(st.sampled_from(Topic), max_size=2),
    areas=st.frozensets(st.sampled_from(TOWNS), max_size=3),
    age_bands=st.frozensets(st.sampled_from(AgeBand), max_size=3),
    child=st.none() | _ages.map(lambda pair: ChildAge(from_months=pair[0], to_months=pair[1])),
    languages=st.frozensets(st.sampled_from(Language), max_size=3),
    seen_within_days=st.none() | st.integers(1, 90),
    not_told=st.frozensets(st.sampled_from(TOLD), max_size=2),
).filter(bool)
predicates: st.SearchStrategy[Everyone | Conditions] = st.one_of(
    st.just(Everyone()), _filled.map(lambda chosen: Conditions(**chosen))
)


def line_id(number: int) -> str:
    """A well-formed LINE user id."""
    return f"U{number:032x}"


def settle(session: Session, found: Iterable[Person]) -> None:
    """Write persons as rows; what they were told is written by whoever tells."""
    for person in found:
        status = ResidentStatus.FRIEND if person.friend else ResidentStatus.BLOCKED
        session.add(
            Resident(
                id=person.id,
                line_user_id=line_id(person.id),
                status=status,
                changed_ms=0,
                created_at=person.seen_at - timedelta(days=9) if person.id % 2 else person.seen_at,
                seen_at=person.seen_at if person.id % 2 else None,
            )
        )
    session.flush()
    for person in found:
        session.add_all(_choices(person))
    session.flush()


def _choices(person: Person) -> Iterable[object]:
    if person.area or person.age_band or person.language:
        yield ResidentChoices(
            resident_id=person.id, area=person.area, age_band=person.age_band, language=person.language, updated_at=NOW
        )
    for topic in Topic:
        ended = None if topic in person.topics else NOW - timedelta(days=1)
        if topic in person.topics or person.id % 3 == 0:
            yield Subscription(resident_id=person.id, topic=topic, since=NOW - timedelta(days=2), ended_at=ended)
    for born in person.children:
        yield Child(resident_id=person.id, born=born)
