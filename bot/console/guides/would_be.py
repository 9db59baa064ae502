"""The installation as it would be with a guide published: an index beside the serving one, and rows that pretend."""

from collections.abc import Iterator
from contextlib import contextmanager
from datetime import datetime

from sqlalchemy.orm import Session

from bot import publishing
from bot.gate import searcher_in
from bot.wiring import Pocket
from handlers.conversation import Responder
from knowledge import library
from knowledge.guide import Guide


@contextmanager
def would_be(pocket: Pocket, guide: Guide, now: datetime) -> Iterator[tuple[Session, Responder]]:
    """A session and a responder as if the guide were public; nothing they do is kept."""
    builder = publishing.builder_of(pocket)
    with pocket.sessions(autoflush=False) as session:
        library.pretend(session, guide)
        with builder.alone(), publishing.would_be(pocket, builder, guide, now) as prepared:
            searcher = searcher_in(pocket.responder.searcher, prepared.directory)
            yield session, Responder(searcher, pocket.responder.limits)
