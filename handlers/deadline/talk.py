"""The talk about reminders: from which day, that it is noted, that it is deleted; and the reminder itself."""

from datetime import timedelta

from handlers import answers
from handlers.asking import Asking
from handlers.card import day, deadline_line
from handlers.deadline.actions import DeadlineAction, DropReminder, PickDay, RemindFrom, RemindMe
from handlers.reply import Choice, Outcome, Reply, Text
from knowledge import deadlines
from knowledge.guide import Deadline, Guide
from knowledge.models import DeadlineReminder

EARLIEST, LATEST = timedelta(days=2 * 366), timedelta(days=366)
"""How far back, or ahead, the day may be that a deadline counts from."""


def act(asking: Asking, action: DeadlineAction) -> Reply:
    """The reply to a button of reminders."""
    match action:
        case RemindMe(guide, number) | PickDay(guide, number):
            return _ask(asking, guide, number)
        case RemindFrom():
            return _note(asking, action)
        case DropReminder(reminder):
            return _drop(asking, reminder)


def _ask(asking: Asking, guide_id: str, number: int) -> Reply:
    found = _deadline(asking, guide_id, number)
    if found is None:
        return answers.gone(asking)
    guide, deadline = found
    said = asking.say.remind_ask.format(
        event=deadline.rule.after if deadline.rule else "", deadline=deadline_line(asking.glance(guide), deadline)
    )
    pick = PickDay(guide_id, number, asking.today - EARLIEST, asking.today + LATEST, asking.today)
    return Reply(Outcome.MENU, (Text(said),), (Choice(asking.say.remind_pick, pick), answers.menu_choice(asking)))


def _note(asking: Asking, action: RemindFrom) -> Reply:
    found = _deadline(asking, action.guide, action.number)
    in_reach = asking.today - EARLIEST <= action.day <= asking.today + LATEST
    if found is None or asking.resident is None or not in_reach:
        return answers.gone(asking)
    guide, deadline = found
    line = deadline_line(asking.glance(guide), deadline)
    due = deadlines.due_day(deadline, action.day)
    remind_at = deadlines.remind_at(action.day, due)
    if remind_at <= asking.now:
        said = asking.say.remind_soon if asking.today <= due else asking.say.remind_past
        return Reply(
            Outcome.MENU, (Text(said.format(deadline=line, desk=asking.desk(guide))),), answers.ways_on(asking, guide)
        )
    row = deadlines.keep(asking.session, asking.resident, action.guide, asking.language, action.day, due, asking.now)
    said = asking.say.remind_noted.format(
        title=guide.title, day=day(deadlines.day_of(remind_at), asking.language), deadline=line
    )
    drop = Choice(asking.say.remind_drop, DropReminder(row.id))
    return Reply(Outcome.MENU, (Text(said),), (drop, *answers.ways_on(asking, guide)))


def _drop(asking: Asking, reminder: str) -> Reply:
    if asking.resident is None or not deadlines.drop(asking.session, reminder, asking.resident):
        return answers.gone(asking)
    return Reply(Outcome.MENU, (Text(asking.say.remind_dropped),), (answers.menu_choice(asking),))


def letter(asking: Asking, row: DeadlineReminder) -> Reply | None:
    """The reminder: the deadline in the words of the live record, never a date of our own; None where it is gone."""
    guide = asking.guide(row.guide_id)
    number = deadlines.countable(guide) if guide and not asking.expired(guide) else None
    if guide is None or number is None:
        return None
    line = deadline_line(asking.glance(guide), guide.deadlines[number])
    said = asking.say.remind_letter.format(title=guide.title, deadline=line, day=day(row.happened, asking.language))
    return Reply(Outcome.MENU, (Text(f"{said}\n{asking.notice}"),), answers.ways_on(asking, guide))


def _deadline(asking: Asking, guide_id: str, number: int) -> tuple[Guide, Deadline] | None:
    """A guide's deadline that counts from an event, as the record has it today."""
    guide = asking.guide(guide_id)
    if guide is None or asking.expired(guide) or number >= len(guide.deadlines):
        return None
    deadline = guide.deadlines[number]
    return (guide, deadline) if deadlines.counts(deadline) else None
