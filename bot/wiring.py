"""Opening everything an answer needs: database, encoder, words and the shelf of snapshots."""

from dataclasses import dataclass
from typing import Self

from sqlalchemy import Engine

from bot.settings import Settings
from handlers.conversation import Responder
from indexer.model import prepare_encoder
from knowledge.database import Sessions, open_engine, open_sessions
from knowledge.encoder import Encoder
from knowledge.search import Searcher
from knowledge.shelf import Shelf
from knowledge.words import WordSplitter


@dataclass(frozen=True)
class Pocket:
    """An open installation."""

    settings: Settings
    engine: Engine
    sessions: Sessions
    responder: Responder

    @classmethod
    def open(cls, settings: Settings) -> Self:
        """Open an installation that `pocket init` made; an encoder that is not prepared yet is prepared first."""
        engine = open_engine(settings.database_url)
        return cls(settings, engine, open_sessions(engine), Responder(open_searcher(settings)))


def open_encoder(settings: Settings, threads: int = 1) -> Encoder:
    """The configured encoder; `threads` is how many cores one call may use."""
    return Encoder.open(prepare_encoder(settings.embedding_model, settings.encoder_cache), threads)


def open_searcher(settings: Settings) -> Searcher:
    """A searcher over the snapshot that serves."""
    encoder = open_encoder(settings)
    return Searcher(encoder, WordSplitter.open(), Shelf(settings.snapshots, encoder.model_id))
