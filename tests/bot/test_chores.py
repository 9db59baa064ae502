"""Regular work: due in time, one process at a time, and a failing piece stops nobody."""

from datetime import UTC, datetime, timedelta

from bot.chores import AFTER_FAILURE, Chores, Duty, erase_left
from knowledge import chores
from knowledge.database import Sessions
from knowledge.erasure import GONE_AFTER
from knowledge.models import Resident, ResidentStatus
from knowledge.residents import change_status, resident_of
from knowledge.retention import AT_ONCE
from knowledge.settings_visits import make_link

NOW = datetime(2026, 11, 20, 3, 0, tzinfo=UTC)
HOUR = timedelta(hours=1)


class Clock:
    """A time that a test moves."""

    def __init__(self) -> None:
        self.now = NOW

    def __call__(self) -> datetime:
        return self.now


def test_work_is_taken_once_until_it_is_given_back(sessions: Sessions) -> None:
    """A second process comes too late; after the lease what a dead one held is free; given back, it waits its time."""
    assert chores.take(sessions, "count", NOW)
    assert not chores.take(sessions, "count", NOW)
    assert chores.take(sessions, "count", NOW + chores.LEASE)
    chores.done(sessions, "count", NOW + HOUR)
    assert not chores.take(sessions, "count", NOW + HOUR - timedelta(seconds=1))
    assert chores.take(sessions, "count", NOW + HOUR)


def test_a_duty_is_done_as_often_as_it_is_due(sessions: Sessions) -> None:
    """Not before its time; at once again where there is more; a minute after a failure, while others go on."""
    clock, done = Clock(), list[str]()
    left = [AT_ONCE, 3]

    def some(_: datetime) -> int:
        done.append("some")
        return left.pop(0)

    def failing(_: datetime) -> int:
        done.append("failing")
        raise ValueError

    duties = [Duty("failing", HOUR, failing), Duty("some", HOUR, some, AT_ONCE)]
    worker = Chores(sessions, duties, clock)
    for _ in range(4):
        for duty in duties:
            worker.once(duty)
    assert done == ["failing", "some", "some"]
    clock.now += AFTER_FAILURE
    for duty in duties:
        worker.once(duty)
    assert done == ["failing", "some", "some", "failing"]


def test_the_thread_ends_when_asked(sessions: Sessions) -> None:
    """Leaving waits for the piece at hand and no longer."""
    with Chores(sessions, []):
        pass


def test_who_left_is_erased_by_the_hour(sessions: Sessions) -> None:
    """The duty erases who blocked us thirty days ago, and clears ways to the settings page that ended."""
    with sessions.begin() as session:
        row = resident_of(session, "U" + "e" * 32, 1, NOW)
        make_link(session, row.id, NOW)
        change_status(session, row.line_user_id, ResidentStatus.BLOCKED, int(NOW.timestamp() * 1000), NOW)
    assert erase_left(sessions, NOW + HOUR) == 0
    assert erase_left(sessions, NOW + GONE_AFTER) == 1
    with sessions() as session:
        assert session.get_one(Resident, row.id).line_user_id.startswith("erased-")
