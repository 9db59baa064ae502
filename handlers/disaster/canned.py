"""The canned answers: home, a topic, what a text asks for; read from the pack's rows and the ward's records alone."""

from dataclasses import dataclass

from sqlalchemy import select

from handlers.actions import ShowMenu
from handlers.answers import menu_choices
from handlers.disaster.actions import HOME, ShowDisaster
from handlers.disaster.places import named, near, shelters
from handlers.disaster.speaking import Speaking
from handlers.menu import entries
from handlers.reply import Choice, Link, Outcome, Reply, Text
from knowledge import library
from knowledge.campaign import content_of
from knowledge.disaster.announcement import ACTIONS, Level
from knowledge.disaster.feed import standing_warnings
from knowledge.disaster.records import Disaster, DisasterTopic, Shelter, TopicKind, Town
from knowledge.disaster.shelters import named_in, place_in
from knowledge.models import Campaign, Mode, Urgency, WarningRow
from knowledge.notice import CardBlock, TextBlock
from knowledge.signs import stands

TOPICS = 2
"""How many topics of one text are answered: the rest stands on buttons."""
JUST_A_PLACE = 12
"""A text so short that names a town asks for nothing else: 「東池袋4丁目です」."""
WARNINGS = 3
NEWS = "news"


def home(speaking: Speaking) -> Reply:
    """What is the matter, what the ward said last, and what can be asked."""
    recovery = speaking.standing is not None and speaking.standing.mode is Mode.RECOVERY
    lines = [speaking.say.recovery] if recovery else [head(speaking), *warnings(speaking), speaking.say.home]
    choices = _recovery_choices(speaking) if recovery else speaking.choices()
    return Reply(Outcome.DISASTER, (Text("\n".join(lines)), *latest(speaking)), choices)


def head(speaking: Speaking) -> str:
    """That this is no ordinary time."""
    return speaking.say.head.format(hazard=speaking.hazard)


def show(speaking: Speaking, action: ShowDisaster) -> Reply:
    """What a button leads to; home where its topic is gone."""
    topic = next((each for each in speaking.topics if each.id == action.topic), None)
    return home(speaking) if action.topic == HOME or topic is None else show_topic(speaking, topic, action.place)


def show_topic(speaking: Speaking, topic: DisasterTopic, place: str = "") -> Reply:
    """One canned answer."""
    if topic.kind is TopicKind.SHELTERS:
        return shelters(speaking, topic, place)
    calls = [Link(f"{each.name.of(speaking.variant)} {each.phone}", f"tel:{each.phone}") for each in topic.phones]
    pages = [Link(each.name.of(speaking.variant), str(each.url)) for each in topic.pages]
    told = "\n".join((topic.text.of(speaking.variant), *(f"■ {call.label}" for call in calls)))
    news = (*(Text(line) for line in warnings(speaking)), *latest(speaking)) if topic.id == NEWS else ()
    return Reply(Outcome.DISASTER, (*news, Text(told, (*calls, *pages))), speaking.choices(topic.id))


@dataclass(frozen=True)
class Canned:
    """An answer by plain words; `alone` where nothing else was asked for."""

    reply: Reply
    alone: bool


def asked_for(speaking: Speaking) -> Canned | None:
    """The answer to a text: shelters, where it names a town or one of them, and the first topics whose signs it has."""
    text = speaking.asking.text
    topics = [each for each in speaking.topics if stands(each.signs, text)]
    places = [each for each in topics if each.kind is TopicKind.SHELTERS]
    first = _place_of(speaking) or (show_topic(speaking, places[0]) if places else None)
    others = (show_topic(speaking, each) for each in topics if each.kind is TopicKind.TEXT)
    found = [*([first] if first else []), *others][:TOPICS]
    if not found:
        return None
    parts = tuple(part for each in found for part in each.parts)
    return Canned(Reply(Outcome.DISASTER, parts, found[0].choices), alone=bool(topics) or len(text) <= JUST_A_PLACE)


def _place_of(speaking: Speaking) -> Reply | None:
    session, text = speaking.asking.session, speaking.asking.text
    if by_name := named_in(library.records(session, Shelter), text):
        return named(speaking, by_name)
    place = place_in(library.records(session, Town), text)
    return near(speaking, place) if place else None


def warnings(speaking: Speaking) -> list[str]:
    """The warnings of the feeds that stand, the highest first."""
    found = standing_warnings(speaking.asking.session, speaking.world)
    return [_warning(speaking, row) for row in found[:WARNINGS]]


def _warning(speaking: Speaking, row: WarningRow) -> str:
    say = speaking.say
    return say.warning.format(
        level=row.level,
        action=say.actions[ACTIONS[Level(row.level)]],
        area=row.area,
        hazard=next(words for hazard, words in say.hazards.items() if hazard == row.hazard),
        time=say.at(row.issued_at),
        issuer=row.issuer,
    )


def latest(speaking: Speaking) -> tuple[Text, ...]:
    """The newest disaster notice that went out since the mode began, so that chat and notices say the same."""
    standing = speaking.standing
    if standing is None:
        return ()
    sent = select(Campaign).where(
        Campaign.world == standing.world, Campaign.urgency == Urgency.DISASTER, Campaign.frozen_at >= standing.since
    )
    row = speaking.asking.session.scalars(sent.order_by(Campaign.frozen_at.desc()).limit(1)).one_or_none()
    if row is None or row.frozen_at is None:
        return ()
    blocks = (each for each in content_of(row).blocks(speaking.variant) if isinstance(each, TextBlock | CardBlock))
    said = (line for each in blocks for line in (getattr(each, "title", None), each.text) if line)
    return (Text("\n".join((speaking.say.latest.format(time=speaking.say.at(row.frozen_at)), *said))),)


def _recovery_choices(speaking: Speaking) -> tuple[Choice, ...]:
    disaster = library.record(speaking.asking.session, Disaster, "disaster")
    first = entries(disaster.recovery, speaking.asking.language) if disaster else ()
    return *(each for each in first if each.action != ShowMenu()), *menu_choices(speaking.asking)
