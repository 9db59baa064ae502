"""People of a ward for tests: the ward's record with its towns, residents, a seal, and changes as strategies."""

import itertools
from datetime import UTC, date, datetime
from functools import cache
from typing import Any

import yaml
from hypothesis import strategies as st
from sqlalchemy import select
from sqlalchemy.orm import Session

from bot.settings import PACKS
from knowledge.certificate import LOWEST_GRADE, Certificate, CertificateKind
from knowledge.changes import (
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
    Speakable,
    TopicsAs,
    WantTopic,
)
from knowledge.models import AgeBand, PackKind, PackRecord, Resident, Topic
from knowledge.notice import Variant
from knowledge.records import Ward
from knowledge.residents import resident_of
from knowledge.sealing import Seal

NOW = datetime(2026, 11, 21, 3, 0, tzinfo=UTC)
SEAL = Seal((b"k" * 32,))
TOWNS = ("sugamo", "ikebukuro", "zoshigaya")
MONTHS = (date(2024, 5, 1), date(2026, 11, 1), date(2010, 1, 1))
_NUMBERS = itertools.count(1)


@cache
def _written(name: str) -> Any:
    return yaml.safe_load((PACKS / "toshima" / name).read_text(encoding="utf-8"))


def ward(session: Session) -> None:
    """Let the database hold the ward's own record and its towns."""
    found = select(PackRecord).where(PackRecord.kind == PackKind.WARD)
    if session.scalars(found).first() is None:
        content = Ward.model_validate(_written("ward.yaml")).model_dump(mode="json")
        session.add(PackRecord(kind=PackKind.WARD, id="ward", position=0, content=content, digest=""))
        for position, town in enumerate(_written("towns.yaml")):
            row = PackRecord(kind=PackKind.TOWN, id=town["id"], position=position, content=town, digest="")
            session.add(row)
        session.flush()


def somebody(session: Session, at_ms: int = 0) -> Resident:
    """A new friend in that ward."""
    ward(session)
    return resident_of(session, f"U{next(_NUMBERS):032x}", at_ms, NOW)


_topics = st.frozensets(st.sampled_from(Topic))
_minutes = st.integers(0, 24 * 60 - 1)
certificates = st.sampled_from(
    [Certificate(kind, grade) for kind in CertificateKind for grade in range(1, LOWEST_GRADE[kind] + 1)]
)
speakable: st.SearchStrategy[Speakable] = st.one_of(
    st.builds(WantTopic, st.sampled_from(Topic), st.booleans()),
    st.builds(lambda wanted, refused: TopicsAs(wanted, refused - wanted), _topics, _topics),
    st.builds(LiveIn, st.none() | st.sampled_from(TOWNS)),
    st.builds(AddChild, st.sampled_from(MONTHS)),
    st.builds(RemoveChild, st.sampled_from(MONTHS)),
    st.builds(BeOfAge, st.none() | st.sampled_from(AgeBand)),
    st.builds(Read, st.none() | st.sampled_from(Variant)),
    st.builds(
        Rest,
        st.none()
        | st.tuples(_minutes, _minutes).filter(lambda two: two[0] != two[1]).map(lambda two: QuietHours(*two)),
    ),
    st.just(ForgetDisability()),
)
changes: st.SearchStrategy[Change] = st.one_of(speakable, st.builds(Disclose, certificates), st.just(ForgetAll()))
