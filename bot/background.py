"""Threads that work in the background from entering a context to leaving it."""

import os
import sys
import threading
from abc import ABC, abstractmethod
from types import TracebackType
from typing import Self


class Background(ABC):
    """Work of some threads; `niceness` is how far they stand back behind others (Linux, 0-19).

    `_closed` is set before the context is entered and from leaving it on. Leaving waits until the threads have ended;
    a `daemon` does not hold up a process that ends without leaving.
    """

    def __init__(self, name: str, threads: int = 1, niceness: int = 0, *, daemon: bool = False) -> None:
        self._closed = threading.Event()
        self._closed.set()
        self._niceness = niceness
        names = [name] if threads == 1 else [f"{name}-{number}" for number in range(threads)]
        self._threads = [threading.Thread(target=self._begin, name=each, daemon=daemon) for each in names]

    def __enter__(self) -> Self:
        """Start."""
        self._closed.clear()
        for thread in self._threads:
            thread.start()
        return self

    def __exit__(
        self, kind: type[BaseException] | None, error: BaseException | None, trace: TracebackType | None
    ) -> None:
        """Let the threads finish what they hold."""
        self._closed.set()
        self._rouse()
        for thread in self._threads:
            thread.join()

    def _begin(self) -> None:
        if self._niceness and sys.platform == "linux":
            os.setpriority(os.PRIO_PROCESS, threading.get_native_id(), self._niceness)
        self._run()

    def _rouse(self) -> None:  # noqa: B027  (most threads wait for nothing but the end)
        """Wake threads that wait for something else than the end, so that they see it."""

    @abstractmethod
    def _run(self) -> None:
        """What each thread does until the end."""
