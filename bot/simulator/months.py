"""The platform's months, by which it counts: those of Japan."""

from datetime import datetime

from knowledge.days import JST


def month_of(now: float) -> str:
    """Return the month of a moment (seconds since 1970) in Japan: 2026-11."""
    return f"{datetime.fromtimestamp(now, JST):%Y-%m}"
