"""Fixtures: a simulator over real HTTP with a clock that stands still, and a ward that sends to it."""

from collections.abc import Iterator

import pytest

from bot.simulator.app import create_simulator
from bot.simulator.config import SimulatorConfig
from knowledge.database import Sessions
from tests.bot.notices.world import Ward, ward
from tests.bot.simulator.stand import SECRET, TOKEN, Clock, Street


@pytest.fixture(scope="session")
def street() -> Iterator[Street]:
    """The server of this process's tests."""
    street = Street()
    yield street
    street.close()


@pytest.fixture
def config() -> SimulatorConfig:
    """The channel; a test may override it."""
    return SimulatorConfig(SECRET, TOKEN, seed=1, now=Clock(), hang_seconds=0.2)


@pytest.fixture
def town(config: SimulatorConfig, street: Street, sessions: Sessions) -> Iterator[Ward]:
    """The ward at the simulator."""
    app = create_simulator(config)
    assert isinstance(config.now, Clock)
    with street.served(app) as url, ward(sessions, app.state.platform, config.now, url) as town:
        yield town
