"""Where to go: the towns and shelters that a text names, the shelters nearest to a point, and how each stands now."""

import math
import re
from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass
from datetime import datetime

from sqlalchemy import delete, select
from sqlalchemy.orm import Session

from knowledge import library
from knowledge.audit import Actor, AuditAction, record
from knowledge.campaign import person
from knowledge.disaster.records import Shelter, ShelterKind, Town
from knowledge.errors import PocketError
from knowledge.models import ShelterRow, ShelterState, World
from knowledge.signs import any_of

_BLOCK = re.compile(r"[ 、,-]*([0-9]{1,2}|[一二三四五六七八九])(?=\s*(丁目|chome|-|の|번|거리|$|[^0-9]))")
_HIRAGANA = {code: code - 0x60 for code in range(ord("ァ"), ord("ヶ"))}
_KANJI = "一二三四五六七八九"
_EARTH_METRES = 6_371_000
NEAREST = 3


class NoSuchShelterError(PocketError):
    """その避難所は、手続案内のフォルダーにありません。"""


@dataclass(frozen=True)
class Near:
    """A shelter and how far it is as the crow flies, in metres."""

    shelter: Shelter
    metres: int


@dataclass(frozen=True)
class Place:
    """A town, and the 丁目 where one was named."""

    town: Town
    block: int | None = None


def place_in(towns: Iterable[Town], text: str) -> Place | None:
    """The town a normalised text names, with its 丁目; of several the longest name, as 池袋 is part of 東池袋."""
    both = (text, text.translate(_HIRAGANA))
    hits = ((any_of(sign).search(each), town) for town in towns for sign in town.signs for each in both)
    found = [(hit, town) for hit, town in hits if hit]
    if not found:
        return None
    hit, town = max(found, key=lambda each: (len(each[0][0]), -each[0].start()))
    number = _BLOCK.match(text, hit.end())
    return Place(town, _number(number[1]) if number else None)


def _number(written: str) -> int:
    return _KANJI.index(written) + 1 if written in _KANJI else int(written)


def named_in(shelters: Iterable[Shelter], text: str) -> list[Shelter]:
    """The shelters a normalised text calls by name, 学校 left out or not."""
    return [each for each in shelters if any(name in text for name in _names(each.name))]


def _names(name: str) -> set[str]:
    plain = {part for part in re.split(r"[（）・]", name) if len(part) > 3 and part != "連携校"}
    return plain | {each.replace("学校", "") for each in plain if each.endswith("学校")}


def nearest(
    shelters: Iterable[Shelter], point: tuple[float, float], kind: ShelterKind, count: int = NEAREST
) -> list[Near]:
    """The shelters of a kind nearest to a point, by distance in a straight line."""
    of_kind = [Near(each, _metres(point, (each.lat, each.lng))) for each in shelters if each.kind is kind]
    return sorted(of_kind, key=lambda near: (near.metres, near.shelter.id))[:count]


def _metres(one: tuple[float, float], other: tuple[float, float]) -> int:
    """The distance over ground of a ward's size, where the earth is flat enough."""
    north = math.radians(other[0] - one[0])
    east = math.radians(other[1] - one[1]) * math.cos(math.radians((one[0] + other[0]) / 2))
    return round(_EARTH_METRES * math.hypot(north, east))


def states(session: Session, world: World) -> Mapping[str, ShelterRow]:
    """How the shelters stand that somebody has recorded, by their ids."""
    return {row.shelter: row for row in session.scalars(select(ShelterRow).where(ShelterRow.world == world))}


def record_state(
    session: Session, world: World, shelter_ids: Sequence[str], state: ShelterState | None, actor: Actor, now: datetime
) -> None:
    """Write down how shelters stand; None forgets it. Raises NoSuchShelterError."""
    known = {each.id for each in library.records(session, Shelter)}
    if not known.issuperset(shelter_ids):
        raise NoSuchShelterError
    chosen = sorted(set(shelter_ids))
    session.execute(delete(ShelterRow).where(ShelterRow.world == world, ShelterRow.shelter.in_(chosen)))
    if state is not None:
        session.add_all(
            ShelterRow(world=world, shelter=each, state=state, changed_by=person(actor), changed_at=now)
            for each in chosen
        )
    session.flush()
    detail = {"world": world.value, "shelters": chosen, "state": state.value if state else None}
    record(session, actor, AuditAction.SHELTER_RECORDED, "shelters", detail, now)


def forget_states(session: Session, world: World) -> None:
    """Nobody knows any more how the shelters stand: what was true in one disaster is not in the next."""
    session.execute(delete(ShelterRow).where(ShelterRow.world == world))
