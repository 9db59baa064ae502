"""What all commands share: the console, progress bars, and settings."""

import json
from collections.abc import Iterator
from contextlib import contextmanager

from rich.console import Console
from rich.progress import BarColumn, MofNCompleteColumn, Progress, TextColumn, TimeRemainingColumn
from sqlalchemy.orm import Session

from bot.settings import Settings, read_settings
from indexer.encoding import Progress as Advance
from knowledge.database import migrate, open_engine, open_sessions

console = Console(highlight=False, soft_wrap=True)
complaints = Console(stderr=True, highlight=False, soft_wrap=True)


def settings() -> Settings:
    """The settings of this process."""
    return read_settings()


def say_json(value: object) -> None:
    """One JSON value on one line, for machines."""
    console.file.write(json.dumps(value, ensure_ascii=False) + "\n")


@contextmanager
def progress_bar(label: str) -> Iterator[Advance]:
    """A progress bar on stderr; what it yields is told how many more are done, of how many."""
    columns = (TextColumn("{task.description}"), BarColumn(), MofNCompleteColumn(), TimeRemainingColumn())
    with Progress(*columns, console=complaints, transient=True) as progress:
        task = progress.add_task(label, total=None)
        yield lambda more, total: progress.update(task, advance=more, total=total)


@contextmanager
def opened() -> Iterator[Session]:
    """One transaction on the installation's database, brought to the newest schema first."""
    url = settings().database_url
    migrate(url)
    engine = open_engine(url)
    try:
        with open_sessions(engine).begin() as session:
            yield session
    finally:
        engine.dispose()
