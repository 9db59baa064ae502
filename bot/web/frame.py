"""What stands around every page: the ward, its notice, its phone and the numbers for danger."""

from dataclasses import dataclass

from sqlalchemy.orm import Session

from knowledge import library
from knowledge.guide import Desk
from knowledge.records import Crisis

EMERGENCY_PHONES = ("119", "110")


@dataclass(frozen=True)
class Call:
    """A name and the phone number to call."""

    name: str
    phone: str


@dataclass(frozen=True)
class Frame:
    """The ward's own words around a page; all empty where the database can not be asked."""

    ward: str = ""
    notice: str = ""
    site: str = ""
    switchboard: Call | None = None
    emergencies: tuple[Call, ...] = ()


def read_frame(session: Session) -> Frame:
    """The frame as the content pack has it now; the database must hold a content pack."""
    ward = library.ward(session)
    desk = library.record(session, Desk, ward.switchboard)
    phone = Call(desk.name, desk.phone) if desk and desk.phone else None
    return Frame(ward.name, ward.notice, str(ward.site), phone, _emergencies(session))


def _emergencies(session: Session) -> tuple[Call, ...]:
    """The two national numbers, each named as by the crisis record that puts it first; none the pack does not hold."""
    first = {crisis.lines[0].phone: crisis.lines[0].name for crisis in library.records(session, Crisis)}
    return tuple(Call(first[phone], phone) for phone in EMERGENCY_PHONES if phone in first)
