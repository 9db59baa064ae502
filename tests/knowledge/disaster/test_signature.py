"""Signatures: exactly what a feed's key signed passes, within five minutes; every other byte is refused."""

import base64
from datetime import UTC, datetime, timedelta

import pytest
from cryptography.hazmat.primitives.asymmetric.ed25519 import Ed25519PrivateKey
from hypothesis import given
from hypothesis import strategies as st

from knowledge.disaster.feed import modes_from
from knowledge.disaster.signature import WINDOW, FeedKey, Signed, UnsignedError, keys_from, verify
from knowledge.models import Mode

NOW = datetime(2026, 11, 21, 17, 10, tzinfo=UTC)
KEY, OTHER = (Ed25519PrivateKey.from_private_bytes(bytes([n]) * 32) for n in (1, 2))
KEYS = (FeedKey("office", KEY.public_key().public_bytes_raw()),)


def signed(body: bytes, feed: str = "office", at: datetime = NOW, key: Ed25519PrivateKey = KEY) -> Signed:
    """A body as that feed signs it."""
    bare = Signed(feed, str(int(at.timestamp())), "", body)
    return Signed(feed, bare.time, base64.b64encode(key.sign(bare.covered)).decode(), body)


@given(body=st.binary(max_size=200), seconds=st.integers(-400, 400))
def test_what_was_signed_passes_within_the_window_only(body: bytes, seconds: int) -> None:
    """The sender's clock may be off by five minutes, either way."""
    late = signed(body, at=NOW + timedelta(seconds=seconds))
    if abs(seconds) <= WINDOW.total_seconds():
        verify(late, KEYS, NOW)
        return
    with pytest.raises(UnsignedError):
        verify(late, KEYS, NOW)


@given(
    body=st.binary(max_size=60),
    part=st.sampled_from(["feed", "time", "signature", "body"]),
    place=st.integers(0, 200),
    change=st.integers(1, 255),
)
def test_any_other_byte_is_refused(body: bytes, part: str, place: int, change: int) -> None:
    """In the name, the time, the signature or the body: changed, it is nobody's."""
    right = signed(body)
    held = {name: getattr(right, name) for name in ("feed", "time", "signature", "body")}
    value = held[part]
    data = value if isinstance(value, bytes) else value.encode()
    at = place % (len(data) or 1)
    wrong = data[:at] + bytes([data[at] ^ change]) + data[at + 1 :] if data else bytes([change])
    held[part] = wrong if part == "body" else wrong.decode("latin-1")
    with pytest.raises(UnsignedError):
        verify(Signed(**held), KEYS, NOW)


@given(
    feed=st.text(max_size=20), time=st.text(max_size=20), signature=st.text(max_size=120), body=st.binary(max_size=50)
)
def test_rubbish_is_refused_and_nothing_else_happens(feed: str, time: str, signature: str, body: bytes) -> None:
    """Whatever stands in the headers."""
    with pytest.raises(UnsignedError):
        verify(Signed(feed, time, signature, body), KEYS, NOW)


def test_parts_can_not_be_shifted() -> None:
    """A time that takes a piece of the body along is not the one that was signed."""
    right = signed(b"1\nrest")
    with pytest.raises(UnsignedError):
        verify(Signed("office", f"{right.time}\n1", right.signature, b"rest"), KEYS, NOW)


def test_another_feeds_key_and_no_key_are_nobodys() -> None:
    """A feed speaks for itself alone."""
    for keys in ((), (FeedKey("other", KEYS[0].key),), (FeedKey("office", OTHER.public_key().public_bytes_raw()),)):
        with pytest.raises(UnsignedError):
            verify(signed(b"{}"), keys, NOW)


def test_two_keys_of_a_feed_while_one_is_replaced() -> None:
    """Both pass, as the settings name both."""
    written = ",".join(
        f"office:{base64.b64encode(each.public_key().public_bytes_raw()).decode()}" for each in (KEY, OTHER)
    )
    for key in (KEY, OTHER):
        verify(signed(b"{}", key=key), keys_from(written), NOW)


@pytest.mark.parametrize("wrong", ["office", "office:", "office:abc", "Office:" + "A" * 44, ":" + "A" * 44])
def test_settings_that_are_no_keys_are_refused(wrong: str) -> None:
    """At the start, not at two in the morning."""
    with pytest.raises(ValueError, match="feed"):
        keys_from(wrong)


def test_levels_lead_where_the_setting_says() -> None:
    """To disaster and nothing else; lifting leads away from it."""
    assert modes_from("") == {}
    assert modes_from("3:disaster, lifted:ordinary") == {3: Mode.DISASTER, "lifted": Mode.NORMAL}
    for wrong in ("6:disaster", "4:recovery", "4:ordinary", "lifted:disaster", "four:disaster", "4"):
        with pytest.raises(ValueError, match="levels"):
            modes_from(wrong)
