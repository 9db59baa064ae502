"""Fixtures: one open installation a module; each test has a session of its own, rolled back at its end."""

import shutil
from collections.abc import Iterator
from pathlib import Path

import pytest
from sqlalchemy.orm import Session

from bot.wiring import Pocket
from handlers.conversation import Asker, Channel
from tests.handlers.talk import Talk, resident
from tests.installation import settings_for


@pytest.fixture(scope="module")
def pocket(installation: Path, tmp_path_factory: pytest.TempPathFactory) -> Iterator[Pocket]:
    """An open copy of the finished installation."""
    copy = shutil.copytree(installation, tmp_path_factory.mktemp("pocket") / "data")
    pocket = Pocket.open(settings_for(copy))
    yield pocket
    pocket.engine.dispose()


@pytest.fixture
def session(pocket: Pocket) -> Iterator[Session]:
    """A session whose changes are forgotten."""
    with pocket.sessions() as session:
        yield session
        session.rollback()


@pytest.fixture
def talk(pocket: Pocket, session: Session) -> Talk:
    """A friend on LINE who talks to us."""
    return Talk(pocket.responder, session, resident(session))


@pytest.fixture
def stranger(pocket: Pocket, session: Session) -> Talk:
    """Somebody at a terminal, of whom nothing is known."""
    return Talk(pocket.responder, session, Asker(Channel.TERMINAL))
