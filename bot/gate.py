"""Asking golden questions of an index and rows as they would be, and as they are; nothing of it is written down."""

from dataclasses import dataclass, replace
from datetime import datetime
from functools import lru_cache
from pathlib import Path

import numpy as np
from sqlalchemy.orm import Session

from bot.judging import judged
from bot.wiring import Pocket
from handlers.asking import Asking
from handlers.conversation import Responder
from handlers.question import answer
from indexer.evaluate import Expected, Golden, Half, Judged
from indexer.gate import Broken, broken, nearest
from knowledge import golden, library, open_drafts
from knowledge.dated import ahead
from knowledge.days import day_in_japan
from knowledge.encoder import Encoder
from knowledge.errors import PocketError
from knowledge.guide import Guide
from knowledge.models import GoldenQuestion
from knowledge.passages import Owner, OwnerKind, guide_passages
from knowledge.patch import open_snapshot
from knowledge.search import Searcher
from knowledge.snapshot import Snapshot
from knowledge.text import NORMALISER, Language, normalise
from knowledge.vectors import Vectors

KEPT = "kept"


class ProbeError(PocketError):
    """新しい索引で、この案内が題名から見つかりませんでした。公開はしていません。システム管理者に知らせてください。"""


@dataclass(frozen=True)
class Alone:
    """One snapshot to search in."""

    one: Snapshot

    def snapshot(self) -> Snapshot:
        """That one."""
        return self.one


def examine(pocket: Pocket, directory: Path, guide: Guide, now: datetime) -> tuple[Broken, ...]:
    """The golden questions that a guide would break if it were public and the index in `directory` served.

    Those of the guide and its neighbours are asked, and those of others that its new words come near. Raises ProbeError
    when the index does not find the guide by its own title.
    """
    present = pocket.responder.searcher
    would_be = searcher_in(present, directory)
    _probe(would_be, guide)
    # Neither session writes: what answering would note is never flushed.
    with pocket.sessions(autoflush=False) as before, pocket.sessions(autoflush=False) as after:
        questions = _chosen(before, present.encoder, guide, now)
        library.pretend(after, guide)
        fresh = Responder(would_be, pocket.responder.limits)
        return broken(
            questions,
            lambda each: ask(before, pocket.responder, each, now),
            lambda each: ask(after, fresh, each, now),
        )


def learn(pocket: Pocket) -> int:
    """Encode the golden questions that no gate of this process has met; how many. Nobody who publishes waits for it."""
    with pocket.sessions() as session:
        texts = [row.text for row in golden.standing(session)]
    met = _vector.cache_info().misses
    for text in texts:
        _vector(pocket.responder.searcher.encoder, text)
    return _vector.cache_info().misses - met


def learn_ahead(pocket: Pocket) -> int:
    """Learn the golden questions while a draft is open; where nobody writes, a process need not hold them."""
    with pocket.sessions() as session:
        writing = open_drafts.any_open(session)
    return learn(pocket) if writing else 0


def searcher_in(present: Searcher, directory: Path) -> Searcher:
    """A searcher like the present one in the snapshot that lies in a directory."""
    known = present.shelf.snapshot()
    snapshot = open_snapshot(directory, encoder=present.encoder.model_id, normaliser=NORMALISER, known=known)
    return replace(present, shelf=Alone(snapshot))


def _probe(would_be: Searcher, guide: Guide) -> None:
    if Owner(OwnerKind.GUIDE, guide.id) not in {hit.owner for hit in would_be.search(guide.title).hits}:
        raise ProbeError


def ask(session: Session, responder: Responder, question: Golden, now: datetime) -> Judged:
    """What is said to a question in a fresh conversation, after the turns before it; no row is written."""
    topics: tuple[str, ...] = ()
    for text in (*question.turns, question.text):
        asking = Asking(session, normalise(text), Language(question.lang), topics, "", now)
        reply = answer(asking, responder.searcher, responder.limits).reply
        topics = reply.topics or topics
    return judged(session, {}, reply)


def as_golden(row: GoldenQuestion) -> Golden:
    """A row as the evaluation knows it."""
    turns = tuple(row.turns)
    expect = Expected.model_validate(row.expect)
    return Golden(id=row.id, kind=KEPT, text=row.text, lang=row.lang, half=Half.DEV, expect=expect, turns=turns)


def _chosen(session: Session, encoder: Encoder, guide: Guide, now: datetime) -> list[Golden]:
    """The questions of the guide, of those it is related to either way, and of others that its new words come near."""
    near = {guide.id, *guide.related, *(each.id for each in library.relating_to(session, guide.id))}
    rows = golden.standing(session)
    own = [row for row in rows if row.guide_id in near]
    others = [row for row in rows if row.guide_id not in near]
    closest = nearest(_vectors(encoder, others), _new_words(session, encoder, guide, now))
    return [as_golden(row) for row in (*own, *(others[at] for at in closest))]


def _vectors(encoder: Encoder, rows: list[GoldenQuestion]) -> Vectors:
    return np.array([_vector(encoder, row.text) for row in rows], np.float32)


@lru_cache(maxsize=8192)
def _vector(encoder: Encoder, text: str) -> Vectors:
    """A question's vector, which no publishing changes."""
    return encoder.encode_query(normalise(text))


def _new_words(session: Session, encoder: Encoder, guide: Guide, now: datetime) -> Vectors:
    today = day_in_japan(now)
    live = library.guide(session, guide.id)
    known = {each.text for seen in (ahead(live, today) if live else ()) for each in guide_passages(seen)}
    words = {each.text for seen in ahead(guide, today) for each in guide_passages(seen)} - known
    return encoder.encode_queries(sorted(normalise(text) for text in words)) if words else np.zeros((0, 1), np.float32)
