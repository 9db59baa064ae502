"""Fixtures: the console over rows alone. Notices ask no index, so an installation without encoder or snapshot does."""

from pathlib import Path
from typing import cast

import pytest
from sqlalchemy import Engine

from bot.wiring import Pocket
from handlers.conversation import Responder
from knowledge.database import Sessions
from knowledge.library import sync_pack
from knowledge.pack import load_pack
from tests.bot.console.conftest import Clock
from tests.installation import settings_for


@pytest.fixture
def pocket(sessions: Sessions, engine: Engine, clock: Clock, tmp_path: Path) -> Pocket:
    """A content pack on each kind of database; nothing on these pages may ask the responder."""
    settings = settings_for(tmp_path)
    with sessions.begin() as session:
        sync_pack(session, load_pack(settings.pack_dir), clock())
    return Pocket(settings, engine, sessions, cast("Responder", None))
