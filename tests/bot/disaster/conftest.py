"""Fixtures: the pack, three people of the staff, and a simulator over real HTTP to which menus and alerts go."""

from collections.abc import Iterator
from dataclasses import dataclass
from datetime import UTC, datetime
from functools import partial
from pathlib import Path

import pytest
from pydantic import SecretStr

from bot.disaster.calling import Calling
from bot.disaster.menu import MenuFollower
from bot.line.client import LineClient
from bot.settings import Settings
from bot.simulator.app import create_simulator
from bot.simulator.config import SimulatorConfig
from bot.simulator.platform import Platform
from bot.wiring import rich_menu
from knowledge import library, models
from knowledge.database import Sessions
from knowledge.disaster import switch
from knowledge.library import Synced
from knowledge.models import Hazard, Mode, World
from knowledge.residents import resident_of
from tests.bot.simulator.stand import SECRET, TOKEN, Clock, Street
from tests.handlers.emergency import Member, pack
from tests.knowledge.notices.rows import add_staff
from tests.knowledge.notices.town import line_id

CONSOLE = "https://pocket.example/staff/disaster"


@dataclass
class Town:
    """A ward at the simulator, its clock standing still until a test moves it."""

    sessions: Sessions
    platform: Platform
    clock: Clock
    menu: MenuFollower
    calling: Calling

    @property
    def now(self) -> datetime:
        return datetime.fromtimestamp(self.clock.time, UTC)

    def turn(self, mode: Mode = Mode.DISASTER, world: World = World.LIVE) -> None:
        """Two people switch."""
        with self.sessions.begin() as session:
            request = switch.ask(session, world, mode, Hazard.FLOOD, "", Member(1), self.now)
            switch.confirm(session, request.id, Member(2), self.now)

    def tester(self, number: int, *, on_call: bool) -> str:
        """An account of the staff's own that has joined; its LINE id."""
        with self.sessions.begin() as session:
            resident = resident_of(session, line_id(number), 1, self.now)
            session.flush()
            session.add(
                models.Tester(
                    name=f"係{number}", resident_id=resident.id, added_by=1, added_at=self.now, on_call=on_call
                )
            )
        self.platform.add_user("職員", line_id(number))
        return line_id(number)

    def said_to(self, user: str) -> list[str]:
        """The texts a user got."""
        return [str(each["text"]) for each in self.platform.ledger.shown_to(user)]


@pytest.fixture(scope="session")
def street() -> Iterator[Street]:
    """The server of this process's tests."""
    street = Street()
    yield street
    street.close()


@pytest.fixture
def town(street: Street, sessions: Sessions, tmp_path: Path) -> Iterator[Town]:
    """A ward in ordinary times."""
    clock = Clock()
    app = create_simulator(SimulatorConfig(SECRET, TOKEN, seed=1, now=clock, hang_seconds=0.2))
    now = datetime.fromtimestamp(clock.time, UTC)
    with sessions.begin() as session:
        # The small records alone: a hundred and fifty guides a test would take longer than the tests.
        library._sync_records(session, pack(), Synced())
        add_staff(session, 3, now)
    settings = Settings(_env_file=None, data_dir=tmp_path, pack="toshima")
    with street.served(app) as url, LineClient(url, url, SecretStr(TOKEN), 5.0) as client:
        menu = MenuFollower(sessions, client, partial(rich_menu, settings, sessions))
        yield Town(sessions, app.state.platform, clock, menu, Calling(sessions, client, CONSOLE))
