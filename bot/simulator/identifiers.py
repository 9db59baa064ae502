"""Identifiers in the shapes LINE gives them."""

from random import Random, SystemRandom

_CROCKFORD = "0123456789ABCDEFGHJKMNPQRSTVWXYZ"


class Identifiers:
    """Makes ids; the same seed makes the same ones."""

    def __init__(self, seed: int | None) -> None:
        self.random: Random = SystemRandom() if seed is None else Random(seed)  # noqa: S311 - seeded for tests only
        self._messages = 0

    def hex(self, digits: int = 32) -> str:
        """Return random hexadecimal digits."""
        return f"{self.random.getrandbits(4 * digits):0{digits}x}"

    def ulid(self, now: float) -> str:
        """Return a ULID: 48 bits of milliseconds, 80 random ones, in 26 Crockford characters."""
        number = (int(now * 1000) & (1 << 48) - 1) << 80 | self.random.getrandbits(80)
        return "".join(_CROCKFORD[number >> shift & 31] for shift in range(125, -1, -5))

    def message(self, now: float) -> str:
        """Return a message id: decimal digits, growing."""
        self._messages += 1
        return f"{int(now) * 1_000_000 + self._messages:018d}"

    def uuid(self) -> str:
        """Return a UUID as request ids have it."""
        digits = self.hex()
        return "-".join((digits[:8], digits[8:12], digits[12:16], digits[16:20], digits[20:]))
