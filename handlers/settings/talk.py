"""The guided talk about the settings: a text and buttons for each of its parts, and what is said after a change."""

from collections.abc import Callable, Iterable
from dataclasses import dataclass
from datetime import UTC, date, datetime

from sqlalchemy import func, select

from handlers.asking import Asking
from handlers.card import short
from handlers.kept import kept
from handlers.reply import Choice, Link, Outcome, Reply, Text
from handlers.settings.actions import Choose, PickMonth, SettingsPage, ShowSettings
from handlers.settings.shown import Shown
from handlers.settings.wording import NAMES
from knowledge import choices as chosen
from knowledge.changes import (
    STOP_ALL,
    AddChild,
    BeOfAge,
    ForgetAll,
    ForgetDisability,
    LiveIn,
    QuietHours,
    Read,
    RemoveChild,
    Rest,
    Speakable,
    TopicsAs,
    WantTopic,
)
from knowledge.choices import Choices
from knowledge.choosing import Done, Refusal, change
from knowledge.models import AgeBand, Question, Resident, Topic
from knowledge.sealing import Seal
from knowledge.segment import OLDEST_CHILD_MONTHS
from knowledge.settings_visits import make_link

TOWNS_AT_ONCE = 10
NIGHTS = (QuietHours(20 * 60, 7 * 60), QuietHours(21 * 60, 7 * 60), QuietHours(22 * 60, 8 * 60))
"""The nights to choose from in the chat; the page has every hour."""
TOLD = (
    SettingsPage.TOPICS,
    SettingsPage.AREA,
    SettingsPage.CHILDREN,
    SettingsPage.AGE,
    SettingsPage.LANGUAGE,
    SettingsPage.QUIET,
)


@dataclass(frozen=True)
class Door:
    """Where the settings page is (an address without a slash at its end), and the seal, where there is one."""

    address: str
    seal: Seal | None = None


@dataclass(frozen=True)
class Talk:
    """One resident before their settings."""

    asking: Asking
    resident: int
    door: Door | None
    choices: Choices
    shown: Shown

    @property
    def pages(self) -> tuple[SettingsPage, ...]:
        """What can be told; the certificate only where it can be sealed, or is kept from when it could."""
        sealed = (self.door and self.door.seal) or self.choices.certificate_kept
        return (*TOLD, SettingsPage.DISABILITY) if sealed else TOLD


def show(asking: Asking, door: Door | None, page: SettingsPage, piece: int = 0) -> Reply:
    """A part of the settings; whom we do not know by LINE is told where they are."""
    talk = _talk(asking, door)
    if talk is None:
        return Reply(Outcome.SETTINGS, (Text(_shown(asking).say.only_line),))
    return _PAGES.get(page, _item)(talk, page, piece)


def choose(asking: Asking, door: Door | None, wanted: Speakable, at_ms: int | None) -> Reply:
    """Make a change, and say what is different now and how to take it back.

    `at_ms` is when the button was pressed: one pressed before the last block or return decides nothing any more.
    """
    before = _talk(asking, door)
    if before is None:
        return show(asking, door, SettingsPage.HOME)
    done = _made(before, wanted, at_ms)
    after = _talk(asking, door) or before
    if done.refusal:
        return _said(after.shown.say.refusals[done.refusal], _home_choices(after))
    undo = (Choice(short(after.shown.say.undo), Choose(done.undo)),) if done.undo else ()
    page = show(
        asking, door, SettingsPage.TOPICS if isinstance(wanted, WantTopic | TopicsAs) else SettingsPage.CHILDREN
    )
    again = isinstance(wanted, WantTopic | TopicsAs | AddChild | RemoveChild)
    return _said(_told(after, wanted, done), (*undo, *(page.choices if again else _home_choices(after))))


def _made(talk: Talk, wanted: Speakable, at_ms: int | None) -> Done:
    resident = talk.asking.session.get_one(Resident, talk.resident)
    if at_ms is not None and at_ms < resident.changed_ms:
        return Done(Refusal.NO_FRIEND)
    now = talk.asking.now
    pressed = now if at_ms is None else min(now, datetime.fromtimestamp(at_ms / 1000, UTC))
    return change(talk.asking.session, talk.resident, wanted, pressed, talk.door.seal if talk.door else None)


