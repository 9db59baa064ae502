"""The date and time picker's formats and range."""

from datetime import UTC, datetime

from bot.line.limits import EARLIEST_DATE, LATEST_DATE
from bot.line.schema.rules import Json, Problem, Problems, join

_FORMATS = {"date": ("%Y-%m-%d",), "time": ("%H:%M",), "datetime": ("%Y-%m-%dT%H:%M", "%Y-%m-%dt%H:%M")}
_WIDTH = {"date": 10, "time": 5, "datetime": 16}
_FIRST = datetime.fromisoformat(f"{EARLIEST_DATE}T00:00+00:00")
_LAST = datetime.fromisoformat(f"{LATEST_DATE}T23:59+00:00")


def picker_range(value: Json, path: str) -> Problems:
    """Find picker values of the wrong format or outside LINE's range, and a range that is upside down."""
    mode = value.get("mode")
    if not isinstance(mode, str) or mode not in _FORMATS:
        return
    read: dict[str, datetime] = {}
    for name in ("initial", "min", "max"):
        written = value.get(name)
        if not isinstance(written, str):
            continue
        moment = _moment(written, mode)
        if moment is None or (mode != "time" and not _FIRST <= moment <= _LAST):
            yield Problem(join(path, name), f"Must be a {mode} between {EARLIEST_DATE} and {LATEST_DATE}")
        else:
            read[name] = moment
    yield from _order(read, path)


def _order(read: dict[str, datetime], path: str) -> Problems:
    initial, low, high = (read.get(name) for name in ("initial", "min", "max"))
    if low and high and low >= high:
        yield Problem(join(path, "max"), "Must be later than min")
    if initial and ((low and initial < low) or (high and initial > high)):
        yield Problem(join(path, "initial"), "Must be between min and max")


def _moment(written: str, mode: str) -> datetime | None:
    if len(written) != _WIDTH[mode]:
        return None
    for form in _FORMATS[mode]:
        try:
            return datetime.strptime(written, form).replace(tzinfo=UTC)
        except ValueError:
            continue
    return None
