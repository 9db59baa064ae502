"""What a text is known by: regular expressions of the content pack, each made ready once."""

import re
import threading
from functools import cache

_making = threading.Lock()


def any_of(*signs: str) -> re.Pattern[str]:
    """The expression that finds any of the signs, nothing where there are none; raises re.error.

    Long ones take a moment to make: of the threads that answer the first questions one makes them, the others wait.
    """
    with _making:
        return _made(signs)


@cache
def _made(signs: tuple[str, ...]) -> re.Pattern[str]:
    return re.compile("|".join(signs) or r"(?!)")
