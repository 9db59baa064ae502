"""The webhook's signature, checked on the bytes as they came."""

import base64
import hashlib
import hmac
from collections.abc import Sequence


def sign(body: bytes, secret: bytes) -> bytes:
    """The `x-line-signature` of a body: Base64 of its HMAC-SHA256 under the channel secret (reference: Signature)."""
    return base64.b64encode(hmac.digest(secret, body, hashlib.sha256))


def signed(body: bytes, header_values: Sequence[bytes], secrets: Sequence[bytes]) -> bool:
    """Whether exactly one signature came and one of the secrets made it; never raises, whatever the header carries.

    Two secrets are in force while one is being replaced. Bytes are compared, in constant time: text that is not ASCII
    would make `hmac.compare_digest` raise.
    """
    if len(header_values) != 1:
        return False
    matches = [hmac.compare_digest(sign(body, secret), header_values[0]) for secret in secrets if secret]
    return any(matches)
