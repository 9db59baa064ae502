"""The thread of disaster mode: once a second it sees to the rich menu and to those on call."""

from collections.abc import Callable
from datetime import datetime

import structlog
from sqlalchemy.exc import SQLAlchemyError

from bot.background import Background
from bot.disaster.calling import Calling
from bot.disaster.menu import MenuFollower
from knowledge.days import utc_now

TICK_SECONDS = 1.0
_log = structlog.get_logger(__name__)


class DisasterWatch(Background):
    """Runs from entering the context to leaving it; any number of processes may."""

    def __init__(self, menu: MenuFollower, calling: Calling, clock: Callable[[], datetime] = utc_now) -> None:
        super().__init__("disaster", daemon=True)
        self._menu = menu
        self._calling = calling
        self._clock = clock

    def _run(self) -> None:
        while not self._closed.wait(TICK_SECONDS):
            for duty in (self._calling.once, self._menu.once):
                try:
                    duty(self._clock())
                except SQLAlchemyError as error:
                    _log.error("disaster_watch_database", problem=type(error).__name__)
