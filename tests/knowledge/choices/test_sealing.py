"""The seal: opens for its owner and with its keys, and in no other case."""

import base64

import pytest
from hypothesis import given
from hypothesis import strategies as st

from knowledge.certificate import Certificate, CertificateKind
from knowledge.changes import Disclose
from knowledge.choices import read, reseal
from knowledge.choosing import change
from knowledge.database import Sessions
from knowledge.models import SensitiveChoice
from knowledge.sealing import Seal, SealBrokenError, SealKeyError
from tests.knowledge.choices.people import NOW, somebody

OLD, NEW = b"o" * 32, b"n" * 32
TOLD = Certificate(CertificateKind.MENTAL, 2)


@given(st.text(max_size=80), st.text(max_size=20))
def test_what_is_sealed_opens_for_its_owner(value: str, whose: str) -> None:
    """Whatever it is; and twice the same value is not the same bytes."""
    seal = Seal((OLD,))
    sealed = seal.close(value, whose)
    assert seal.open(sealed, whose) == value
    assert seal.close(value, whose) != sealed


@given(st.integers(0, 200), st.integers(1, 255))
def test_one_changed_byte_does_not_open(place: int, by: int) -> None:
    """Anywhere in it."""
    seal = Seal((OLD,))
    sealed = bytearray(seal.close("physical-1", "disability:1"))
    sealed[place % len(sealed)] ^= by
    with pytest.raises(SealBrokenError):
        seal.open(bytes(sealed), "disability:1")


@pytest.mark.parametrize("sealed", [b"", b"\x01", b"\x01abcd", b"\x01" + bytes(16)])
def test_what_was_never_sealed_does_not_open(sealed: bytes) -> None:
    """Empty and cut values are refused like others."""
    with pytest.raises(SealBrokenError):
        Seal((OLD,)).open(sealed, "x")


def test_another_persons_row_does_not_open() -> None:
    """A value copied into somebody else's row is bound to whose it was."""
    sealed = Seal((OLD,)).close("physical-1", "disability:1")
    with pytest.raises(SealBrokenError):
        Seal((OLD,)).open(sealed, "disability:2")


def test_keys_are_read_or_refused() -> None:
    """Thirty-two bytes in Base64; nothing at all is no seal; and no key shows where a seal is printed."""
    key = base64.b64encode(OLD).decode()
    assert Seal.of([key]) == Seal((OLD,))
    assert Seal.of([]) is None
    assert "ooo" not in repr(Seal((OLD,)))
    for wrong in ("short", base64.b64encode(b"x" * 16).decode(), "あ"):
        with pytest.raises(SealKeyError):
            Seal.of([wrong])


def test_a_key_is_replaced_without_losing_anything(sessions: Sessions) -> None:
    """New before old opens all; sealed anew, the old key can go; without the right key it is still known."""
    with sessions.begin() as session:
        who = somebody(session).id
        assert change(session, who, Disclose(TOLD), NOW, Seal((OLD,))).refusal is None
    both = Seal((NEW, OLD))
    with sessions.begin() as session:
        assert read(session, who, both).certificate == TOLD
        assert (reseal(session, both), reseal(session, both)) == (1, 0)
    with sessions() as session:
        assert read(session, who, Seal((NEW,))).certificate == TOLD
        lost = read(session, who, Seal((OLD,)))
        assert (lost.certificate, lost.certificate_kept) == (None, True)


def test_the_database_alone_can_not_be_read(sessions: Sessions) -> None:
    """Neither kind nor grade stands in the row."""
    with sessions.begin() as session:
        who = somebody(session).id
        change(session, who, Disclose(TOLD), NOW, Seal((OLD,)))
    with sessions() as session:
        sealed = session.query(SensitiveChoice).one().sealed
        assert b"mental" not in sealed
        assert read(session, who).certificate is None
