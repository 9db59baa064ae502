"""Making an installation: schema, content pack, encoder, index. Each step run again changes only what has changed."""

from collections.abc import Callable
from dataclasses import dataclass
from datetime import UTC, datetime

from bot.settings import Settings
from bot.wiring import open_encoder
from indexer.adapted import Adapted, adapt_encoder, adopt
from indexer.build import Builder, BuildReport
from indexer.encoding import Progress
from indexer.lessons import lessons_of
from knowledge import bookshelf, collection, library, versions
from knowledge.database import Sessions, migrate, open_engine, open_sessions
from knowledge.days import day_in_japan
from knowledge.library import Synced
from knowledge.pack import load_pack
from knowledge.search import Searcher
from knowledge.words import WordSplitter

Tell = Callable[[str], None]
BUILD_THREADS = 2


@dataclass(frozen=True)
class Installed:
    """What an installation's set-up did."""

    content: Synced
    index: BuildReport


def initialise(settings: Settings, tell: Tell, progress: Progress) -> Installed:
    """Bring an installation to a state in which it can serve; `tell` hears of each step."""
    settings.data_dir.mkdir(parents=True, exist_ok=True)
    tell("データベースを用意しています")
    migrate(settings.database_url)
    tell("手続案内を読み込んでいます")
    content = load_content(settings)
    tell("検索用モデルと索引を用意しています（はじめては1〜3分かかります）")
    return Installed(content, build_index(settings, progress))


def load_content(settings: Settings) -> Synced:
    """Make the database hold the configured content pack."""
    pack = load_pack(settings.pack_dir)
    engine = open_engine(settings.database_url)
    try:
        with open_sessions(engine).begin() as session:
            collection.take_up(session, settings.pack_dir)
            return library.sync_pack(session, pack, datetime.now(UTC))
    finally:
        engine.dispose()


def build_index(settings: Settings, progress: Progress, searcher: Searcher | None = None) -> BuildReport:
    """Build a snapshot of what the database holds, and let it serve; an unchanged index is not built again.

    A process that answers passes its searcher, whose encoder and words are open already.
    """
    encoder = searcher.encoder if searcher else open_encoder(settings, BUILD_THREADS)
    builder = Builder(settings.snapshots, encoder, searcher.splitter if searcher else WordSplitter.open())
    engine = open_engine(settings.database_url)
    try:
        with builder.alone():
            return _build(builder, open_sessions(engine), progress)
    finally:
        engine.dispose()


def adapt(settings: Settings, progress: Progress) -> Adapted:
    """Adapt the encoder to what the database holds; where that helps, it is used from the next start on."""
    engine = open_engine(settings.database_url)
    try:
        with open_sessions(engine)() as session:
            lessons = lessons_of(library.indexed_passages(session, day_in_japan(datetime.now(UTC))))
    finally:
        engine.dispose()
    adapted = adapt_encoder(lessons, settings.embedding_model, settings.encoder_cache, progress)
    adopt(adapted, settings.embedding_model, settings.data_dir)
    return adapted


def _build(builder: Builder, sessions: Sessions, progress: Progress) -> BuildReport:
    now = datetime.now(UTC)
    with sessions() as session:
        waiting, sources = versions.waiting(session), bookshelf.waiting(session)
        passages = list(library.indexed_passages(session, day_in_japan(now)))
    report = builder.build(passages, now, progress)
    with sessions.begin() as session:
        versions.answerable(session, waiting, datetime.now(UTC))
        bookshelf.indexed(session, sources, datetime.now(UTC))
    return report
