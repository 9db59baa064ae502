"""Passwords of the staff: kept as Argon2id hashes, checked with the same work whether or not there is an account."""

import secrets
import threading

from argon2 import PasswordHasher
from argon2.exceptions import InvalidHashError, VerificationError

from knowledge.errors import PocketError

SHORTEST, LONGEST = 12, 128
"""NIST SP 800-63B asks for at least 8 beside a second factor and for no rules on kinds of characters."""
AT_ONCE = 2
"""Each check takes 64 MiB for a moment; more than so many at once would let visitors fill the memory."""
_TEMPORARY_LETTERS = "abcdefghjkmnpqrstuvwxyz23456789"


class PasswordUnfitError(PocketError):
    """パスワードは12文字以上128文字以内で、ログイン名や氏名を含まず、同じ文字のくり返しでないものにしてください。"""


class Passwords:
    """Makes and checks hashes; one for a process, because checks queue in it."""

    def __init__(self, hasher: PasswordHasher | None = None) -> None:
        self._hasher = hasher or PasswordHasher()
        self._gate = threading.BoundedSemaphore(AT_ONCE)
        self._nobodys = self._hasher.hash(secrets.token_hex())

    def hash(self, password: str) -> str:
        """What is kept of a password."""
        with self._gate:
            return self._hasher.hash(password)

    def fits(self, kept: str | None, password: str) -> bool:
        """Whether a password is the one that was kept; without one the work is the same and the answer no."""
        with self._gate:
            try:
                right = self._hasher.verify(kept or self._nobodys, password[: LONGEST * 4])
            except (VerificationError, InvalidHashError):
                return False
        return right and kept is not None

    def outdated(self, kept: str) -> bool:
        """Whether the hash was made with parameters that are no longer today's."""
        return self._hasher.check_needs_rehash(kept)


def must_be_fit(password: str, login: str, name: str) -> None:
    """Raise PasswordUnfitError for a password that is too short, too long or too easily guessed."""
    plain = password.casefold()
    personal = [part for part in (login.casefold(), *name.casefold().split()) if len(part) > 2]
    if (
        not SHORTEST <= len(password) <= LONGEST
        or len(set(plain)) < 5
        or plain in "0123456789" * 13
        or any(part in plain for part in personal)
    ):
        raise PasswordUnfitError


def temporary() -> str:
    """A password to hand out: twenty letters that can not be taken for each other, about 98 bits."""
    letters = [secrets.choice(_TEMPORARY_LETTERS) for _ in range(20)]
    return "-".join("".join(letters[start : start + 5]) for start in range(0, 20, 5))
