"""Building a snapshot: beside the old one, verified, then switched to by one rename."""

import fcntl
import json
import os
import shutil
import tempfile
from collections.abc import Callable, Iterable, Iterator, Sequence
from contextlib import contextmanager
from dataclasses import dataclass
from datetime import UTC, datetime
from pathlib import Path

import bm25s
import numpy as np

from knowledge.encoder import Encoder
from knowledge.errors import PocketError
from knowledge.passages import IndexedPassage, Owner, OwnerKind
from knowledge.snapshot import (
    CURRENT,
    FORMAT,
    MANIFEST,
    SPELLINGS,
    Manifest,
    PassageTable,
    Vectors,
    current_name,
    digest_of,
    dump,
    names,
    verify,
)
from knowledge.text import NORMALISER, normalise
from knowledge.words import Morpheme, WordSplitter, spellings_of, terms_of

KEPT_SNAPSHOTS = 3
LOCK = ".lock"
BUILDING = ".building-"
Progress = Callable[[int, int], None]
"""Told how many more passages were encoded, of how many."""


@dataclass(frozen=True)
class BuildReport:
    """What a build did: the snapshot's name, how many passages it holds and how many had to be encoded."""

    name: str
    passages: int
    encoded: int


@dataclass(frozen=True)
class Prepared:
    """A whole, verified snapshot: where it lies, and what its build did; the serving one where nothing changed."""

    directory: Path
    report: BuildReport

    @property
    def beside(self) -> bool:
        """Whether it lies beside the serving one."""
        return self.directory.name != self.report.name


def _silent(more: int, total: int) -> None:
    """Nobody watches."""


@dataclass(frozen=True)
class _Previous:
    """The passages of the snapshot that serves, and their vectors."""

    table: PassageTable
    vectors: Vectors

    def known(self) -> dict[str, Vectors]:
        """Vectors by the digest of their text."""
        return dict(zip(self.table.digest, self.vectors, strict=True))


def _table(rows: Sequence[IndexedPassage]) -> PassageTable:
    owners = sorted({row.owner for row in rows})
    number = {owner: i for i, owner in enumerate(owners)}
    return PassageTable(
        owners=[(owner.kind, owner.id) for owner in owners],
        owner=[number[row.owner] for row in rows],
        field=[row.field for row in rows],
        digest=[row.digest for row in rows],
    )


