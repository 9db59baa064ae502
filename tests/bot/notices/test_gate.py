"""The brake, as a value."""

from datetime import UTC, datetime, timedelta

from bot.notices.gate import Brake, Gate

NOW = datetime(2026, 11, 21, 3, 0, tzinfo=UTC)
BRAKE = Brake()


def _at(seconds: float) -> datetime:
    return NOW + timedelta(seconds=seconds)


def test_leave_is_given_evenly_and_below_the_limit() -> None:
    """In any second at most 160 of the 200 requests LINE allows, however often it is asked."""
    gate, times = Gate(NOW), []
    for step in range(4_000):
        gate, leave = gate.take(BRAKE, _at(step / 1_000))
        times += [leave.at] if leave else []
    assert len(times) > 600
    assert all(sum(1 for other in times if at <= other < at + timedelta(seconds=1)) <= 160 for at in times[::40])


def test_after_a_rest_some_go_at_once_and_still_below_the_limit() -> None:
    """A notice that starts after a pause sends thirty requests at once; no second sees more than 190."""
    gate, times = Gate(_at(-60)), []
    for step in range(3_000):
        gate, leaves = gate.take_many(BRAKE, _at(step / 1_000), 8)
        times += [leave.at for leave in leaves]
    assert sum(1 for at in times if at <= _at(0.005)) >= 30
    assert max(sum(1 for other in times if at <= other < at + timedelta(seconds=1)) for at in times[::10]) <= 191
    assert (times[199] - NOW).total_seconds() < 1.1


def test_each_failure_in_a_row_waits_longer_up_to_half_a_minute() -> None:
    """1, 2, 4 … 30 seconds; while closed there is one probe at a time, and failures under way count once."""
    gate, now, pauses = Gate(NOW).failed(BRAKE, NOW, probe=False, jitter=0), NOW, []
    assert gate.failed(BRAKE, NOW, probe=False, jitter=0) == gate
    for _ in range(7):
        pauses.append((gate.open_at - now).total_seconds())
        assert gate.take(BRAKE, gate.open_at - timedelta(milliseconds=1))[1] is None
        now = gate.open_at
        gate, leave = gate.take(BRAKE, now)
        assert leave
        assert leave.probe
        assert gate.take(BRAKE, now)[1] is None
        gate = gate.failed(BRAKE, now, probe=True, jitter=0)
    assert pauses == [1, 2, 4, 8, 16, 30, 30]


def test_five_good_answers_open_it_again() -> None:
    """Four are not enough, a good one that was under way before does not count, and a lost probe is given up."""
    gate = Gate(NOW).failed(BRAKE, NOW, probe=False, jitter=1)
    assert gate.open_at == _at(1.25)
    now = gate.open_at
    for good in range(5):
        assert gate.pause, good
        gate, leave = gate.take(BRAKE, now)
        assert leave
        assert gate.succeeded(BRAKE, now, probe=False) == gate
        gate = gate.succeeded(BRAKE, now, probe=True)
    assert gate == Gate(now)
    closed = Gate(NOW).failed(BRAKE, NOW, probe=False, jitter=0)
    lost, _ = closed.take(BRAKE, _at(1))
    assert lost.take(BRAKE, _at(1) + BRAKE.patience)[1]
