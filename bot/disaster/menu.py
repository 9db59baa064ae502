"""The residents' rich menu follows the mode: put up by whichever worker comes first, tried again until it is there."""

from collections.abc import Callable
from dataclasses import dataclass
from datetime import datetime, timedelta

import structlog
from sqlalchemy import Update, select, update
from sqlalchemy.dialects import postgresql, sqlite
from sqlalchemy.orm import Session

from bot.line.client import LineClient
from bot.line.drawing import FontMissingError
from bot.line.errors import LineError
from bot.line.richmenu import RichMenu, deploy
from knowledge.database import Sessions, changed
from knowledge.disaster import alerts
from knowledge.disaster.mode import newest_change
from knowledge.models import AlertKind, MenuDeployment, Mode, ModeChange, World

LOST = timedelta(seconds=60)
"""A try that has not ended after so long belonged to a process that died."""
LONGEST_PAUSE = timedelta(seconds=60)
TOLD_AFTER = 3
"""Failures in a row after which the people on call hear of it."""
_log = structlog.get_logger(__name__)


@dataclass(frozen=True)
class MenuFollower:
    """What following takes; `menu` gives the rich menu of the mode in force."""

    sessions: Sessions
    client: LineClient
    menu: Callable[[], RichMenu]

    def once(self, now: datetime) -> bool:
        """Put up the menu of the newest change, if that is to be done and nobody else is at it; whether it was."""
        with self.sessions.begin() as session:
            row = _due(session, now)
            if row is None or not _taken(session, row, now):
                return False
        try:
            deploy(self.client, self.menu())
        except (LineError, FontMissingError) as error:
            self._failed(row.change_id, type(error).__name__, now)
            return False
        with self.sessions.begin() as session:
            session.execute(_of(row.change_id).values(done_at=now, problem=None))
            # Another worker may have put up the menu of a newer change meanwhile, and this one's over it.
            newer = update(MenuDeployment).where(MenuDeployment.change_id > row.change_id)
            session.execute(newer.values(done_at=None, tried_at=None))
        _log.info("disaster_menu_up", change=row.change_id)
        return True

    def _failed(self, change: int, problem: str, now: datetime) -> None:
        _log.error("disaster_menu_failed", change=change, problem=problem)
        with self.sessions.begin() as session:
            session.execute(_of(change).values(problem=problem, tried_at=now))
            attempts = session.scalar(select(MenuDeployment.attempts).where(MenuDeployment.change_id == change))
            made = session.get_one(ModeChange, change)
            if attempts == TOLD_AFTER:
                alerts.raise_alert(session, AlertKind.MENU_FAILED, World.LIVE, Mode(made.mode), now)


def _of(change: int) -> Update:
    return update(MenuDeployment).where(MenuDeployment.change_id == change)


def _due(session: Session, now: datetime) -> MenuDeployment | None:
    """The deployment of the newest change of the live world, where it waits for a try."""
    change = newest_change(session)
    if change is None:
        return None
    row = session.get(MenuDeployment, change.id)
    if row is None:
        insert = postgresql.insert if session.get_bind().dialect.name == "postgresql" else sqlite.insert
        fresh = insert(MenuDeployment).values(id=change.id, change_id=change.id, attempts=0)
        session.execute(fresh.on_conflict_do_nothing(index_elements=["id"]))
        row = session.get_one(MenuDeployment, change.id)
    if row.done_at is not None:
        return None
    pause = pause_after(row.attempts) if row.problem else LOST
    return row if row.tried_at is None or row.tried_at + pause <= now else None


def pause_after(attempts: int) -> timedelta:
    """How long after so many failures the next try waits."""
    return min(LONGEST_PAUSE, timedelta(seconds=2 ** min(attempts, 10)))


def _taken(session: Session, row: MenuDeployment, now: datetime) -> bool:
    ours = update(MenuDeployment).where(MenuDeployment.id == row.id, MenuDeployment.attempts == row.attempts)
    return changed(session, ours.values(attempts=row.attempts + 1, tried_at=now, problem=None)) > 0
