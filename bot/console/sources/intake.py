"""Intake: an upload or an address becomes what was read out of it, apart from this process."""

import re
import tempfile
import threading
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path, PurePosixPath
from urllib.parse import unquote, urlsplit

from fastapi import UploadFile

from bot.console.frame import Console
from bot.fetching import Fetched, Fetcher, allowed_hosts
from indexer.errors import EmptySourceError, SourceError, UnsupportedSourceError
from indexer.ingest import read_submission
from indexer.sandbox import Limits
from knowledge.records import Ward
from knowledge.submissions import Reading

MOST_BYTES = 20 * 1024 * 1024
LIMITS = Limits(size=MOST_BYTES)
_AT_ONCE = 2
_PATIENCE_SECONDS = 20.0
_room = threading.BoundedSemaphore(_AT_ONCE)
_UNFIT = re.compile(r"[^\w.()（）・　 -]")
_LONGEST_NAME = 120
_SUFFIXES = {
    "text/html": ".html",
    "application/xhtml+xml": ".html",
    "application/pdf": ".pdf",
    "text/plain": ".txt",
    "text/markdown": ".md",
    "text/csv": ".csv",
    "application/vnd.openxmlformats-officedocument.wordprocessingml.document": ".docx",
    "application/vnd.openxmlformats-officedocument.spreadsheetml.sheet": ".xlsx",
}


class BusyError(SourceError):
    """ほかの資料を読み取っています。1分ほど待ってから、もう一度お試しください。"""


class NoFileError(SourceError):
    """ファイルが選ばれていません。資料のファイルを選んでください。"""


def uploaded(upload: UploadFile | None) -> tuple[str, Reading]:
    """The name of an uploaded file and what it says, else a subclass of SourceError."""
    if upload is None or not upload.filename:
        raise NoFileError
    name = file_name(upload.filename)
    data = upload.file.read(MOST_BYTES + 1)
    if not data:
        raise EmptySourceError
    return name, _read(name, data)


def fetched(console: Console, ward: Ward, url: str) -> tuple[str, Reading]:
    """The address a page was found at in the end and what it says, else a FetchError or SourceError."""
    found = fetcher(console, ward).fetch(url.strip())
    return found.url, read_page(found)


def fetcher(console: Console, ward: Ward) -> Fetcher:
    """What fetches for this installation: from the hosts of the setting, or from the ward's own."""
    return Fetcher(allowed_hosts(console.pocket.settings.source_hosts, str(ward.site)), most_bytes=MOST_BYTES)


def read_page(found: Fetched) -> Reading:
    """What a fetched page or file says, by its media type, else by its name."""
    path = PurePosixPath(unquote(urlsplit(found.url).path))
    suffix = _SUFFIXES.get(found.media_type) or path.suffix
    if not suffix:
        raise UnsupportedSourceError
    return _read(file_name(f"{path.stem or 'page'}{suffix}"), found.body)


def file_name(given: str) -> str:
    """The last part of a path, with nothing in it that a file system or a page would take for more than a name."""
    name = _UNFIT.sub("_", re.split(r"[/\\]", given)[-1]).strip(" .")
    stem, dot, suffix = name.rpartition(".")
    return f"{stem[:_LONGEST_NAME]}{dot}{suffix[:10]}" if dot else name[:_LONGEST_NAME]


@contextmanager
def kept_apart(name: str, data: bytes) -> Iterator[Path]:
    """The data as a file of that name in a directory of its own, gone afterwards; only a few at a time."""
    if not _room.acquire(timeout=_PATIENCE_SECONDS):
        raise BusyError
    try:
        with tempfile.TemporaryDirectory(prefix="pocket-source-") as directory:
            path = Path(directory) / name
            path.write_bytes(data)
            yield path
    finally:
        _room.release()


def _read(name: str, data: bytes) -> Reading:
    with kept_apart(name, data) as path:
        return read_submission(path, LIMITS)
