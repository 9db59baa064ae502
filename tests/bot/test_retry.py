"""When to try again: known without waiting for it."""

from datetime import timedelta

from bot.retry import EVENTS, RetryPolicy


def test_pauses_double_up_to_the_longest_and_then_end() -> None:
    """Five attempts have four pauses."""
    policy = RetryPolicy(attempts=5, first=timedelta(seconds=1), longest=timedelta(seconds=3))
    pauses = [policy.pause_after(attempt) for attempt in range(1, 7)]
    assert pauses == [
        timedelta(seconds=1),
        timedelta(seconds=2),
        timedelta(seconds=3),
        timedelta(seconds=3),
        None,
        None,
    ]


def test_an_event_is_given_up_within_minutes() -> None:
    """Well within the day for which LINE remembers a retry key."""
    pauses = [EVENTS.pause_after(attempt) for attempt in range(1, EVENTS.attempts)]
    assert sum((pause for pause in pauses if pause), timedelta()) < timedelta(minutes=5)
