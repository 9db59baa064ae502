"""Building a snapshot: beside the old one, verified, then switched to by one rename."""

import fcntl
import json
import os
import shutil
import tempfile
from collections.abc import Callable, Iterable, Iterator, Mapping, Sequence
from contextlib import contextmanager
from dataclasses import dataclass
from datetime import UTC, datetime
from pathlib import Path

import bm25s

from indexer.encoding import Progress, encoded, learned, silent, worth_details
from indexer.patching import Changed, Patcher
from indexer.standing import Standing
from knowledge.encoder import Encoder
from knowledge.errors import PocketError
from knowledge.layer import Encoded, Layer, dump, write_layer
from knowledge.passages import IndexedPassage, Owner, OwnerKind
from knowledge.patch import K1, B
from knowledge.rarity import PieceRarity
from knowledge.snapshot import (
    CURRENT,
    FORMAT,
    LENGTHS,
    MANIFEST,
    Manifest,
    current_name,
    digest_of,
    names,
    read_manifest,
    verify,
)
from knowledge.spelling import Spellings
from knowledge.text import NORMALISER, normalise
from knowledge.words import Morpheme, WordSplitter, terms_of

KEPT_SNAPSHOTS = 3
LOCK = ".lock"
BUILDING = ".building-"
MOST_PATCHED, PATCHED_SHARE = 200, 0.05
"""A patch of more owners, or of a larger share of all, gives way to a whole build at the next occasion."""


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


