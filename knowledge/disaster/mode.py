"""Which mode is in force, and for whom: the newest change of the live world, or of the drill for a tester.

Nothing is cached: it is one look at a short table, so all workers agree from the commit of a switch on.
"""

from dataclasses import dataclass
from datetime import datetime

from sqlalchemy import bindparam, select
from sqlalchemy.orm import Session

from knowledge.models import Hazard, Mode, ModeChange, Tester, World

_NEWEST = select(ModeChange).order_by(ModeChange.id.desc()).limit(1)
_LIVE = _NEWEST.where(ModeChange.world == World.LIVE)
_DRILL = _NEWEST.where(
    ModeChange.world == World.DRILL, select(Tester.id).where(Tester.resident_id == bindparam("resident")).exists()
)


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
    row = newest_change(session, world)
    return None if row is None or row.mode == Mode.NORMAL else _standing(row)


def newest_change(session: Session, world: World = World.LIVE) -> ModeChange | None:
    """The last change of a world, back to ordinary times included; None where there never was one."""
    return session.scalars(_NEWEST.where(ModeChange.world == world)).one_or_none()


def standing_for(session: Session, resident: int | None) -> Standing | None:
    """The mode that holds for somebody: that of the live world, or else of a drill where they are its tester."""
    live = session.scalars(_LIVE).one_or_none()
    if live is not None and live.mode != Mode.NORMAL:
        return _standing(live)
    if resident is None:
        return None
    drill = session.scalars(_DRILL, {"resident": resident}).one_or_none()
    return None if drill is None or drill.mode == Mode.NORMAL else _standing(drill)


def _standing(row: ModeChange) -> Standing:
    return Standing(row.id, World(row.world), Mode(row.mode), Hazard(row.hazard), row.since)
