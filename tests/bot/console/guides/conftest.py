"""Fixtures: a console whose index is the test's own too, because publishing builds a new one."""

import os
import shutil
from collections.abc import Iterator
from dataclasses import replace
from pathlib import Path

import pytest

from bot.wiring import Pocket
from knowledge.shelf import Shelf
from tests.bot.console.conftest import with_own_database


@pytest.fixture
def pocket(shared: Pocket, tmp_path: Path) -> Iterator[Pocket]:
    """The installation with a database and snapshots of this test's own; the snapshots' unchanging files are linked."""
    with with_own_database(shared, tmp_path / "console") as pocket:
        shutil.copytree(shared.settings.snapshots, pocket.settings.snapshots, copy_function=os.link)
        searcher = shared.responder.searcher
        own = replace(searcher, shelf=Shelf(pocket.settings.snapshots, searcher.encoder.model_id))
        yield replace(pocket, responder=replace(pocket.responder, searcher=own))
