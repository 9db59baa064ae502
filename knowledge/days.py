"""Days are counted in Japan, wherever the machine stands; Japan has no summer time."""

from datetime import UTC, date, datetime, timedelta, timezone

JST = timezone(timedelta(hours=9))


def utc_now() -> datetime:
    """The moment by this machine's clock, in UTC: the one default wherever a clock is handed in."""
    return datetime.now(UTC)


def day_in_japan(now: datetime) -> date:
    """The day in Japan at a moment (aware)."""
    return now.astimezone(JST).date()
