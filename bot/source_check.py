"""The daily look at the pages guides were made from: one at a time, by the same guarded fetching as an upload's."""

from datetime import datetime

import structlog

from bot.console.sources.intake import MOST_BYTES, read_page
from bot.fetching import Fetcher, FetchError, hosts_of
from bot.wiring import Pocket
from indexer.errors import SourceError
from knowledge import source_pages
from knowledge.pack_files import published

_log = structlog.get_logger(__name__)


def check_next(pocket: Pocket, now: datetime, fetcher: Fetcher | None = None) -> int:
    """Look at the one page whose turn it is, and note what became of it; how many were looked at, 0 or 1.

    Only hosts that published guides name are asked. No database session is open while a page is fetched or read.
    """
    with pocket.sessions() as session:
        url = source_pages.next_due(session, now)
        hosts = frozenset(hosts_of(each for guide in published(session) for each in source_pages.urls_of(guide)))
    if url is None:
        return 0
    try:
        found = (fetcher or Fetcher(hosts, most_bytes=MOST_BYTES)).fetch(url)
        text = "\n".join(piece.text for piece in read_page(found).pieces)
    except (FetchError, SourceError) as error:
        _log.info("source_page_not_read", kind=type(error).__name__)
        with pocket.sessions.begin() as session:
            source_pages.failed(session, url, str(error), now)
        return 1
    with pocket.sessions.begin() as session:
        source_pages.seen(session, url, text, now)
    return 1
