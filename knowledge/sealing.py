"""Sealing what is sensitive with the installation's keys, so that the database alone can not be read.

AES-256-GCM of the `cryptography` package. A sealed value names its key by four bytes of the key's digest, carries its
own nonce, and is bound to whose it is: copied to another person's row it does not open. The first key seals, every
key opens; so a key is replaced by putting a new one before it, sealing all again, and then taking the old one away.
"""

import base64
import binascii
import os
from collections.abc import Sequence
from dataclasses import dataclass, field
from hashlib import sha256
from typing import Self

from cryptography.exceptions import InvalidTag
from cryptography.hazmat.primitives.ciphers.aead import AESGCM

from knowledge.errors import PocketError

KEY_BYTES = 32
_VERSION = b"\x01"
_NAME = 4
_NONCE = 12


class SealKeyError(PocketError):
    """POCKET_SENSITIVE_KEY を読めません。32バイトの鍵を Base64 で書いてください（docs/configuration.md）。"""


class SealBrokenError(PocketError):
    """封をした値を開けません。鍵が変わったか、値が書きかえられています。"""


@dataclass(frozen=True)
class Seal:
    """The keys of an installation, the one that seals first; they never show in a representation."""

    keys: tuple[bytes, ...] = field(repr=False)

    @classmethod
    def of(cls, written: Sequence[str]) -> Self | None:
        """The seal of keys in Base64; None where there are none. Raises SealKeyError where one is no key."""
        try:
            keys = tuple(base64.b64decode(each, validate=True) for each in written)
        except (binascii.Error, ValueError):
            raise SealKeyError from None
        if any(len(key) != KEY_BYTES for key in keys):
            raise SealKeyError
        return cls(keys) if keys else None

    def close(self, value: str, whose: str) -> bytes:
        """The value sealed with the first key, for `whose` alone."""
        key, nonce = self.keys[0], os.urandom(_NONCE)
        return _VERSION + _name(key) + nonce + AESGCM(key).encrypt(nonce, value.encode(), whose.encode())

    def open(self, sealed: bytes, whose: str) -> str:
        """The value again; raises SealBrokenError for another owner's, a changed one, or one of a key we have not."""
        name, nonce = sealed[1 : 1 + _NAME], sealed[1 + _NAME : 1 + _NAME + _NONCE]
        key = next((each for each in self.keys if _name(each) == name), None)
        if key is None or sealed[:1] != _VERSION:
            raise SealBrokenError
        try:
            return AESGCM(key).decrypt(nonce, sealed[1 + _NAME + _NONCE :], whose.encode()).decode()
        except (InvalidTag, ValueError):
            raise SealBrokenError from None

    def is_newest(self, sealed: bytes) -> bool:
        """Whether a value is sealed with the key that seals today."""
        return sealed[: 1 + _NAME] == _VERSION + _name(self.keys[0])


def _name(key: bytes) -> bytes:
    return sha256(b"name of a key " + key).digest()[:_NAME]
