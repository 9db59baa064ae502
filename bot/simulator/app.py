"""Wires the stand-in: the API, and the page beside it."""

from fastapi import FastAPI

from bot.simulator.api.gate import api_routes
from bot.simulator.config import SimulatorConfig
from bot.simulator.page import page_routes
from bot.simulator.platform import Platform


def create_simulator(config: SimulatorConfig) -> FastAPI:
    """Return the simulated platform as an application; its `state.platform` is the `Platform` tests look into.

    Mounted at any path P, the API is at P/v2/bot/… (both LINE hosts) and the page at P/.
    """
    platform = Platform(config)
    app = FastAPI(
        title="LINE platform simulator", routes=[*api_routes(platform), *page_routes(platform)], openapi_url=None
    )
    app.state.platform = platform
    return app