def _talk(asking: Asking, door: Door | None) -> Talk | None:
    if asking.resident is None:
        return None
    choices = chosen.read(asking.session, asking.resident)
    return Talk(asking, asking.resident, door, choices, _shown(asking, choices))


def _shown(asking: Asking, choices: Choices | None = None) -> Shown:
    """In the words chosen; otherwise in those of the question."""
    asked = asking.variant
    return Shown((choices.variant if choices else None) or asked, chosen.towns(asking.session))


def _said(text: str, choices: Iterable[Choice], links: tuple[Link, ...] = ()) -> Reply:
    return Reply(Outcome.SETTINGS, (Text(text, links),), tuple(choices))


def _links(talk: Talk) -> tuple[Link, ...]:
    if talk.door is None:
        return ()
    token = make_link(talk.asking.session, talk.resident, talk.asking.now)
    return (Link(talk.shown.say.open_page, f"{talk.door.address}/settings/open/{token}"),)


def _home(talk: Talk, page: SettingsPage, piece: int) -> Reply:  # noqa: ARG001 - as every page
    say = talk.shown.say
    opens = (say.opens,) if talk.door else ()
    text = "\n".join((say.title, say.home, "", *talk.shown.lines(talk.choices, talk.pages), "", *opens)).strip()
    return _said(text, _home_choices(talk), _links(talk))


def _home_choices(talk: Talk) -> list[Choice]:
    pages = (*talk.pages, SettingsPage.MINE, SettingsPage.ERASE)
    return [Choice(short(talk.shown.say.items[page]), ShowSettings(page)) for page in pages]


def _back(talk: Talk) -> Choice:
    return Choice(short(talk.shown.say.back), ShowSettings())


def _asked(talk: Talk, page: SettingsPage) -> str:
    """What stands there now, and why it is asked."""
    return "\n".join((*talk.shown.lines(talk.choices, (page,)), "", talk.shown.say.why[page]))


def _item(talk: Talk, page: SettingsPage, piece: int) -> Reply:
    return _said(_asked(talk, page), (*_CHOICES[page](talk, piece), _back(talk)))


def _topic_choices(talk: Talk, _: int) -> list[Choice]:
    say, wanted = talk.shown.say, talk.choices.wanted
    found = [
        Choice(
            short((say.stop if topic in wanted else say.want).format(topic=say.topics[topic])),
            Choose(WantTopic(topic, topic not in wanted)),
        )
        for topic in Topic
    ]
    stopped = talk.choices.refused == STOP_ALL.refused
    return found if stopped else [*found, Choice(short(say.stop_all), Choose(STOP_ALL))]


