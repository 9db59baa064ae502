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


def stands(signs: tuple[str, ...], text: str) -> bool:
    """Whether any of the signs stands in a text; raises re.error.

    Each is looked for by itself, by the letters it can begin with: joined they can begin with any, and take four times
    as long.
    """
    with _making:
        each = _each(signs)
    return any(sign.search(text) for sign in each)


@cache
def _made(signs: tuple[str, ...]) -> re.Pattern[str]:
    return re.compile("|".join(signs) or r"(?!)")


@cache
def _each(signs: tuple[str, ...]) -> tuple[re.Pattern[str], ...]:
    return tuple(_made((sign,)) for sign in signs)
