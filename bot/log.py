"""Logs: structured lines in which a resident is only ever a keyed hash."""

import hashlib
import hmac
import os
import secrets
import sys
import traceback
from pathlib import Path

import structlog

_KEY_BYTES = 32


def configure() -> None:
    """One JSON object a line on stderr, with level and time in UTC; exception texts are never rendered."""
    structlog.configure(
        processors=[
            structlog.contextvars.merge_contextvars,
            structlog.processors.add_log_level,
            structlog.processors.TimeStamper(fmt="iso", utc=True),
            structlog.processors.JSONRenderer(ensure_ascii=False),
        ],
        logger_factory=structlog.PrintLoggerFactory(sys.stderr),
        cache_logger_on_first_use=True,
    )


def hashed(user_id: str, key: bytes) -> str:
    """A short keyed hash of a user's id: the same user can be followed through a log, but not found from it."""
    return hmac.digest(key, user_id.encode("utf-8", "replace"), hashlib.sha256).hex()[:16]


def load_key(data_dir: Path) -> bytes:
    """The installation's hashing key, made on first use and readable by its owner only."""
    path = data_dir / "log.key"
    if not path.exists():
        data_dir.mkdir(parents=True, exist_ok=True)
        _create_once(path, secrets.token_bytes(_KEY_BYTES))
    return path.read_bytes()


def _create_once(path: Path, content: bytes) -> None:
    """Write beside, then link: of several processes that start at once, one wins and none reads half a key."""
    draft = path.with_name(f"{path.name}.{secrets.token_hex(8)}")
    draft.write_bytes(content)
    draft.chmod(0o600)
    try:
        os.link(draft, path)
    except FileExistsError:
        pass
    finally:
        draft.unlink()


def place_of(error: BaseException) -> str:
    """What kind of error and where, without its message: that can carry what a resident wrote."""
    frames = traceback.extract_tb(error.__traceback__)
    place = f"{Path(frames[-1].filename).name}:{frames[-1].lineno}" if frames else "nowhere"
    return f"{type(error).__name__} at {place}"