def _by_owner(rows: Iterable[IndexedPassage]) -> dict[Owner, list[IndexedPassage]]:
    found: dict[Owner, list[IndexedPassage]] = {}
    for row in rows:
        found.setdefault(row.owner, []).append(row)
    return found


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

    def build(self, passages: Iterable[IndexedPassage], now: datetime, progress: Progress = silent) -> BuildReport:
        """Build, verify and switch; nothing changes when nothing has changed, nothing is left behind on failure."""
        return self.serve(self.prepare(passages, now, progress))

    def prepare(self, passages: Iterable[IndexedPassage], now: datetime, progress: Progress = silent) -> Prepared:
        """Build and verify beside the snapshot that serves: a patch where little has changed, else a whole one."""
        rows = sorted(set(passages), key=lambda row: (row.owner, row.field, row.text))
        standing = Standing.read(self.root, self.encoder.model_id)
        if standing is None or not standing.patchable:
            return self._whole(rows, standing, now, progress)
        found, wanted = standing.marks(), _by_owner(rows)
        marks = {owner: {(row.field, row.digest) for row in each} for owner, each in wanted.items()}
        differing = {owner for owner in {*found, *marks} if found.get(owner) != marks.get(owner)}
        if not differing:
            return self._unchanged(len(rows))
        patched = len(standing.patch.table.owners) if standing.patch else 0
        if len(differing) + patched > min(MOST_PATCHED, len(found) * PATCHED_SHARE):
            return self._whole(rows, standing, now, progress)
        return self._patch(standing, {owner: wanted.get(owner, []) for owner in differing}, len(rows), now)

    def edited(self, owner: Owner, passages: Iterable[IndexedPassage], now: datetime) -> Prepared | None:
        """A patch with one owner's passages as they are now; None where only a whole build helps.

        For a process that has the serving snapshot open, and so has verified it.
        """
        standing = Standing.read(self.root, self.encoder.model_id, verified=True)
        if standing is None or not standing.patchable:
            return None
        rows = sorted(set(passages), key=lambda row: (row.field, row.text))
        before = standing.of(owner)
        if {*before} == {(row.field, row.digest) for row in rows}:
            return self._unchanged(standing.passages)
        return self._patch(standing, {owner: rows}, standing.passages - len(before) + len(rows), now)

    def _unchanged(self, passages: int) -> Prepared:
        name = current_name(self.root)
        return Prepared(self.root / name, BuildReport(name, passages, 0))

    def _whole(
        self, rows: Sequence[IndexedPassage], standing: Standing | None, now: datetime, progress: Progress
    ) -> Prepared:
        def write(directory: Path) -> int:
            detailed = worth_details(self.encoder, rows)
            rarity, made, encoded = self._encoded(rows, standing, progress, detailed=detailed)
            rarity.save(directory)
            passages = [(row.owner, (row.field, row.digest)) for row in rows]
            each = [made[digest] for _, (_, digest) in passages]
            write_layer(directory, passages, each, self.encoder.dimensions, detailed=detailed)
            self._write_words(rows, sorted({row.owner for row in rows}), directory)
            return encoded

        return self._place(write, len(rows), now)

    def _patch(self, standing: Standing, changed: Changed, passages: int, now: datetime) -> Prepared:
        known = {digest: each for owner in changed for digest, each in standing.known_of(owner).items()}
        patch = Patcher(self.encoder, self.splitter).patch(standing, changed, known)

        def write(directory: Path) -> int:
            patch.write(directory, self.encoder.dimensions, detailed=standing.detailed)
            return patch.encoded

        return self._place(write, passages, now, standing.base_name)

    def _place(self, write: Callable[[Path], int], passages: int, now: datetime, base: str | None = None) -> Prepared:
        """A whole, synced and verified directory beside the others, or nothing at all."""
        self.root.mkdir(parents=True, exist_ok=True)
        beside = Path(tempfile.mkdtemp(prefix=BUILDING, dir=self.root))
        try:
            encoded = write(beside)
            self._write_manifest(beside, passages, now, base)
            name = f"{now.astimezone(UTC):%Y%m%dT%H%M%S%f}-{digest_of(beside / MANIFEST)[:12]}"
            _sync(beside)
            placed = beside.rename(self.root / f"{BUILDING}{name}")
            verify(placed)
        except BaseException:
            shutil.rmtree(beside, ignore_errors=True)
            raise
        return Prepared(placed, BuildReport(name, passages, encoded))

    def serve(self, prepared: Prepared) -> BuildReport:
        """Let a prepared snapshot serve, then clear old ones away."""
        if prepared.beside:
            prepared.directory.rename(self.root / prepared.report.name)
            switch(self.root, prepared.report.name)
            tidy(self.root)
        return prepared.report

    @contextmanager
    def beside(
        self,
        owner: Owner,
        own: Iterable[IndexedPassage],
        everything: Callable[[], Iterable[IndexedPassage]],
        now: datetime,
    ) -> Iterator[Prepared]:
        """A snapshot in which one owner's passages are `own`; what was not served by the end is cleared away.

        `everything` there is to find, `own` included, is asked for only where a patch is not possible.
        """
        prepared = self.edited(owner, own, now) or self.prepare(everything(), now)
        try:
            yield prepared
        finally:
            if prepared.beside:
                shutil.rmtree(prepared.directory, ignore_errors=True)

    def _write_manifest(self, directory: Path, passages: int, now: datetime, base: str | None) -> None:
        files = {str(p.relative_to(directory)): digest_of(p) for p in sorted(directory.rglob("*")) if p.is_file()}
        manifest = Manifest(
            format=FORMAT,
            encoder=self.encoder.model_id,
            normaliser=NORMALISER,
            built_at=now.astimezone(UTC).isoformat(),
            dimensions=self.encoder.dimensions,
            passages=passages,
            owners=len(Layer.read(directory).table.owners),
            files=files,
            base=base,
        )
        (directory / MANIFEST).write_bytes(dump(manifest))

    def _encoded(
        self, rows: Sequence[IndexedPassage], standing: Standing | None, progress: Progress, *, detailed: bool
    ) -> tuple[PieceRarity, dict[str, Encoded], int]:
        """How rare pieces are, what the encoder made of each passage by that, and how many it was asked for now.

        What is known is taken, unless how rare pieces are must be learned anew, or details are kept now and were not,
        or the other way round.
        """
        if standing and standing.rarity.fits(len(rows)) and standing.detailed == detailed:
            rarity, known = standing.rarity, standing.known()
        else:
            rarity, known = learned(self.encoder, rows), {}
        missing = [row for row in rows if row.digest not in known]
        fresh = encoded(self.encoder, missing, rarity, progress, detailed=detailed)
        return rarity, known | fresh, len(fresh)

    def _write_words(self, rows: Sequence[IndexedPassage], owners: Sequence[Owner], directory: Path) -> None:
        words: dict[Owner, list[str]] = {owner: [] for owner in owners}
        sounds: dict[Owner, list[str]] = {owner: [] for owner in owners}

        def split() -> Iterator[list[Morpheme]]:
            """Morphemes that teach spellings, text by text: all at once, they keep the garbage collector busy."""
            for row in rows:
                morphemes = self.splitter.morphemes(normalise(row.text))
                terms = terms_of(morphemes)
                words[row.owner] += terms.words
                sounds[row.owner] += terms.sounds
                if row.owner.kind != OwnerKind.SOURCE:
                    yield morphemes

        Spellings.learned(split()).save(directory)
        lengths = {"words": _average(words), "sounds": _average(sounds)}
        (directory / LENGTHS).write_text(json.dumps(lengths), encoding="utf-8")
        for name, documents in (("words", words), ("sounds", sounds)):
            index = bm25s.BM25(method="lucene", k1=K1, b=B)
            index.index([documents[owner] or [""] for owner in owners] or [[""]], show_progress=False)
            index.save(directory / name)


def _average(documents: Mapping[Owner, Sequence[str]]) -> float:
    return sum(max(len(words), 1) for words in documents.values()) / max(len(documents), 1)


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
    """Delete all but the newest snapshots, the one that serves, and what these rest on."""
    current = current_name(root)
    kept = {current, *[name for name in names(root) if name != current][: keep - 1]}
    bases = {base for name in kept if (base := _base(root / name))}
    for name in set(names(root)) - kept - bases:
        shutil.rmtree(root / name, ignore_errors=True)


def _base(directory: Path) -> str | None:
    try:
        return read_manifest(directory).base
    except PocketError:
        return None
