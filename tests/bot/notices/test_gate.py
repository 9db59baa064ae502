"""The brake, as a value."""

from dataclasses import replace
from datetime import UTC, datetime, timedelta

from hypothesis import given as examples
from hypothesis import strategies as st

from bot.line.limits import Rate
from bot.notices.gate import Brake, Gate
from bot.simulator.endpoints import ADDRESSES, Endpoint
from bot.simulator.rates import Rates

MULTICAST = next(each for each in ADDRESSES if each.endpoint is Endpoint.MULTICAST)
NOW = datetime(2026, 11, 21, 3, 0, tzinfo=UTC)
BRAKE = Brake()


def _at(seconds: float) -> datetime:
    return NOW + timedelta(seconds=seconds)


@examples(
    rest=st.floats(0, 120),
    asked=st.lists(st.tuples(st.floats(0, 0.5), st.integers(1, 8)), min_size=50, max_size=400),
)
def test_half_of_lines_bucket_is_never_touched(rest: float, asked: list[tuple[float, int]]) -> None:
    """However long the rest and however often it is asked, a bucket half as large that fills as fast would do."""
    half, rates, now = replace(MULTICAST, rate=Rate(102, 102 / 200)), Rates(), 0.0
    gate, given = Gate(_at(-rest)), 0
    for pause, most in asked:
        now += pause
        gate, leaves = gate.take_many(BRAKE, _at(now), most)
        given += len(leaves)
        assert all(rates.allow(half, (leave.at - NOW).total_seconds()) for leave in leaves)
    assert given >= min(100, int(rest * 180), sum(most for _, most in asked))


def test_leave_is_given_evenly_and_below_the_limit() -> None:
    """Asked all the time, it gives 180 a second of the 200 that LINE's bucket fills with."""
    gate, times = Gate(NOW), []
    for step in range(4_000):
        gate, leave = gate.take(BRAKE, _at(step / 1_000))
        times += [leave.at] if leave else []
    assert len(times) > 700
    assert all(sum(1 for other in times if at <= other < at + timedelta(seconds=1)) <= 180 for at in times[::40])


def test_after_a_rest_a_hundred_go_at_once() -> None:
    """A notice to 100,000 people, which is 200 requests, is out in little more than half a second."""
    gate, times = Gate(_at(-60)), []
    for step in range(1_000):
        gate, leaves = gate.take_many(BRAKE, _at(step / 1_000), 8)
        times += [leave.at for leave in leaves]
    assert 100 <= sum(1 for at in times if at <= _at(0.02)) <= 105
    assert (times[199] - NOW).total_seconds() < 0.6


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
