"""How many people opened what was sent under a name, and tapped its links; nothing about fewer than twenty."""

import re
from collections.abc import Callable, Iterable
from datetime import datetime, timedelta

from bot.line import limits
from bot.simulator.api.calls import Answer, Call, RefusedError
from bot.simulator.endpoints import Endpoint
from bot.simulator.people import Json
from bot.simulator.platform import Platform
from bot.simulator.responses import Act
from knowledge.days import JST

_DAY = timedelta(days=1)


def aggregated(platform: Platform, call: Call) -> Answer:
    """Count the responses to one unit, from one day in Japan to another."""
    unit = call.query.get("customAggregationUnit", "")
    if not re.fullmatch(limits.AGGREGATION_UNIT_PATTERN, unit):
        raise _invalid("customAggregationUnit")
    first, last = _day(call, "from"), _day(call, "to")
    if not first <= last <= first + limits.INSIGHT_DAYS * _DAY:
        raise _invalid("to")
    begin, end = first.timestamp(), (last + _DAY).timestamp()
    places = {
        message_id: place
        for entry in platform.ledger.accepted()
        if entry.unit == unit
        for place, message_id in enumerate(entry.message_ids, 1)
    }
    acts = [each for each in platform.responses.acts if each.message_id in places and begin <= each.time < end]
    opened, tapped = [act for act in acts if act.url is None], [act for act in acts if act.url is not None]
    links = dict.fromkeys((places[act.message_id], act.url) for act in tapped)
    return Answer(
        body={
            "overview": {
                "uniqueImpression": _people(opened),
                "uniqueClick": _people(tapped),
                "uniqueMediaPlayed": None,
                "uniqueMediaPlayed100Percent": None,
            },
            "messages": [
                _message(place, [act for act in opened if places[act.message_id] == place])
                for place in sorted(set(places.values()))
            ],
            "clicks": [
                _link(place, url, [act for act in tapped if act.url == url], lambda act: places[act.message_id])
                for place, url in links
            ],
        }
    )


def _message(place: int, opened: list[Act]) -> Json:
    return {
        "seq": place,
        "impression": _times(opened),
        "uniqueImpression": _people(opened),
        "mediaPlayed": None,
        "uniqueMediaPlayed": None,
    }


def _link(place: int, url: str | None, everywhere: list[Act], place_of: Callable[[Act], int]) -> Json:
    here = [act for act in everywhere if place_of(act) == place]
    return {
        "seq": place,
        "url": url,
        "click": _times(here),
        "uniqueClick": _people(here),
        "uniqueClickOfRequest": _people(everywhere),
    }


def _people(acts: Iterable[Act]) -> int | None:
    found = len({act.user_id for act in acts})
    return found if found >= limits.INSIGHT_LEAST else None


def _times(acts: list[Act]) -> int | None:
    return None if _people(acts) is None else len(acts)


def _day(call: Call, name: str) -> datetime:
    written = call.query.get(name, "")
    try:
        if not re.fullmatch(r"[0-9]{8}", written):
            raise _invalid(name)
        return datetime.strptime(written, "%Y%m%d").replace(tzinfo=JST)
    except ValueError:
        raise _invalid(name) from None


def _invalid(name: str) -> RefusedError:
    return RefusedError(400, f"The value for the '{name}' parameter is invalid")


HANDLERS = {Endpoint.INSIGHT_UNIT: aggregated}
