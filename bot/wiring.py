"""Opening everything an answer needs: database, encoder, words, the shelf of snapshots, and LINE."""

from dataclasses import dataclass
from functools import partial
from pathlib import Path
from typing import Self

import structlog
from sqlalchemy import Engine
from sqlalchemy.exc import SQLAlchemyError

from bot.api.doors import Api
from bot.disaster.calling import Calling
from bot.disaster.feed import Feeds
from bot.disaster.menu import MenuFollower
from bot.disaster.watch import DisasterWatch
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
from indexer.model import prepare_encoder, prepared
from knowledge import library
from knowledge.database import Sessions, open_engine, open_sessions
from knowledge.disaster.mode import current
from knowledge.disaster.records import Disaster
from knowledge.encoder import Encoder, EncoderError, MissingEncoder
from knowledge.errors import PocketError
from knowledge.models import Mode
from knowledge.search import Searcher
from knowledge.shelf import EmptyShelf, Shelf
from knowledge.words import WordSplitter

_log = structlog.get_logger(__name__)


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
        return cls._with(settings, open_searcher(settings))

    @classmethod
    def serving(cls, settings: Settings) -> Self:
        """Open an installation that must answer whatever is broken: without its encoder, the canned answers remain.

        In a disaster nobody waits for an encoder to be prepared, for minutes and perhaps in vain.
        """
        try:
            model = _at_hand(settings)
            if model is None and in_disaster(settings):
                raise EncoderError
            searcher = _searching(settings, Encoder.open(model or _made(settings), 1))
        except (PocketError, OSError, ImportError, RuntimeError, ValueError) as error:
            _log.critical("encoder_missing", problem=type(error).__name__)
            searcher = Searcher(MissingEncoder(), WordSplitter.open(), EmptyShelf())
        return cls._with(settings, searcher)

    @classmethod
    def _with(cls, settings: Settings, searcher: Searcher) -> Self:
        engine = open_engine(settings.database_url)
        door = Door(settings.public_url.rstrip("/"), settings.seal)
        return cls(settings, engine, open_sessions(engine), Responder(searcher, door=door))


def in_disaster(settings: Settings) -> bool:
    """Whether the canned answers serve just now; False where there is no database to say so."""
    engine = open_engine(settings.database_url)
    try:
        with open_sessions(engine)() as session:
            return current(session) is not None
    except SQLAlchemyError:
        return False
    finally:
        engine.dispose()


def _at_hand(settings: Settings) -> Path | None:
    """Directory of what was adapted from the configured encoder, or else of that; None where it must be made first."""
    own = adopted(settings.embedding_model, settings.data_dir, settings.encoder_cache)
    return own or prepared(settings.embedding_model, settings.encoder_cache)


def _made(settings: Settings) -> Path:
    return prepare_encoder(settings.embedding_model, settings.encoder_cache)


def open_encoder(settings: Settings, threads: int = 1) -> Encoder:
    """The configured encoder, or what was adapted from it; `threads` is how many cores one call may use."""
    return Encoder.open(_at_hand(settings) or _made(settings), threads)


def open_searcher(settings: Settings) -> Searcher:
    """A searcher over the snapshot that serves."""
    return _searching(settings, open_encoder(settings))


def _searching(settings: Settings, encoder: Encoder) -> Searcher:
    return Searcher(encoder, WordSplitter.open(), Shelf(settings.snapshots, encoder.model_id))


def line_client(settings: Settings) -> LineClient:
    """The client of the LINE platform."""
    return LineClient(settings.line_api_base, settings.line_data_api_base, settings.channel_access_token)


def rich_menu(settings: Settings, sessions: Sessions) -> RichMenu:
    """The rich menu of the installed content pack for the mode in force."""
    with sessions() as session:
        standing, disaster = current(session), library.record(session, Disaster, "disaster")
        if standing is None or disaster is None:
            return menu_of(library.ward(session).menu, settings.pack_dir)
        menu = disaster.menu if standing.mode is Mode.DISASTER else disaster.recovery
        return menu_of(menu, settings.pack_dir, f"richmenu_{standing.mode}.png")


def disaster_watch(pocket: Pocket, client: LineClient) -> DisasterWatch:
    """What lets the rich menu follow the mode, and calls those on call."""
    console = pocket.settings.public_url.rstrip("/") + "/staff/disaster"
    follower = MenuFollower(pocket.sessions, client, partial(rich_menu, pocket.settings, pocket.sessions))
    return DisasterWatch(follower, Calling(pocket.sessions, client, console))


def feeds(pocket: Pocket) -> Feeds:
    """The feeds of warning levels that the settings know."""
    return Feeds(pocket.sessions, pocket.settings.feed_keys, pocket.settings.feed_modes)


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


def senders(pocket: Pocket, client: LineClient) -> list[Sender | Postman | DisasterWatch]:
    """Everything that sends by itself; `client` is one of its own."""
    return [notice_sender(pocket, client), letter_sender(pocket, client), disaster_watch(pocket, client)]


def api_parts(pocket: Pocket) -> Api:
    """What the API for ward systems takes."""
    return Api(pocket.sessions, pocket.settings.api_per_minute)
