"""What else is kept for a resident: ward systems that may write to them, and reminders; each with its one press."""

from handlers.actions import EndLink
from handlers.asking import Asking
from handlers.card import day, short
from handlers.deadline.actions import DropReminder
from handlers.reply import Choice
from knowledge import deadlines, links

MOST = 5
"""Buttons under a page are few; what is older ends by the button below its own message."""


def kept(asking: Asking) -> tuple[list[str], list[Choice]]:
    """A line for each thing that is kept, and the buttons that end the latest of them."""
    if asking.resident is None:
        return [], []
    say = asking.say
    joined = links.of_resident(asking.session, asking.resident)
    waiting = deadlines.of_resident(asking.session, asking.resident)
    lines = [say.kept_link.format(system=each.system) for each in joined]
    choices = [Choice(short(f"{say.kept_end}{each.system}"), EndLink(each.link)) for each in joined]
    for row in waiting:
        guide = asking.guide(row.guide_id)
        title = guide.title if guide else row.guide_id
        when = day(deadlines.day_of(row.remind_at), asking.language)
        lines.append(say.kept_reminder.format(title=title, day=when))
        choices.append(Choice(short(f"{say.kept_end}{title}"), DropReminder(row.id)))
    return lines, choices[:MOST]
