"""Fixtures: a simulator over real HTTP, with a clock that stands still; and a webhook of the test's own."""

from collections.abc import Iterator

import httpx
import pytest

from bot.simulator.app import create_simulator
from bot.simulator.config import SimulatorConfig
from bot.simulator.events import Events
from bot.simulator.people import User
from bot.simulator.webhooks import WebhookSender, deliver_with
from tests.bot.simulator.stand import SECRET, TOKEN, Api, Clock, Receiver, Street


@pytest.fixture(scope="session")
def street() -> Iterator[Street]:
    """The server of this process's tests."""
    street = Street()
    yield street
    street.close()


@pytest.fixture
def config() -> SimulatorConfig:
    """The channel; a test module may override it."""
    return SimulatorConfig(SECRET, TOKEN, seed=1, now=Clock(), hang_seconds=5)


@pytest.fixture
def api(config: SimulatorConfig, street: Street) -> Iterator[Api]:
    """The simulator, called as the bot calls it."""
    app = create_simulator(config)
    assert isinstance(config.now, Clock)
    with street.served(app) as url, httpx.Client(base_url=url, timeout=5, trust_env=False, verify=False) as http:
        yield Api(http, app.state.platform, config.now)


@pytest.fixture
def alice(api: Api) -> User:
    """A friend."""
    return api.platform.add_user("アリス")


@pytest.fixture
def events(api: Api) -> Events:
    """Makes events at the platform."""
    return Events(api.platform)


@pytest.fixture
def receiver() -> Receiver:
    """The bot's side of the webhook."""
    return Receiver()


@pytest.fixture
def sender(api: Api, receiver: Receiver, street: Street) -> Iterator[WebhookSender]:
    """Delivers to the receiver over real HTTP."""
    with street.served(receiver.app()) as url, httpx.Client(trust_env=False, verify=False) as client:
        yield WebhookSender(api.platform, deliver_with(client, f"{url}/hook"))
