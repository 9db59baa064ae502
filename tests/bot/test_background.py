"""Threads that work from entering a context to leaving it."""

import os
import sys
import threading

import pytest

from bot.background import Background


class Waiting(Background):
    """Each thread writes down its name and how far it stands back, then waits for a word or the end."""

    def __init__(self, threads: int, niceness: int = 0) -> None:
        super().__init__("waiting", threads, niceness)
        self.seen: dict[str, int] = {}
        self.started = threading.Barrier(threads + 1)
        self._word = threading.Condition()

    def _rouse(self) -> None:
        with self._word:
            self._word.notify_all()

    def _run(self) -> None:
        own = threading.get_native_id()
        self.seen[threading.current_thread().name] = os.getpriority(os.PRIO_PROCESS, own)
        self.started.wait()
        with self._word:
            self._word.wait_for(self._closed.is_set)


def _fail_inside(work: Waiting) -> None:
    with work:
        work.started.wait()
        raise ValueError("inside")


def test_threads_run_only_inside_the_context() -> None:
    """Entering starts every thread under its own name; after leaving none is left."""
    work = Waiting(3)
    before = threading.active_count()
    with work:
        work.started.wait()
        assert threading.active_count() == before + 3
    assert threading.active_count() == before
    assert set(work.seen) == {"waiting-0", "waiting-1", "waiting-2"}


def test_leaving_wakes_threads_that_wait_and_lets_errors_through() -> None:
    """An error inside the context ends the threads and goes on to the caller."""
    work = Waiting(1)
    with pytest.raises(ValueError, match="inside"):
        _fail_inside(work)
    assert set(work.seen) == {"waiting"}


@pytest.mark.skipif(sys.platform != "linux", reason="priorities of single threads are Linux's")
def test_threads_stand_back_as_told() -> None:
    """The threads have the niceness they were given, the caller's stays."""
    own = os.getpriority(os.PRIO_PROCESS, 0)
    with Waiting(2, niceness=own + 5) as work:
        work.started.wait()
    assert set(work.seen.values()) == {own + 5}
    assert os.getpriority(os.PRIO_PROCESS, 0) == own
