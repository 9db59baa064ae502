"""What residents told us to be served better: read, ended with the friendship, and sealed anew with a new key."""

from dataclasses import dataclass
from datetime import UTC, date, datetime

from sqlalchemy import ColumnElement, delete, select
from sqlalchemy.orm import Session

from knowledge import library
from knowledge.certificate import Certificate, certificate_of
from knowledge.changes import QuietHours
from knowledge.disaster.records import Town
from knowledge.models import (
    AgeBand,
    Child,
    ResidentChoices,
    SensitiveChoice,
    SensitiveKind,
    SettingsVisit,
    Subscription,
    Topic,
)
from knowledge.notice import Variant
from knowledge.sealing import Seal, SealBrokenError


@dataclass(frozen=True)
class Choices:
    """All that one resident chose; `certificate_kept` also where this installation can not open it any more."""

    wanted: frozenset[Topic] = frozenset()
    refused: frozenset[Topic] = frozenset()
    area: str | None = None
    age_band: AgeBand | None = None
    children: tuple[date, ...] = ()
    variant: Variant | None = None
    quiet: QuietHours | None = None
    certificate: Certificate | None = None
    certificate_kept: bool = False

    @property
    def anything(self) -> bool:
        """Whether anything is kept beside what was refused."""
        told = (self.wanted, self.area, self.age_band, self.children, self.variant, self.quiet)
        return any(told) or self.certificate_kept


def towns(session: Session) -> tuple[Town, ...]:
    """The towns a resident can choose from, as they are read; none where the pack lists none."""
    return tuple(sorted(library.records(session, Town), key=lambda town: town.kana))


def own_town(session: Session, resident: int | None) -> Town | None:
    """The town a resident chose; None where they chose none, or nobody is known."""
    row = session.get(ResidentChoices, resident) if resident is not None else None
    return next((town for town in library.records(session, Town) if row and town.name == row.area), None)


def read(session: Session, resident: int, seal: Seal | None = None) -> Choices:
    """What a resident chose, as it stands now; sealed values only with the seal."""
    row = session.get(ResidentChoices, resident) or ResidentChoices(plain_japanese=False)
    rows = session.scalars(select(Subscription).where(Subscription.resident_id == resident)).all()
    children = session.scalars(select(Child.born).where(Child.resident_id == resident).order_by(Child.born))
    kept = session.get(SensitiveChoice, (resident, SensitiveKind.DISABILITY.value))
    return Choices(
        wanted=frozenset(Topic(each.topic) for each in rows if each.ended_at is None),
        refused=frozenset(Topic(each.topic) for each in rows if each.ended_at is not None),
        area=row.area,
        age_band=AgeBand(row.age_band) if row.age_band else None,
        children=tuple(children),
        variant=variant_in(row),
        quiet=quiet_of(row),
        certificate=_opened(kept, seal) if kept and seal else None,
        certificate_kept=kept is not None,
    )


def variant_of(session: Session, resident: int) -> Variant | None:
    """In which words a resident chose to be answered; None: in those of each question."""
    row = session.get(ResidentChoices, resident)
    return variant_in(row) if row else None


def end_friendship(session: Session, resident: int) -> None:
    """Delete what a resident told us, because they blocked us; what they refused is kept for their return."""
    session.execute(delete(Subscription).where(*_wanted(resident)))
    session.execute(delete(SettingsVisit).where(SettingsVisit.resident_id == resident))
    delete_told(session, resident)


def end_earlier(session: Session, resident: int, at_ms: int) -> None:
    """The same for a block that comes to us after the new beginning it came before: what was told since stays."""
    moment = datetime.fromtimestamp(at_ms / 1000, UTC)
    row = session.get(ResidentChoices, resident)
    session.execute(delete(Subscription).where(*_wanted(resident), Subscription.since <= moment))
    if row is None or row.updated_at <= moment:
        delete_told(session, resident)


def delete_told(session: Session, resident: int) -> None:
    """Delete settings, children and what is sealed; topics are the caller's to decide on."""
    for table in (ResidentChoices, Child, SensitiveChoice):
        session.execute(delete(table).where(table.resident_id == resident))


def reseal(session: Session, seal: Seal) -> int:
    """Seal everything with the newest key that an older one closed; how many. What no key opens stays as it is."""
    done = 0
    for row in session.scalars(select(SensitiveChoice).order_by(SensitiveChoice.resident_id)):
        certificate = None if seal.is_newest(row.sealed) else _opened(row, seal)
        if certificate:
            row.sealed = seal.close(certificate.written(), whose(row.resident_id))
            done += 1
    return done


def variant_in(row: ResidentChoices) -> Variant | None:
    """The words that stand in a row of settings."""
    return Variant.EASY if row.plain_japanese else Variant(row.language) if row.language else None


def quiet_of(row: ResidentChoices) -> QuietHours | None:
    """The quiet hours that stand in a row of settings."""
    known = row.quiet_from is not None and row.quiet_until is not None
    return QuietHours(row.quiet_from or 0, row.quiet_until or 0) if known else None


def whose(resident: int) -> str:
    """What a sealed certificate is bound to."""
    return f"{SensitiveKind.DISABILITY.value}:{resident}"


def _opened(kept: SensitiveChoice, seal: Seal) -> Certificate | None:
    try:
        return certificate_of(seal.open(kept.sealed, whose(kept.resident_id)))
    except SealBrokenError:
        return None


def _wanted(resident: int) -> tuple[ColumnElement[bool], ColumnElement[bool]]:
    return Subscription.resident_id == resident, Subscription.ended_at.is_(None)
