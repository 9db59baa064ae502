"""Demo mode: without LINE credentials the simulator stands in for the platform, on this machine alone."""

import secrets
from collections.abc import Callable
from dataclasses import dataclass
from typing import Self

import structlog
from fastapi import FastAPI
from pydantic import SecretStr

from bot.background import Background
from bot.line.client import LineClient
from bot.line.drawing import FontMissingError
from bot.line.errors import LineError
from bot.line.richmenu import RichMenu, deploy
from bot.line.webhook import PATH as WEBHOOK
from bot.settings import Settings
from bot.simulator.app import create_simulator
from bot.simulator.config import SimulatorConfig

PATH = "/simulator"
ATTEMPTS = 60
PAUSE_SECONDS = 0.5
_log = structlog.get_logger(__name__)


@dataclass(frozen=True)
class Demo:
    """The simulator, and settings that lead to it with credentials of this process's own."""

    settings: Settings
    app: FastAPI

    @classmethod
    def of(cls, settings: Settings) -> Self:
        """A simulator under `/simulator` of the process that serves the settings' port."""
        secret, token = secrets.token_hex(16), secrets.token_urlsafe(32)
        base = settings.loopback + PATH
        changes: dict[str, object] = {
            "channel_secret": SecretStr(secret),
            "channel_access_token": SecretStr(token),
            "line_api_base": base,
            "line_data_api_base": base,
        }
        if "public_url" not in settings.model_fields_set:
            changes["public_url"] = settings.loopback
        config = SimulatorConfig(
            channel_secret=secret, channel_access_token=token, webhook_url=settings.loopback + WEBHOOK
        )
        return cls(settings.model_copy(update=changes), create_simulator(config))


class MenuDeployment(Background):
    """Puts the rich menu up at the simulator once this very process listens; entering and leaving never wait for it."""

    def __init__(self, client: LineClient, menu: Callable[[], RichMenu]) -> None:
        super().__init__("demo-menu", daemon=True)
        self._client = client
        self._menu = menu

    def _run(self) -> None:
        try:
            menu = self._menu()
        except FontMissingError:
            _log.warning("demo_menu_not_drawn")
            return
        for _ in range(ATTEMPTS):
            if self._closed.wait(PAUSE_SECONDS):
                return
            try:
                deploy(self._client, menu)
            except LineError:
                continue
            return
        _log.warning("demo_menu_missing")
