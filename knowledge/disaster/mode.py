"""Which mode is in force, and for whom: the newest change of the live world, or of the drill for a tester.

Nothing is cached: it is one look at a short table, so all workers agree from the commit of a switch on.
"""

from dataclasses import dataclass
from datetime import datetime
from typing import Any

from sqlalchemy import Row, bindparam, select
from sqlalchemy.orm import Session

from knowledge.database import columns
from knowledge.models import Hazard, Mode, ModeChange, Tester, World

_CHANGE = select(ModeChange).where(ModeChange.world == bindparam("world")).order_by(ModeChange.id.desc()).limit(1)
_IN_FORCE = _CHANGE.with_only_columns(
    ModeChange.id, ModeChange.world, ModeChange.mode, ModeChange.hazard, ModeChange.since
)
_FOR_TESTER = _IN_FORCE.where(select(Tester.id).where(Tester.resident_id == bindparam("resident")).exists())


@dataclass(frozen=True)
class Standing:
    """A mode in force: since when, why, and in which world."""

    change: int
    world: World
    mode: Mode
    hazard: Hazard
    since: datetime

    @property
    def drill(self) -> bool:
        """Whether all of it is an exercise."""
        return self.world is World.DRILL


def current(session: Session, world: World = World.LIVE) -> Standing | None:
    """The mode of a world; None in ordinary times."""
    return _standing(columns(session, _IN_FORCE, {"world": world}).one_or_none())


def newest_change(session: Session, world: World = World.LIVE) -> ModeChange | None:
    """The last change of a world, back to ordinary times included; None where there never was one."""
    return session.scalars(_CHANGE, {"world": world}).one_or_none()


def standing_for(session: Session, resident: int | None) -> Standing | None:
    """The mode that holds for somebody: that of the live world, or else of a drill where they are its tester."""
    live = current(session)
    if live is not None or resident is None:
        return live
    return _standing(columns(session, _FOR_TESTER, {"world": World.DRILL, "resident": resident}).one_or_none())


def _standing(row: Row[Any] | None) -> Standing | None:
    if row is None or row.mode == Mode.NORMAL:
        return None
    return Standing(row.id, World(row.world), Mode(row.mode), Hazard(row.hazard), row.since)
