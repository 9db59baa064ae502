"""Days are counted in Japan, wherever the machine stands; Japan has no summer time."""

from datetime import date, datetime, timedelta, timezone

JST = timezone(timedelta(hours=9))


def day_in_japan(now: datetime) -> date:
    """The day in Japan at a moment (aware)."""
    return now.astimezone(JST).date()
