"""Shelters in the conversation: the towns to choose from, what is near a town, how a shelter stands."""

from collections.abc import Sequence

from handlers.card import short
from handlers.disaster.actions import ShowDisaster
from handlers.disaster.speaking import Speaking
from handlers.reply import Choice, Link, Outcome, Reply, Text
from knowledge import library
from knowledge.choices import own_town
from knowledge.disaster.records import DisasterTopic, Shelter, ShelterKind, Town
from knowledge.disaster.shelters import Near, Place, nearest, states
from knowledge.models import ShelterRow, ShelterState
from knowledge.notice import Variant

PAGE = 10
"""Towns to choose from at once: LINE shows thirteen buttons."""
_MAP = "https://www.google.com/maps/search/?api=1&query={lat},{lng}"


def shelters(speaking: Speaking, topic: DisasterTopic, place: str = "") -> Reply:
    """What is near a town, the asker's own where they told it, or else the towns to choose from."""
    towns = library.records(speaking.asking.session, Town)
    if found := next((each for each in towns if each.id == place), None):
        return near(speaking, Place(found))
    own = own_town(speaking.asking.session, speaking.asking.resident) if not place else None
    return near(speaking, Place(own)) if own else _towns(speaking, topic, towns, place)


def _towns(speaking: Speaking, topic: DisasterTopic, towns: Sequence[Town], page: str) -> Reply:
    if not towns:
        return Reply(Outcome.DISASTER, (Text(speaking.say.no_towns),), speaking.choices())
    first = int(page) * PAGE if page.isascii() and page.isdigit() and int(page) * PAGE < len(towns) else 0
    shown = towns[first : first + PAGE]
    choices = [Choice(town_name(each, speaking.variant), _at(speaking, topic, each.id)) for each in shown]
    if len(towns) > PAGE:
        after = first // PAGE + 1 if first + PAGE < len(towns) else 0
        choices.append(Choice(short(speaking.say.more_towns), _at(speaking, topic, str(after))))
    listed = speaking.say.and_.join(town_name(each, speaking.variant) for each in towns)
    text = f"{topic.text.of(speaking.variant)}\n\n{listed}"
    return Reply(Outcome.DISASTER, (Text(text),), (*choices, *speaking.choices(topic.id)))


def _at(speaking: Speaking, topic: DisasterTopic, place: str) -> ShowDisaster:
    return ShowDisaster(topic.id, speaking.variant, place)


def town_name(town: Town, variant: Variant) -> str:
    """A town as a wording writes it: with Latin letters where readers may not know the characters."""
    return town.name if variant in (Variant.JA, Variant.EASY, Variant.ZH) else f"{town.latin} {town.name}"


def _place_name(speaking: Speaking, place: Place) -> str:
    name = town_name(place.town, speaking.variant)
    return speaking.say.block.format(town=name, block=place.block) if place.block else name


def near(speaking: Speaking, place: Place) -> Reply:
    """The nearest shelters of a town, how each stands, and where to flee a great fire."""
    every = library.records(speaking.asking.session, Shelter)
    point = place.town.point(place.block)
    centers = nearest(every, point, ShelterKind.CENTER)
    if not centers:
        return Reply(Outcome.DISASTER, (Text(speaking.say.no_towns),), speaking.choices())
    head = speaking.say.near.format(place=_place_name(speaking, place))
    fire = [
        speaking.say.fire.format(name=each.shelter.name, metres=f"{each.metres:,}")
        for each in nearest(every, point, ShelterKind.OPEN_SPACE, 1)
    ]
    return _listed(speaking, head, centers, fire)


def named(speaking: Speaking, found: Sequence[Shelter]) -> Reply:
    """Shelters that were asked for by name."""
    return _listed(speaking, "", [Near(each, 0) for each in found[:3]], [])


def _listed(speaking: Speaking, head: str, found: Sequence[Near], more: Sequence[str]) -> Reply:
    say, known = speaking.say, states(speaking.asking.session, speaking.world)
    recorded = [known[each.shelter.id] for each in found if each.shelter.id in known]
    lines = [line for each in found for line in _lines(speaking, each, known.get(each.shelter.id))]
    notes = [] if len(recorded) == len(found) else [say.unknown]
    notes += [say.full_first] if any(row.state == ShelterState.FULL for row in recorded) else []
    source = say.as_of.format(source=found[0].shelter.source, as_of=found[0].shelter.as_of)
    text = "\n".join(line for line in (head, *lines, *notes, *more, say.japanese, source) if line)
    links = tuple(_map(speaking, each.shelter) for each in found)
    return Reply(Outcome.DISASTER, (Text(text, links),), speaking.choices())


def _lines(speaking: Speaking, near: Near, row: ShelterRow | None) -> list[str]:
    say, shelter = speaking.say, near.shelter
    name = say.shelter.format(name=shelter.name, metres=f"{near.metres:,}") if near.metres else f"■ {shelter.name}"
    lines = [name, *([shelter.address] if shelter.address else []), *([shelter.note] if shelter.note else [])]
    if row is not None:
        lines.append(say.state.format(state=say.states[ShelterState(row.state)], time=say.at(row.changed_at)))
    return lines


def _map(speaking: Speaking, shelter: Shelter) -> Link:
    return Link(speaking.say.map.format(name=shelter.name), _MAP.format(lat=shelter.lat, lng=shelter.lng))
