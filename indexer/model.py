"""Prepared encoders, cached by content: built once a machine, afterwards only proved whole and handed over."""

import fcntl
import hashlib
import importlib
import json
import tempfile
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from pathlib import Path
from typing import TYPE_CHECKING

from indexer.encoding import silent
from indexer.weights import DEFAULT_SHA256
from knowledge.encoder import EncoderError

if TYPE_CHECKING:
    from types import ModuleType

    from indexer.export import Stage

# Raise it whenever the exporter writes something else: every cached model is then rebuilt by itself.
EXPORTER_VERSION = 4
DEFAULT = "default"
MANIFEST = "manifest.json"
Make = Callable[[Path], tuple[str, str]]
"""Makes a sentence-transformers model, in the given directory if need be: where it is, and its name."""


def prepare_encoder(model: str | None, cache_dir: Path, progress: "Callable[[Stage], None] | None" = None) -> Path:
    """Directory of the prepared model, built when it is not in the cache or no longer whole.

    `model` is None or "default" for the weights that come with the package, a directory, or a hub name. A directory is
    known by its files' names, sizes and times, a hub name by itself, so a hit needs neither network nor torch. About
    40 s for the default on 2 cores, 0.2 s afterwards. Raises ModelUnavailableError, ModelMismatchError,
    DamagedWeightsError, MissingWeightsError.
    """
    return prepare_made(fingerprint(model), lambda scratch: origin_of(model, scratch), cache_dir, progress)


def prepared(model: str | None, cache_dir: Path) -> Path | None:
    """Directory of the model where it is in the cache and whole; None where it would have to be built first."""
    return _cached(cache_dir / "known" / fingerprint(model), cache_dir)


def prepare_made(key: str, make: Make, cache_dir: Path, progress: "Callable[[Stage], None] | None" = None) -> Path:
    """Directory of the prepared model known by a key; where none is cached, of the model that `make` makes."""
    known = cache_dir / "known" / key
    cached = _cached(known, cache_dir)
    if cached:
        return cached
    with _lock(cache_dir):
        # Another process may have built it while this one waited.
        return _cached(known, cache_dir) or _build(make, known, cache_dir, progress or silent)


def origin_of(model: str | None, scratch: Path) -> tuple[str, str]:
    """Where a model is loaded from, and its name; the default one is written into `scratch` first."""
    source = _source(model)
    if source is None:
        return str(_defaults().write_default_model(scratch / "source")), _defaults().DEFAULT_NAME
    return source, Path(source).name if Path(source).is_dir() else source


def fingerprint(model: str | None) -> str:
    """By what a model is known before it is loaded."""
    return _fingerprint(_source(model))


def is_whole(directory: Path) -> bool:
    """Whether every file of a prepared model is there with the bytes that were written."""
    try:
        digests: dict[str, str] = json.loads((directory / MANIFEST).read_text(encoding="utf-8"))
        return bool(digests) and all(_file_digest(directory / name) == digest for name, digest in digests.items())
    except (OSError, ValueError, AttributeError):
        return False


def _source(model: str | None) -> str | None:
    return None if model in (None, "", DEFAULT) else model


def _exporter() -> "ModuleType":
    """The named loader of torch, transformers and sentence-transformers: nothing else may import them."""
    return importlib.import_module("indexer.export")


def _defaults() -> "ModuleType":
    """The writer of the default model brings safetensors, which serving does not need either."""
    return importlib.import_module("indexer.defaults")


def _fingerprint(source: str | None) -> str:
    parts: list[object] = [EXPORTER_VERSION, source or DEFAULT_SHA256]
    if source and Path(source).is_dir():
        root = Path(source).resolve()
        files = sorted(path for path in root.rglob("*") if path.is_file())
        parts = [EXPORTER_VERSION, str(root)]
        parts += [(str(path.relative_to(root)), path.stat().st_size, path.stat().st_mtime_ns) for path in files]
    return hashlib.sha256(json.dumps(parts).encode()).hexdigest()[:32]


def _cached(known: Path, cache_dir: Path) -> Path | None:
    try:
        directory = cache_dir / known.read_text(encoding="utf-8").strip()
    except (OSError, ValueError):
        return None
    return directory if directory != cache_dir and is_whole(directory) else None


def _build(make: Make, known: Path, cache_dir: Path, progress: "Callable[[Stage], None]") -> Path:
    with tempfile.TemporaryDirectory(prefix="building-", dir=cache_dir) as scratch:
        origin, name = make(Path(scratch))
        fresh = Path(scratch) / "prepared"
        fresh.mkdir()
        description = _exporter().export_model(origin, name, EXPORTER_VERSION, fresh, progress)
        _seal(fresh)
        directory = cache_dir / str(description.model_id).rsplit("@", 1)[1]
        _put(fresh, directory)
    known.parent.mkdir(exist_ok=True)
    _write(known, directory.name)
    return directory


def _seal(directory: Path) -> None:
    for path in directory.iterdir():
        path.chmod(0o644)  # The quantiser writes its data file for its own user only.
    digests = {path.name: _file_digest(path) for path in sorted(directory.iterdir())}
    _write(directory / MANIFEST, json.dumps(digests, indent=1))


def _put(fresh: Path, directory: Path) -> None:
    """Move a finished directory to its name in one step; what stood there, damaged, is moved away first."""
    if directory.exists():
        if is_whole(directory):
            return
        directory.rename(fresh.with_name("damaged"))
    fresh.rename(directory)
    if not is_whole(directory):
        raise EncoderError


def _write(path: Path, text: str) -> None:
    part = path.with_name(f".{path.name}.part")
    part.write_text(text, encoding="utf-8")
    part.replace(path)


def _file_digest(path: Path) -> str:
    with path.open("rb") as file:
        return hashlib.file_digest(file, "sha256").hexdigest()


@contextmanager
def _lock(cache_dir: Path) -> Iterator[None]:
    """One builder a machine: the second would only take memory and time from the first."""
    cache_dir.mkdir(parents=True, exist_ok=True)
    with (cache_dir / "lock").open("w") as file:
        fcntl.flock(file, fcntl.LOCK_EX)
        yield
