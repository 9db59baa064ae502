"""Asking LINE how many people opened a notice and tapped its links: one question every few minutes, beside sending."""

from collections.abc import Mapping
from datetime import datetime, timedelta

import structlog

from bot.line.client import Json, LineClient
from bot.line.errors import LineError
from bot.line.limits import INSIGHT_LEAST
from knowledge.database import Sessions
from knowledge.responses import Responses, Tapped, due, keep, not_fetched

EVERY = timedelta(minutes=3)
"""Twenty questions an hour for the whole installation; LINE answers sixty (line-platform.md, section 3)."""
_log = structlog.get_logger(__name__)


class UnreadableError(LineError):
    """LINE の答えを読み取れませんでした。"""


def fetch_next(sessions: Sessions, client: LineClient, now: datetime) -> int:
    """Ask LINE about the notice that waits longest, if one does, and keep what it says; how many it told us about.

    Notices to fewer than twenty people are not asked about: LINE says nothing of them.
    """
    with sessions() as session:
        asked = due(session, INSIGHT_LEAST, now)
    if asked is None:
        return 0
    try:
        found = read(client.responses(asked.unit, asked.first, asked.last))
    except LineError as error:
        kind = type(error).__name__
        _log.warning("responses_not_fetched", campaign=asked.campaign, kind=kind, status=error.status)
        with sessions.begin() as session:
            not_fetched(session, asked.campaign, now)
        return 0
    with sessions.begin() as session:
        keep(session, asked.campaign, found, now)
    return 1


def read(content: Json) -> Responses:
    """LINE's answer, with what is new in it left aside; raises LineError where it is none."""
    match content:
        case {"overview": Mapping() as overview}:
            return Responses(_count(overview, "uniqueImpression"), _count(overview, "uniqueClick"), _links(content))
        case _:
            raise UnreadableError


def _links(content: Json) -> tuple[Tapped, ...]:
    """One line a link, also where it stands in several messages of a request."""
    found: dict[str, list[Json]] = {}
    clicks = content.get("clicks")
    for each in clicks if isinstance(clicks, list) else ():
        match each:
            case {"url": str(url)}:
                found.setdefault(url, []).append(each)
            case _:
                continue
    return tuple(_tapped(url, each) for url, each in found.items())


def _tapped(url: str, places: list[Json]) -> Tapped:
    alone = _count(places[0], "uniqueClick") if len(places) == 1 else None
    people = _count(places[0], "uniqueClickOfRequest")
    taps = [_count(each, "click") for each in places]
    return Tapped(url, alone if people is None else people, None if None in taps else sum(filter(None, taps)))


def _count(figures: Mapping[str, object], name: str) -> int | None:
    value = figures.get(name)
    return value if isinstance(value, int) and not isinstance(value, bool) and value >= 0 else None
