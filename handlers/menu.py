"""The entries everybody sees first: the pack's table, as buttons in the asker's language."""

from collections.abc import Iterable

from handlers.actions import Action, ShowGuide, ShowLifeEvent, ShowMenu
from handlers.card import short
from handlers.disaster.actions import ShowDisaster
from handlers.reply import Choice
from knowledge.records import LifeEvent, MenuEntry
from knowledge.text import Language


def entries(menu: Iterable[MenuEntry], language: Language = Language.JA) -> tuple[Choice, ...]:
    """A button for each entry."""
    return tuple(Choice(short(_label(entry.label, entry, language)), _action(entry)) for entry in menu)


def event_name(event: LifeEvent, language: Language) -> str:
    """A life event's name with its icon."""
    return f"{event.icon} {_label(event.name, event, language)}"


def _label(japanese: str, of: MenuEntry | LifeEvent, language: Language) -> str:
    return of.names.said(language) or japanese


def _action(entry: MenuEntry) -> Action:
    if entry.guide:
        return ShowGuide(entry.guide)
    if entry.topic:
        return ShowDisaster(entry.topic)
    return ShowLifeEvent(entry.life_event) if entry.life_event else ShowMenu()
