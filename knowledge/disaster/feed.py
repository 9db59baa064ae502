"""A feed of warning levels: what it says, that each warning has its effect once, and which mode follows from it."""

from collections.abc import Mapping
from dataclasses import dataclass
from datetime import datetime
from hashlib import sha256
from typing import Annotated, Literal

from pydantic import AwareDatetime, Field, StringConstraints, ValidationError
from sqlalchemy import select
from sqlalchemy.orm import Session

from knowledge import library
from knowledge.audit import AuditAction, Machine, record
from knowledge.disaster.mode import Standing, current, newest_change
from knowledge.disaster.records import Disaster
from knowledge.disaster.switch import in_force
from knowledge.errors import PocketError
from knowledge.guide import Record
from knowledge.models import Hazard, Mode, ModeChange, WarningRow, WarningStatus, World

Word = Annotated[
    str, StringConstraints(strip_whitespace=True, min_length=1, max_length=100, pattern=r"^[^\x00-\x1f]+$")
]
Identity = Annotated[str, StringConstraints(pattern=r"^[A-Za-z0-9._:-]{1,100}$")]
Level = Annotated[int, Field(ge=1, le=5, strict=True)]
ModeOf = Mapping[int | Literal["lifted"], Mode]
"""The ward's own setting: which mode a level means, and what follows when the last warning is lifted."""


def modes_from(setting: str) -> ModeOf:
    """The modes of a setting such as `4:disaster,5:disaster,lifted:recovery`; raises ValueError.

    A level can mean disaster mode and nothing else; the last warning's lifting recovery or ordinary times.
    """
    found: dict[int | Literal["lifted"], Mode] = {}
    for entry in filter(None, (part.strip() for part in setting.split(","))):
        when, _, mode = entry.partition(":")
        if when == "lifted" and mode in (Mode.RECOVERY, Mode.NORMAL):
            found["lifted"] = Mode(mode)
        elif when in tuple("12345") and mode == Mode.DISASTER:
            found[int(when)] = Mode.DISASTER
        else:
            raise ValueError("levels 1 to 5 lead to disaster, lifted to recovery or ordinary")
    return found


class UnreadableWarningError(PocketError):
    """警報の内容を読めません。docs/operations.md の形で送ってください。"""


class OtherContentError(PocketError):
    """同じ番号の警報が、別の内容ですでに届いています。新しい番号で送ってください。"""


class Warned(Record):
    """A warning as the feed writes it."""

    id: Identity
    world: World
    status: WarningStatus
    level: Level
    hazard: Hazard
    area: Word
    issuer: Word
    issued_at: AwareDatetime


@dataclass(frozen=True)
class Taken:
    """What became of a warning: whether it was known before, whether it switched, and the mode now in force."""

    known: bool
    switched: bool
    mode: Mode


def read_warning(body: bytes) -> Warned:
    """The warning of a body; raises UnreadableWarningError."""
    try:
        return Warned.model_validate_json(body)
    except ValidationError:
        raise UnreadableWarningError from None


def accept(session: Session, feed: str, body: bytes, modes: ModeOf, now: datetime) -> Taken:
    """Keep a verified warning and switch as the ward's setting says, in the session's transaction.

    The same warning again has no effect; another one of the same id raises OtherContentError. One that is older than
    what the feed said before of the same hazard and area is kept without effect.
    """
    warned, digest = read_warning(body), sha256(body).hexdigest()
    known = session.scalars(select(WarningRow).where(WarningRow.feed == feed, WarningRow.identity == warned.id)).first()
    if known is not None:
        if known.digest != digest:
            raise OtherContentError
        return Taken(known=True, switched=False, mode=_mode(current(session, warned.world)))
    late = _is_late(session, feed, warned)
    row = _row(feed, warned, digest, now)
    session.add(row)
    session.flush()
    wanted = None if late else _wanted(session, warned, modes)
    if wanted is None:
        return Taken(known=False, switched=False, mode=_mode(current(session, warned.world)))
    in_force(session, warned.world, wanted, warned.hazard, now, warning=row.id)
    detail = {"mode": wanted.value, "level": row.level, "world": row.world, "issuer": row.issuer, "area": row.area}
    record(session, Machine(f"({feed})"), AuditAction.DISASTER_WARNED, f"warning:{row.id}", detail, now)
    return Taken(known=False, switched=True, mode=wanted)


def standing_warnings(session: Session, world: World, since: datetime | None = None) -> list[WarningRow]:
    """The last word of every feed on each hazard and area that is not lifted, the highest level first."""
    last: dict[tuple[str, str, str], WarningRow] = {}
    rows = select(WarningRow).where(WarningRow.world == world)
    rows = rows if since is None else rows.where(WarningRow.issued_at >= since)
    for row in session.scalars(rows.order_by(WarningRow.issued_at, WarningRow.id)):
        last[row.feed, row.hazard, row.area] = row
    found = [row for row in last.values() if row.status == WarningStatus.ISSUED]
    return sorted(found, key=lambda row: (-row.level, -row.issued_at.timestamp()))


def _row(feed: str, warned: Warned, digest: str, now: datetime) -> WarningRow:
    return WarningRow(
        feed=feed,
        identity=warned.id,
        digest=digest,
        world=warned.world,
        status=warned.status,
        level=warned.level,
        hazard=warned.hazard,
        area=warned.area,
        issuer=warned.issuer,
        issued_at=warned.issued_at,
        received_at=now,
    )


def _is_late(session: Session, feed: str, warned: Warned) -> bool:
    newer = select(WarningRow.id).where(
        WarningRow.feed == feed,
        WarningRow.world == warned.world,
        WarningRow.hazard == warned.hazard,
        WarningRow.area == warned.area,
        WarningRow.issued_at > warned.issued_at,
    )
    return session.scalars(newer.limit(1)).first() is not None


def _wanted(session: Session, warned: Warned, modes: ModeOf) -> Mode | None:
    """The mode to switch to, or None: a feed takes back only what a feed began, and never while a warning stands."""
    standing = current(session, warned.world)
    if warned.status == WarningStatus.ISSUED:
        mode = modes.get(warned.level)
    else:
        change: ModeChange | None = newest_change(session, warned.world)
        began = standing is not None and standing.mode == Mode.DISASTER and change is not None and change.warning_id
        left = [row for row in standing_warnings(session, warned.world) if modes.get(row.level) == Mode.DISASTER]
        mode = modes.get("lifted") if began and not left else None
    if mode is None or mode is _mode(standing) or library.record(session, Disaster, "disaster") is None:
        return None
    if warned.world is World.DRILL and current(session) is not None and mode is not Mode.NORMAL:
        return None
    return mode


def _mode(standing: Standing | None) -> Mode:
    return standing.mode if standing else Mode.NORMAL
