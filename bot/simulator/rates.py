"""Rate limits as token buckets."""

from dataclasses import dataclass

from bot.line.limits import Rate
from bot.simulator.endpoints import Address, Endpoint


@dataclass
class _Bucket:
    left: float
    filled_at: float


class Rates:
    """One bucket for each endpoint, full at first and refilled evenly."""

    def __init__(self) -> None:
        self._buckets: dict[Endpoint, _Bucket] = {}

    def allow(self, address: Address, now: float) -> bool:
        """Take one request from the endpoint's bucket; False where it is empty."""
        rate: Rate = address.rate
        bucket = self._buckets.setdefault(address.endpoint, _Bucket(rate.requests, now))
        bucket.left = min(rate.requests, bucket.left + max(0.0, now - bucket.filled_at) * rate.requests / rate.seconds)
        bucket.filled_at = now
        # A float of seconds since 1970 is exact to a quarter of a microsecond: 0.0005 of a request at 2,000 a second.
        if bucket.left < 1 - 1e-3:
            return False
        bucket.left -= 1
        return True
