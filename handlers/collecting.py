"""Garbage days: the timetable of the place that a resident names or has chosen, beside the guide on them."""

import re
from collections.abc import Sequence

from handlers.asking import Asking
from handlers.card import day
from handlers.phrases import Phrases
from handlers.reply import Text
from knowledge import library
from knowledge.choices import own_town
from knowledge.collection import NAMES, Timetable, Turn, holds, timetables
from knowledge.disaster.records import Town
from knowledge.disaster.shelters import Place, place_in
from knowledge.signs import any_of

_BESIDE = re.compile(
    r"[0-9一二三四五六七八九]+|丁目|番地?|号|です|でした|だよ|住んで(る|います|ます)|うち|家|[はのにでだ]"
    r"|chome|banchi|i live in|[\W_]+"
)


def days_beside(asking: Asking, guide_id: str) -> tuple[Text, ...]:
    """What is said below the card of the guide on garbage days; nothing beside another, or where no table is valid.

    The days of the place that was named or chosen in the settings, or how to ask for them.
    """
    if guide_id != library.ward(asking.session).collection_guide:
        return ()
    chosen = own_town(asking.session, asking.resident)
    place = _named(asking) or (Place(chosen) if chosen else None)
    if place:
        return _told(asking, place)
    return (Text(asking.say.days_ask),) if holds(asking.session, asking.today) else ()


def days_named(asking: Asking, guide_id: str) -> tuple[Text, ...]:
    """The days of the place that a text for the guide on garbage days names, if there are any to tell."""
    place = _named(asking) if guide_id == library.ward(asking.session).collection_guide else None
    return _told(asking, place) if place else ()


def place_given(asking: Asking) -> bool:
    """Whether a text is a place and nothing else, said after the guide on garbage days."""
    guide = library.ward(asking.session).collection_guide
    if guide is None or asking.topics != (guide,):
        return False
    place = _named(asking)
    return place is not None and not _BESIDE.sub("", any_of(*place.town.signs).sub("", asking.text))


def _named(asking: Asking) -> Place | None:
    return place_in(library.records(asking.session, Town), asking.text)


def _told(asking: Asking, place: Place) -> tuple[Text, ...]:
    tables = timetables(asking.session, asking.today, place.town.name, place.block)
    return (Text(_said(asking, place, tables)),) if tables else ()


def _said(asking: Asking, place: Place, tables: Sequence[Timetable]) -> str:
    until = day(min(each.valid_to for each in tables), asking.language)
    block = f"{place.block}丁目" if place.block else ""
    name = place.town.name + (block if tables[0].place.startswith(block) else "")
    lines = [asking.say.days_head.format(place=name, until=until)]
    for each in tables:
        if len(tables) > 1:
            lines.append(f"■ {each.place}")
        lines += _lines(asking, each)
    times = sorted({each.put_out_by for each in tables})
    told = asking.say.days_time.format(time=times[0].removeprefix("0"))
    sources = dict.fromkeys(each.source for each in tables)
    return "\n".join([*lines, told, *(asking.say.days_source.format(source=each) for each in sources)])


def _lines(asking: Asking, table: Timetable) -> list[str]:
    return [
        asking.say.days_line.format(kind=NAMES[kind][asking.variant], days=_turns(asking.say, turns))
        for kind, turns in table.days.items()
    ]


def _turns(say: Phrases, turns: Sequence[Turn]) -> str:
    weekdays = say.weekdays.split(",")
    return say.days_and.join(
        say.days_weeks.format(weeks=say.days_and.join(map(str, turn.weeks)), day=weekdays[turn.weekday])
        if turn.weeks
        else weekdays[turn.weekday]
        for turn in turns
    )
