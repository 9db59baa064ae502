"""The switch: one person asks, another confirms within minutes; both are in the audit log and told to those on call."""

from datetime import datetime, timedelta

import structlog
from sqlalchemy import select, update
from sqlalchemy.orm import Session

from knowledge import library
from knowledge.audit import Actor, AuditAction, record
from knowledge.campaign import NoPersonError, person
from knowledge.database import changed
from knowledge.disaster import alerts, shelters
from knowledge.disaster.mode import Standing, current
from knowledge.disaster.records import Disaster
from knowledge.errors import PocketError
from knowledge.models import AlertKind, Hazard, Mode, ModeChange, SwitchRequest, World

VALID = timedelta(minutes=10)
"""How long a request waits for its second person: long enough to be woken up, too short to be forgotten."""
_log = structlog.get_logger(__name__)


class SwitchError(PocketError):
    """切り替えられませんでした。"""


class NothingToSwitchError(SwitchError):
    """もうその状態です。切り替える必要はありません。"""


class WaitingError(SwitchError):
    """ほかの切り替えが確認を待っています。先に、それを確認するか取り下げてください。"""


class SamePersonError(SwitchError):
    """切り替えを求めた人は確認できません。別の承認者に確認を頼んでください。"""


class TooLateError(SwitchError):
    """10分を過ぎたか、取り下げられたため、この切り替えは確認できません。必要なら、もう一度求めてください。"""


class LiveFirstError(SwitchError):
    """本番の災害モードが続いています。訓練はできません。"""


class NoDisasterContentError(SwitchError):
    """手続案内のフォルダーに、災害のときの内容（disaster.yaml）がありません。システム管理者に連絡してください。"""


def ask(
    session: Session, world: World, mode: Mode, hazard: Hazard, note: str, actor: Actor, now: datetime
) -> SwitchRequest:
    """Ask for a mode; raises NothingToSwitchError, WaitingError, LiveFirstError, NoDisasterContentError."""
    _check(session, world, mode)
    if waiting(session, world, now) is not None:
        raise WaitingError
    row = SwitchRequest(
        world=world, mode=mode, hazard=hazard, note=note.strip() or None, asked_by=person(actor), asked_at=now
    )
    session.add(row)
    session.flush()
    _log.critical("disaster_switch_asked", request=row.id, world=row.world, mode=row.mode, staff=actor.id)
    alerts.raise_alert(session, AlertKind.ASKED, world, mode, now)
    detail = {"mode": row.mode, "hazard": row.hazard, "world": row.world, "note": row.note}
    record(session, actor, AuditAction.DISASTER_ASKED, f"disaster:{row.id}", detail, now)
    return row


def confirm(session: Session, request: int, actor: Actor, now: datetime) -> ModeChange:
    """The second person's yes: the mode is in force with the commit.

    Raises SamePersonError, TooLateError, LiveFirstError, NothingToSwitchError.
    """
    row = session.get(SwitchRequest, request, with_for_update=True)
    if row is None or row.confirmed_at or row.withdrawn_at or now - row.asked_at > VALID:
        raise TooLateError
    if person(actor) == row.asked_by:
        raise SamePersonError
    world, mode = World(row.world), Mode(row.mode)
    _check(session, world, mode)
    ours = update(SwitchRequest).where(
        SwitchRequest.id == row.id, SwitchRequest.confirmed_at.is_(None), SwitchRequest.withdrawn_at.is_(None)
    )
    if not changed(session, ours.values(confirmed_by=actor.id, confirmed_at=now)):
        raise TooLateError
    made = in_force(session, world, mode, Hazard(row.hazard), now, request=row.id)
    detail = {"mode": row.mode, "hazard": row.hazard, "world": row.world}
    record(session, actor, AuditAction.DISASTER_CONFIRMED, f"disaster:{row.id}", detail, now)
    return made


def withdraw(session: Session, request: int, actor: Actor, now: datetime) -> None:
    """Take a request back before it is confirmed; raises TooLateError."""
    if actor.id is None:
        raise NoPersonError
    open_one = update(SwitchRequest).where(
        SwitchRequest.id == request, SwitchRequest.confirmed_at.is_(None), SwitchRequest.withdrawn_at.is_(None)
    )
    if not changed(session, open_one.values(withdrawn_by=actor.id, withdrawn_at=now)):
        raise TooLateError
    record(session, actor, AuditAction.DISASTER_WITHDRAWN, f"disaster:{request}", {}, now)


def waiting(session: Session, world: World, now: datetime) -> SwitchRequest | None:
    """The request of a world that can still be confirmed."""
    open_ones = select(SwitchRequest).where(
        SwitchRequest.world == world,
        SwitchRequest.confirmed_at.is_(None),
        SwitchRequest.withdrawn_at.is_(None),
        SwitchRequest.asked_at >= now - VALID,
    )
    return session.scalars(open_ones.order_by(SwitchRequest.id.desc()).limit(1)).one_or_none()


def in_force(
    session: Session,
    world: World,
    mode: Mode,
    hazard: Hazard,
    now: datetime,
    *,
    request: int | None = None,
    warning: int | None = None,
) -> ModeChange:
    """Write down a mode with its one cause; the database refuses a cause of the other world or one used before."""
    row = ModeChange(world=world, mode=mode, hazard=hazard, since=now, request_id=request, warning_id=warning)
    session.add(row)
    session.flush()
    if mode is Mode.NORMAL:
        shelters.forget_states(session, world)
    _log.critical("disaster_mode", change=row.id, world=row.world, mode=row.mode, hazard=row.hazard)
    alerts.raise_alert(session, AlertKind.SWITCHED, world, mode, now)
    return row


def _check(session: Session, world: World, mode: Mode) -> None:
    standing: Standing | None = current(session, world)
    if (standing.mode if standing else Mode.NORMAL) is mode:
        raise NothingToSwitchError
    if world is World.DRILL and mode is not Mode.NORMAL and current(session) is not None:
        raise LiveFirstError
    if mode is not Mode.NORMAL and library.record(session, Disaster, "disaster") is None:
        raise NoDisasterContentError
