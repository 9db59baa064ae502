"""Something done again and again beside what a test does, and how long it took each time."""

import threading
import time
from collections.abc import Callable, Iterator
from contextlib import contextmanager


@contextmanager
def meanwhile(step: Callable[[], object], pause: float, took: list[float]) -> Iterator[None]:
    """Take the step in a thread until the context ends, `pause` seconds between two; their seconds go into `took`."""
    over = threading.Event()

    def run() -> None:
        while not over.wait(pause):
            begun = time.monotonic()
            step()
            took.append(time.monotonic() - begun)

    thread = threading.Thread(target=run)
    thread.start()
    try:
        yield
    finally:
        over.set()
        thread.join()
