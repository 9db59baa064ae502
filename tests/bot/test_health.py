"""The routes for those who watch: alive, ready, measured."""

import shutil
from collections.abc import Iterator
from dataclasses import replace
from pathlib import Path

import pytest
from fastapi import FastAPI
from fastapi.testclient import TestClient

from bot.health import health_router
from bot.wiring import Pocket
from knowledge.database import open_engine
from tests.handlers.emergency import turn
from tests.handlers.talk import NOW
from tests.installation import settings_for
from tests.knowledge.notices.rows import add_staff


@pytest.fixture
def pocket(pocket_dir: Path) -> Iterator[Pocket]:
    """An open copy of the installation."""
    pocket = Pocket.open(settings_for(pocket_dir))
    yield pocket
    pocket.engine.dispose()


def _client(pocket: Pocket) -> TestClient:
    app = FastAPI()
    app.include_router(health_router(pocket))
    return TestClient(app)


def test_a_good_installation_is_ready(pocket: Pocket) -> None:
    """Database and snapshot both serve."""
    answer = _client(pocket).get("/readyz")
    assert (answer.status_code, answer.json()) == (200, {"database": "ready", "snapshot": "ready"})


def test_without_a_snapshot_it_lives_but_is_not_ready(pocket: Pocket, pocket_dir: Path) -> None:
    """503, and which part is missing."""
    shutil.rmtree(pocket_dir / "snapshots")
    answer = _client(pocket).get("/readyz")
    assert (answer.status_code, answer.json()) == (503, {"database": "ready", "snapshot": "missing"})
    assert _client(pocket).get("/healthz").json() == {"status": "alive"}


def test_in_a_disaster_it_is_ready_without_a_snapshot(pocket: Pocket, pocket_dir: Path) -> None:
    """The canned answers serve: nobody takes the process out of the rotation."""
    shutil.rmtree(pocket_dir / "snapshots")
    with pocket.sessions.begin() as session:
        add_staff(session, 2, NOW)
        turn(session)
    answer = _client(pocket).get("/readyz")
    assert (answer.status_code, answer.json()) == (200, {"database": "ready", "snapshot": "missing"})


def test_without_a_database_it_lives_but_is_not_ready(pocket: Pocket, tmp_path: Path) -> None:
    """503, without the database's own message."""
    lost = replace(pocket, engine=open_engine(f"sqlite:///{tmp_path / 'nowhere' / 'x.db'}"))
    answer = _client(lost).get("/readyz")
    assert (answer.status_code, answer.json()) == (503, {"database": "unavailable", "snapshot": "ready"})
    assert _client(lost).get("/healthz").status_code == 200


def test_metrics_are_prometheus_text(pocket: Pocket) -> None:
    """With the process's own figures."""
    answer = _client(pocket).get("/metrics")
    assert answer.headers["content-type"].startswith("text/plain; version=")
    assert "process_resident_memory_bytes " in answer.text
