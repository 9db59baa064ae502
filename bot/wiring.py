"""Opening everything an answer needs: database, encoder, words, the shelf of snapshots, and LINE."""

from dataclasses import dataclass
from typing import Self

from sqlalchemy import Engine

from bot.api.doors import Api
from bot.handling import Parts
from bot.line.client import LineClient
from bot.line.drawing import menu_of
from bot.line.layout import lay_out
from bot.line.richmenu import RichMenu
from bot.log import load_key
from bot.notices import calendar
from bot.notices.postman import Postman
from bot.notices.sender import Sender, Sending
from bot.settings import Settings
from handlers.conversation import Responder
from handlers.settings.talk import Door
from indexer.adapted import adopted
from indexer.model import prepare_encoder
from knowledge import library
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
        door = Door(settings.public_url.rstrip("/"), settings.seal)
        return cls(settings, engine, open_sessions(engine), Responder(open_searcher(settings), door=door))


def open_encoder(settings: Settings, threads: int = 1) -> Encoder:
    """The configured encoder, or what was adapted from it; `threads` is how many cores one call may use."""
    own = adopted(settings.embedding_model, settings.data_dir, settings.encoder_cache)
    return Encoder.open(own or prepare_encoder(settings.embedding_model, settings.encoder_cache), threads)


def open_searcher(settings: Settings) -> Searcher:
    """A searcher over the snapshot that serves."""
    encoder = open_encoder(settings)
    return Searcher(encoder, WordSplitter.open(), Shelf(settings.snapshots, encoder.model_id))


def line_client(settings: Settings) -> LineClient:
    """The client of the LINE platform."""
    return LineClient(settings.line_api_base, settings.line_data_api_base, settings.channel_access_token)


def rich_menu(settings: Settings, sessions: Sessions) -> RichMenu:
    """The rich menu of the installed content pack."""
    with sessions() as session:
        return menu_of(library.ward(session).menu, settings.pack_dir)


def event_parts(pocket: Pocket, client: LineClient) -> Parts:
    """What handling an event takes."""
    return Parts(
        engine=pocket.engine,
        sessions=pocket.sessions,
        answers=pocket.responder,
        client=client,
        lay_out=lay_out,
        log_key=load_key(pocket.settings.data_dir),
    )


def notice_sender(pocket: Pocket, client: LineClient) -> Sender:
    """What sends notices; `client` is one of its own."""
    base = pocket.settings.public_url.rstrip("/") + calendar.PATH
    return Sender(Sending(pocket.sessions, client, base))


def letter_sender(pocket: Pocket, client: LineClient) -> Postman:
    """What sends letters to one person; `client` is that of notices."""
    return Postman(Sending(pocket.sessions, client, ""))


def senders(pocket: Pocket, client: LineClient) -> list[Sender | Postman]:
    """Everything that sends by itself; `client` is one of its own."""
    return [notice_sender(pocket, client), letter_sender(pocket, client)]


def api_parts(pocket: Pocket) -> Api:
    """What the API for ward systems takes."""
    return Api(pocket.sessions, pocket.settings.api_per_minute)
