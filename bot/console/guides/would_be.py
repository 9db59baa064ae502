"""The installation as it would be with a guide published: an index beside the serving one, and rows that pretend."""

from collections.abc import Iterator
from contextlib import contextmanager
from datetime import datetime

from sqlalchemy.orm import Session

from bot.gate import Alone
from bot.wiring import Pocket
from handlers.conversation import Responder
from indexer.build import Builder
from knowledge import library
from knowledge.days import day_in_japan
from knowledge.guide import Guide
from knowledge.search import Searcher
from knowledge.snapshot import Snapshot
from knowledge.text import NORMALISER


@contextmanager
def would_be(pocket: Pocket, guide: Guide, now: datetime) -> Iterator[tuple[Session, Responder]]:
    """A session and a responder as if the guide were public; nothing they do is kept."""
    present = pocket.responder.searcher
    builder = Builder(pocket.settings.snapshots, present.encoder, present.splitter)
    with pocket.sessions(autoflush=False) as session:
        library.pretend(session, guide)
        passages = list(library.indexed_passages(session, day_in_japan(now)))
        with builder.alone(), builder.beside(passages, now) as prepared:
            snapshot = Snapshot.open(prepared.directory, encoder=present.encoder.model_id, normaliser=NORMALISER)
            searcher = Searcher(present.encoder, present.splitter, Alone(snapshot), present.blend, present.most)
            yield session, Responder(searcher, pocket.responder.limits)