@dataclass(frozen=True)
class Builder:
    """Builds snapshots under `root` with one encoder; passages that an older snapshot holds are not encoded again."""

    root: Path
    encoder: Encoder
    splitter: WordSplitter

    @contextmanager
    def alone(self) -> Iterator[None]:
        """Hold the directory's lock: who reads the database, builds and switches does so one at a time.

        What a process that died left lying beside is cleared away.
        """
        self.root.mkdir(parents=True, exist_ok=True)
        with (self.root / LOCK).open("w") as lock:
            fcntl.flock(lock, fcntl.LOCK_EX)
            for left in self.root.glob(f"{BUILDING}*"):
                shutil.rmtree(left, ignore_errors=True)
            yield

    def build(self, passages: Iterable[IndexedPassage], now: datetime, progress: Progress = _silent) -> BuildReport:
        """Build, verify and switch; nothing changes when nothing has changed, nothing is left behind on failure."""
        return self.serve(self.prepare(passages, now, progress))

    def prepare(self, passages: Iterable[IndexedPassage], now: datetime, progress: Progress = _silent) -> Prepared:
        """Build and verify beside the snapshot that serves; see `beside` and `serve`."""
        rows = sorted(set(passages), key=lambda row: (row.owner, row.field, row.text))
        table, previous = _table(rows), self._previous()
        if previous and dump(previous.table) == dump(table):
            return Prepared(self.root / current_name(self.root), BuildReport(current_name(self.root), len(rows), 0))
        self.root.mkdir(parents=True, exist_ok=True)
        beside = Path(tempfile.mkdtemp(prefix=BUILDING, dir=self.root))
        try:
            vectors, encoded = self._vectors(rows, previous, progress)
            np.save(beside / "vectors.npy", vectors)
            self._write(rows, table, beside, now)
            name = f"{now.astimezone(UTC):%Y%m%dT%H%M%S%f}-{digest_of(beside / MANIFEST)[:12]}"
            _sync(beside)
            placed = beside.rename(self.root / f"{BUILDING}{name}")
            verify(placed)
        except BaseException:
            shutil.rmtree(beside, ignore_errors=True)
            raise
        return Prepared(placed, BuildReport(name, len(rows), encoded))

    def serve(self, prepared: Prepared) -> BuildReport:
        """Let a prepared snapshot serve, then clear old ones away."""
        if prepared.beside:
            prepared.directory.rename(self.root / prepared.report.name)
            switch(self.root, prepared.report.name)
            tidy(self.root)
        return prepared.report

    @contextmanager
    def beside(self, passages: Iterable[IndexedPassage], now: datetime) -> Iterator[Prepared]:
        """A prepared snapshot to look at; what was not served by the end is cleared away."""
        prepared = self.prepare(passages, now)
        try:
            yield prepared
        finally:
            if prepared.beside:
                shutil.rmtree(prepared.directory, ignore_errors=True)

    def _write(self, rows: Sequence[IndexedPassage], table: PassageTable, directory: Path, now: datetime) -> None:
        owners = [Owner(kind, id_) for kind, id_ in table.owners]
        (directory / "passages.json").write_bytes(dump(table))
        self._write_words(rows, owners, directory)
        files = {str(p.relative_to(directory)): digest_of(p) for p in sorted(directory.rglob("*")) if p.is_file()}
        manifest = Manifest(
            format=FORMAT,
            encoder=self.encoder.model_id,
            normaliser=NORMALISER,
            built_at=now.astimezone(UTC).isoformat(),
            dimensions=self.encoder.dimensions,
            passages=len(rows),
            owners=len(owners),
            files=files,
        )
        (directory / MANIFEST).write_bytes(dump(manifest))

    def _vectors(
        self, rows: Sequence[IndexedPassage], previous: _Previous | None, progress: Progress
    ) -> tuple[Vectors, int]:
        known = previous.known() if previous else {}
        missing = sorted({row.digest: normalise(row.text) for row in rows if row.digest not in known}.items())
        if missing:
            fresh = self.encoder.encode_passages(
                [text for _, text in missing], progress=lambda more: progress(more, len(missing))
            )
            known.update(zip((digest for digest, _ in missing), fresh, strict=True))
        if not rows:
            return np.zeros((0, self.encoder.dimensions), dtype=np.float32), 0
        return np.stack([known[row.digest] for row in rows]).astype(np.float32), len(missing)

    def _previous(self) -> _Previous | None:
        try:
            directory = self.root / current_name(self.root)
            manifest = verify(directory)
        except PocketError:
            return None
        if (manifest.encoder, manifest.normaliser, manifest.format) != (self.encoder.model_id, NORMALISER, FORMAT):
            return None
        table = PassageTable.model_validate_json((directory / "passages.json").read_bytes())
        return _Previous(table, np.load(directory / "vectors.npy", allow_pickle=False))

    def _write_words(self, rows: Sequence[IndexedPassage], owners: Sequence[Owner], directory: Path) -> None:
        words: dict[Owner, list[str]] = {owner: [] for owner in owners}
        sounds: dict[Owner, list[str]] = {owner: [] for owner in owners}
        taught: list[list[Morpheme]] = []
        for row in rows:
            morphemes = self.splitter.morphemes(normalise(row.text))
            terms = terms_of(morphemes)
            words[row.owner] += terms.words
            sounds[row.owner] += terms.sounds
            if row.owner.kind != OwnerKind.SOURCE:
                taught.append(morphemes)
        (directory / SPELLINGS).write_text(json.dumps(spellings_of(taught), ensure_ascii=False), encoding="utf-8")
        for name, documents in (("words", words), ("sounds", sounds)):
            index = bm25s.BM25(method="lucene", k1=1.2, b=0.75)
            index.index([documents[owner] or [""] for owner in owners] or [[""]], show_progress=False)
            index.save(directory / name)


def _sync(directory: Path) -> None:
    for path in [*directory.rglob("*"), directory]:
        handle = os.open(path, os.O_RDONLY)
        try:
            os.fsync(handle)
        finally:
            os.close(handle)


def switch(root: Path, name: str) -> None:
    """Let a snapshot serve, by one atomic rename of CURRENT."""
    fresh = root / f".{CURRENT}-{os.getpid()}"
    fresh.write_text(name)
    fresh.replace(root / CURRENT)


def tidy(root: Path, keep: int = KEPT_SNAPSHOTS) -> None:
    """Delete all but the newest snapshots and the one that serves."""
    current = current_name(root)
    for name in [name for name in names(root) if name != current][keep - 1 :]:
        shutil.rmtree(root / name, ignore_errors=True)
