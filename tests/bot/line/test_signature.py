"""The webhook's signature: LINE's own example is accepted, and nothing that is not exactly it."""

import base64
import hashlib
import hmac
import random

import pytest
from hypothesis import given
from hypothesis import strategies as st

from bot.line.signature import sign, signed

SECRET = b"8c570fa6dd201bb328f1c1eac23a96d8"
OTHER = b"0123456789abcdef0123456789abcdef"
BODY = b'{"destination":"U8e742f61d673b39c7fff3cecb7536ef0","events":[]}'
GOLDEN = b"GhRKmvmHys4Pi8DxkF4+EayaH0OqtJtaZxgTD9fMDLs="


def forgery(number: int) -> tuple[bytes, list[bytes]]:
    """A body and its signature headers, wrong in one of the ways that were seen or can be thought of."""
    chance = random.Random(number)
    mac = hmac.digest(SECRET, BODY, hashlib.sha256)
    flipped = bytearray(BODY)
    flipped[chance.randrange(len(BODY))] ^= 1 << chance.randrange(8)
    ways: list[tuple[bytes, list[bytes]]] = [
        (bytes(flipped), [GOLDEN]),
        (BODY, [sign(BODY, chance.randbytes(32))]),
        (BODY, [GOLDEN[: chance.randrange(len(GOLDEN))]]),
        (BODY, [b""]),
        (BODY, []),
        (BODY, [GOLDEN, GOLDEN]),
        (BODY, [GOLDEN + b", " + GOLDEN]),
        (BODY, [mac.hex().encode()]),
        (BODY, [bytes(chance.randrange(128, 256) for _ in range(chance.randrange(1, 60)))]),
        (BODY, ["署名".encode() + GOLDEN]),
        (BODY, [GOLDEN.swapcase()]),
        (BODY, [base64.b64encode(hmac.digest(SECRET, BODY, hashlib.sha1))]),
        (BODY + b" ", [GOLDEN]),
    ]
    return ways[number % len(ways)]


def test_the_example_of_the_documentation_is_accepted() -> None:
    """LINE Developers, "Verify webhook signature"."""
    assert sign(BODY, SECRET) == GOLDEN
    assert signed(BODY, [GOLDEN], [SECRET])


def test_both_secrets_hold_while_one_is_replaced() -> None:
    """The old and the new one are accepted in either order; without secrets nothing is."""
    assert signed(BODY, [GOLDEN], [OTHER, SECRET])
    assert signed(BODY, [GOLDEN], [SECRET, OTHER])
    assert not signed(BODY, [GOLDEN], [OTHER])
    assert not signed(BODY, [GOLDEN], [])
    assert not signed(BODY, [sign(BODY, b"")], [b""])


def test_forgeries_are_refused() -> None:
    """Every way of forging, some hundred times."""
    assert not any(signed(*forgery(number), [SECRET, OTHER]) for number in range(1_300))


@pytest.mark.prove
def test_ten_thousand_forgeries_are_refused() -> None:
    """The figure the issue asks for."""
    assert not any(signed(*forgery(number), [SECRET, OTHER]) for number in range(10_000))


@given(st.binary(), st.lists(st.binary(), max_size=3))
def test_any_bytes_are_answered_without_an_exception(body: bytes, headers: list[bytes]) -> None:
    """Whatever arrives, the answer is yes or no, and here always no."""
    assert not signed(body, headers, [SECRET])