def _town_choices(talk: Talk, piece: int) -> list[Choice]:
    towns = talk.shown.towns
    pieces = max(1, -(-len(towns) // TOWNS_AT_ONCE))
    first = (piece % pieces) * TOWNS_AT_ONCE
    found = [
        Choice(short(talk.shown.town(town)), Choose(LiveIn(town.id))) for town in towns[first : first + TOWNS_AT_ONCE]
    ]
    more = Choice(short(talk.shown.say.next), ShowSettings(SettingsPage.AREA, (piece + 1) % pieces))
    kept = [_forget(talk, LiveIn(None))] if talk.choices.area else []
    return [*kept, *found, *([more] if pieces > 1 else [])]


def _forget(talk: Talk, wanted: Speakable) -> Choice:
    return Choice(short(talk.shown.say.forget), Choose(wanted))


def _child_choices(talk: Talk, _: int) -> list[Choice]:
    say, today = talk.shown.say, talk.asking.today
    earliest = date(today.year - OLDEST_CHILD_MONTHS // 12, today.month, 1)
    gone = [
        Choice(short(f"{say.page.delete}: {talk.shown.month(born)}"), Choose(RemoveChild(born)))
        for born in talk.choices.children
    ]
    return [Choice(short(say.add_child), PickMonth(earliest, today)), *gone]


def _age_choices(talk: Talk, _: int) -> list[Choice]:
    found = [Choice(short(talk.shown.say.ages[band]), Choose(BeOfAge(band))) for band in AgeBand]
    return [*found, *([_forget(talk, BeOfAge(None))] if talk.choices.age_band else [])]


def _language_choices(talk: Talk, _: int) -> list[Choice]:
    found = [Choice(name, Choose(Read(variant))) for variant, name in NAMES.items()]
    return [*found, *([_forget(talk, Read(None))] if talk.choices.variant else [])]


def _quiet_choices(talk: Talk, _: int) -> list[Choice]:
    found = [Choice(short(talk.shown.hours(night)), Choose(Rest(night))) for night in NIGHTS]
    return [*found, *([_forget(talk, Rest(None))] if talk.choices.quiet else [])]


def _disability(talk: Talk, page: SettingsPage, piece: int) -> Reply:  # noqa: ARG001 - as every page
    """The certificate is told on the page alone: a chat is kept at LINE, and others may look at it."""
    if page not in talk.pages:
        return _home(talk, SettingsPage.HOME, 0)
    kept = [_forget(talk, ForgetDisability())] if talk.choices.certificate_kept else []
    links = _links(talk) if talk.door and talk.door.seal else ()
    return _said(_asked(talk, page), (*kept, _back(talk)), links)


def _mine(talk: Talk, page: SettingsPage, piece: int) -> Reply:  # noqa: ARG001 - as every page
    say, refused = talk.shown.say, talk.shown.topics(talk.choices.refused)
    mine = select(func.count()).select_from(Question).where(Question.resident_id == talk.resident)
    lines = [say.mine, "", *talk.shown.lines(talk.choices, talk.pages)]
    lines += [say.refused.format(topics=refused)] if refused else []
    lines += [say.asked.format(count=talk.asking.session.scalar(mine) or 0)]
    also, ends = kept(talk.asking)
    erase = Choice(short(say.items[SettingsPage.ERASE]), ShowSettings(SettingsPage.ERASE))
    return _said("\n".join([*lines, *also]), (*ends, erase, _back(talk)), _links(talk))


def _erase(talk: Talk, page: SettingsPage, piece: int) -> Reply:  # noqa: ARG001 - as every page
    say = talk.shown.say
    yes, no = Choice(short(say.erase_yes), Choose(ForgetAll())), Choice(short(say.erase_no), ShowSettings())
    return _said(say.erase_ask, (yes, no))


def _told(talk: Talk, wanted: Speakable, done: Done) -> str:
    """What is different now."""
    say = talk.shown.say
    match wanted:
        case ForgetAll():
            return say.done_erased
        case _ if not done.changed:
            return say.done_nothing
        case ForgetDisability():
            return say.done_forgot.format(item=say.items[SettingsPage.DISABILITY])
        case WantTopic(topic, on):
            return (say.done_want if on else say.done_stop).format(topic=say.topics[topic])
        case TopicsAs():
            return say.done_topics.format(value=talk.shown.value(SettingsPage.TOPICS, talk.choices))
    page = _ITEM_OF[type(wanted)]
    item, value = say.items[page], talk.shown.value(page, talk.choices)
    return (say.done_forgot if value == say.nothing else say.done_set).format(item=item, value=value)


_ITEM_OF: dict[type[Speakable], SettingsPage] = {
    LiveIn: SettingsPage.AREA,
    AddChild: SettingsPage.CHILDREN,
    RemoveChild: SettingsPage.CHILDREN,
    BeOfAge: SettingsPage.AGE,
    Read: SettingsPage.LANGUAGE,
    Rest: SettingsPage.QUIET,
}
_CHOICES: dict[SettingsPage, Callable[[Talk, int], list[Choice]]] = {
    SettingsPage.TOPICS: _topic_choices,
    SettingsPage.AREA: _town_choices,
    SettingsPage.CHILDREN: _child_choices,
    SettingsPage.AGE: _age_choices,
    SettingsPage.LANGUAGE: _language_choices,
    SettingsPage.QUIET: _quiet_choices,
}
_PAGES: dict[SettingsPage, Callable[[Talk, SettingsPage, int], Reply]] = {
    SettingsPage.HOME: _home,
    SettingsPage.DISABILITY: _disability,
    SettingsPage.MINE: _mine,
    SettingsPage.ERASE: _erase,
}
