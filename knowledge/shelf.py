"""The shelf: the snapshot that serves now. A switch is noticed by a look at CURRENT and never interrupts a question."""

import threading
from dataclasses import dataclass, field
from pathlib import Path

import structlog

from knowledge.errors import PocketError
from knowledge.patch import open_snapshot
from knowledge.snapshot import CURRENT, Snapshot, SnapshotMissingError, current_name, names
from knowledge.text import NORMALISER

_log = structlog.get_logger()


class EmptyShelf:
    """A shelf without any snapshot, where there is no encoder to search with."""

    def snapshot(self) -> Snapshot:
        """Raise SnapshotMissingError."""
        raise SnapshotMissingError


@dataclass
class Shelf:
    """Opens the current snapshot of a directory, keeps the last good one when the current one is damaged or foreign."""

    root: Path
    encoder: str
    _lock: threading.Lock = field(default_factory=threading.Lock)
    _serving: Snapshot | None = None
    _seen: tuple[int, int] | None = None

    def snapshot(self) -> Snapshot:
        """The snapshot to answer from; raises SnapshotMissingError when there is no good one at all."""
        serving = self._serving
        if serving is None:
            with self._lock:
                return self._serving or self._look(None)
        if self._mark() != self._seen and self._lock.acquire(blocking=False):
            try:
                return self._look(serving)
            finally:
                self._lock.release()
        return serving

    def _mark(self) -> tuple[int, int] | None:
        try:
            status = (self.root / CURRENT).stat()
        except OSError:
            return None
        return status.st_mtime_ns, status.st_ino

    def _look(self, serving: Snapshot | None) -> Snapshot:
        mark = self._mark()
        opened = self._open_current(serving) or serving or self._open_last_good()
        self._serving, self._seen = opened, mark
        return opened

    def _open(self, name: str) -> Snapshot:
        return open_snapshot(self.root / name, encoder=self.encoder, normaliser=NORMALISER, known=self._serving)

    def _open_current(self, serving: Snapshot | None) -> Snapshot | None:
        try:
            name = current_name(self.root)
            return serving if serving and serving.name == name else self._open(name)
        except PocketError as error:
            _log.warning("snapshot refused", reason=type(error).__name__)
            return None

    def _open_last_good(self) -> Snapshot:
        for name in names(self.root):
            try:
                return self._open(name)
            except PocketError as error:
                _log.warning("snapshot refused", reason=type(error).__name__)
        raise SnapshotMissingError
