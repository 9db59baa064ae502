"""A ward in a disaster, for tests: the Toshima pack in a fresh database, a mode in force, and a broken search."""

from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass
from functools import cache
from pathlib import Path
from typing import Any

from sqlalchemy.orm import Session

from handlers.conversation import Asker, Channel, Responder
from knowledge import library
from knowledge.database import Sessions, open_engine, open_sessions
from knowledge.disaster import switch
from knowledge.models import Hazard, Mode, World
from knowledge.pack import Pack, load_pack
from knowledge.search import Searcher
from tests.handlers.talk import NOW, Talk, resident
from tests.knowledge.notices.rows import add_staff

PACK = Path(__file__).parents[2] / "knowledge" / "packs" / "toshima"


@dataclass(frozen=True)
class Member:
    """A signed-in person."""

    id: int
    login: str = "staff"


class Broken(Searcher):
    """Neither index nor encoder: whatever touches it fails as a native library does."""

    def __init__(self) -> None:
        """Nothing is open."""

    def __getattribute__(self, name: str) -> Any:
        """Nothing can be had of it."""
        raise RuntimeError(name)


def turn(session: Session, mode: Mode = Mode.DISASTER, world: World = World.LIVE) -> None:
    """Two people switch."""
    request = switch.ask(session, world, mode, Hazard.FLOOD, "", Member(1), NOW)
    switch.confirm(session, request.id, Member(2), NOW)


@cache
def pack() -> Pack:
    """The Toshima pack."""
    return load_pack(PACK)


@contextmanager
def ward_at(url: str) -> Iterator[Sessions]:
    """The pack and three people of the staff in an empty database."""
    engine = open_engine(url)
    sessions = open_sessions(engine)
    with sessions.begin() as session:
        library.sync_pack(session, pack(), NOW)
        add_staff(session, 3, NOW)
    yield sessions
    engine.dispose()


@contextmanager
def ward_in(sessions: Sessions, mode: Mode = Mode.DISASTER, world: World = World.LIVE) -> Iterator[Talk]:
    """A friend who talks to a ward whose mode was switched and whose search is broken; all is forgotten at the end."""
    with sessions() as session:
        turn(session, mode, world)
        yield Talk(Responder(Broken()), session, resident(session))
        session.rollback()


def on_the_web(talk: Talk) -> Talk:
    """Somebody nobody knows, at the web page."""
    return Talk(talk.responder, talk.session, Asker(Channel.WEB))
