"""Who a warning is from: an Ed25519 signature over its time and its very bytes, checked with the feed's public key."""

import base64
import binascii
import re
from collections.abc import Iterable
from dataclasses import dataclass
from datetime import UTC, datetime, timedelta

from cryptography.exceptions import InvalidSignature
from cryptography.hazmat.primitives.asymmetric.ed25519 import Ed25519PublicKey

from knowledge.errors import PocketError

PREFIX = b"pocket-warning-1"
WINDOW = timedelta(minutes=5)
"""How far the sender's clock may be off, and how long a copy of a request would be let in at all."""
KEY_BYTES, SIGNATURE_BYTES = 32, 64
LONGEST_TIME = 11
_NAME = re.compile(r"[a-z][a-z0-9-]{0,31}")


class UnsignedError(PocketError):
    """署名を確かめられません。鍵の名前、時刻、本文、署名を見直してください。"""


@dataclass(frozen=True)
class FeedKey:
    """A feed's name and one of its public keys; while one is being replaced a feed has two."""

    feed: str
    key: bytes


@dataclass(frozen=True)
class Signed:
    """What came: the feed's name, the seconds since 1970 as they stood in the header, the signature, the body."""

    feed: str
    time: str
    signature: str
    body: bytes

    @property
    def covered(self) -> bytes:
        """The bytes the signature is over; lengths can not shift, because name and time hold no line feed."""
        return b"\n".join((PREFIX, self.feed.encode(), self.time.encode(), self.body))


def verify(signed: Signed, keys: Iterable[FeedKey], now: datetime) -> None:
    """Raise UnsignedError unless a key of that feed signed exactly this, and not longer ago than the window."""
    if not (signed.time.isascii() and signed.time.isdigit() and len(signed.time) <= LONGEST_TIME):
        raise UnsignedError
    if abs(now - datetime.fromtimestamp(int(signed.time), UTC)) > WINDOW:
        raise UnsignedError
    given = _decoded(signed.signature, SIGNATURE_BYTES)
    if not any(_fits(each, given, signed.covered) for each in keys if each.feed == signed.feed):
        raise UnsignedError


def key_from(text: str) -> bytes:
    """A public key written in base64 (its 32 raw bytes); raises UnsignedError."""
    return _decoded(text, KEY_BYTES)


def keys_from(setting: str) -> tuple[FeedKey, ...]:
    """The keys of a setting such as `office:BASE64,office:BASE64`; raises ValueError."""
    found = []
    for entry in filter(None, (part.strip() for part in setting.split(","))):
        feed, _, key = entry.partition(":")
        if not _NAME.fullmatch(feed):
            raise ValueError("a feed's name is small letters, digits and hyphens")
        try:
            found.append(FeedKey(feed, key_from(key)))
        except UnsignedError:
            raise ValueError("a feed's key is 32 bytes in Base64") from None
    return tuple(found)


def _decoded(text: str, length: int) -> bytes:
    try:
        decoded = base64.b64decode(text.encode("ascii"), validate=True)
    except (UnicodeEncodeError, binascii.Error, ValueError):
        raise UnsignedError from None
    if len(decoded) != length or base64.b64encode(decoded) != text.encode("ascii"):
        raise UnsignedError
    return decoded


def _fits(key: FeedKey, signature: bytes, covered: bytes) -> bool:
    try:
        Ed25519PublicKey.from_public_bytes(key.key).verify(signature, covered)
    except (InvalidSignature, ValueError):
        return False
    return True
