"""Fixtures: an installation whose index is this test's own too, because approving a source builds it."""

import shutil
from collections.abc import Iterator
from dataclasses import replace
from pathlib import Path

import pytest

from bot.wiring import Pocket
from handlers.conversation import Responder
from knowledge.database import open_engine, open_sessions
from knowledge.search import Searcher
from knowledge.shelf import Shelf


@pytest.fixture
def pocket(shared: Pocket, tmp_path: Path) -> Iterator[Pocket]:
    """Database and snapshots of this test's own, with everybody's encoder."""
    data = shutil.copytree(shared.settings.data_dir, tmp_path / "console")
    settings = shared.settings.model_copy(update={"data_dir": data})
    common = shared.responder.searcher
    searcher = Searcher(common.encoder, common.splitter, Shelf(settings.snapshots, common.encoder.model_id))
    engine = open_engine(settings.database_url)
    yield replace(
        shared, settings=settings, engine=engine, sessions=open_sessions(engine), responder=Responder(searcher)
    )
    engine.dispose()
