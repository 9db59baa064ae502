"""When to try again: a value."""

from dataclasses import dataclass
from datetime import timedelta


@dataclass(frozen=True)
class RetryPolicy:
    """At most `attempts` attempts; the pause doubles from `first` up to `longest`."""

    attempts: int
    first: timedelta
    longest: timedelta

    def pause_after(self, attempt: int) -> timedelta | None:
        """How long to wait after the attempt with this number (from 1) failed; None: no more."""
        if attempt >= self.attempts:
            return None
        return min(self.longest, self.first * (1 << (attempt - 1)))


EVENTS = RetryPolicy(attempts=8, first=timedelta(seconds=1), longest=timedelta(seconds=60))
