"""Reminders of deadlines from the button to LINE's ledger: once, in time, in the words of the live record."""

import json
from datetime import date, datetime, timedelta
from typing import cast

import pytest
from hypothesis import given
from hypothesis import strategies as st

from bot.line.events import read
from bot.line.flex import postback
from bot.line.layout import lay_out
from bot.line.reduce import reduce
from bot.notices.letters import send_letter
from bot.notices.reminding import remind
from bot.notices.sender import Step
from bot.simulator.endpoints import Endpoint
from handlers.actions import Action, pack, unpack
from handlers.answers import show_guide
from handlers.asking import Asking
from handlers.conversation import Asker, Channel, Responder
from handlers.deadline.actions import DropReminder, PickDay, RemindFrom, RemindMe
from handlers.events import Pressed
from handlers.reply import Choice, Outcome, Reply, Text
from knowledge import deadlines, library
from knowledge.days import JST
from knowledge.guide import Deadline, DeadlineRule
from knowledge.models import DeadlineReminder, Letter, LetterStatus, Resident, ResidentChoices, ResidentStatus
from knowledge.search import Searcher
from knowledge.text import Language
from tests.bot.notices.world import Ward
from tests.databases import toshima_url as database_url
from tests.knowledge.notices.town import line_id

__all__ = ["database_url"]

BIRTH = "shussei-todoke"
RESPONDER = Responder(cast("Searcher", None))
"""Buttons ask no index."""


@pytest.fixture
def home(town: Ward) -> Ward:
    """The ward with its guides and three friends, at nine in the morning of the 18th of November 2026 in Japan."""
    town.clock.time = datetime(2026, 11, 18, 9, 0, tzinfo=JST).timestamp()
    town.friends(3)
    return town


def _presses(town: Ward, action: Action, resident: int = 1) -> Reply:
    with town.sessions.begin() as session:
        return RESPONDER.act(session, action, Asker(Channel.LINE, resident=resident), town.now)


def _says(reply: Reply) -> str:
    part = reply.parts[0]
    assert isinstance(part, Text)
    return part.text


def _reminder(reply: Reply) -> str:
    return next(each.action.reminder for each in reply.choices if isinstance(each.action, DropReminder))


def _days(town: Ward, days: float) -> None:
    """Time passes an hour at a time, and the worker does its rounds."""
    for _ in range(int(days * 24)):
        town.clock.pass_(3600)
        remind(town.sessions, lay_out, town.now)
        while send_letter(town.parts) is not Step.IDLE:
            town.clock.pass_(0.1)


def _told(town: Ward) -> list[tuple[str, str]]:
    taken = town.platform.ledger.accepted(Endpoint.MULTICAST)
    return [(to, str(entry.messages[0]["text"])) for entry in taken for to in entry.recipients]


def test_a_resident_is_reminded_once_before_the_deadline(home: Ward) -> None:
    """The answer offers it, the day is asked with the reason, and three days before the record's own words come."""
    with home.sessions.begin() as session:
        shown = show_guide(Asking(session, "", Language.JA, (), "q", home.now, 1), BIRTH)
    offered = next(each for each in shown.choices if isinstance(each.action, RemindMe))
    assert offered.label == "この手続きの期限を知らせて"
    asked = _presses(home, offered.action)
    assert "「生まれた日（その日を含む）」はいつですか" in _says(asked)
    assert "期限が過ぎたら消します" in _says(asked)
    pick = asked.choices[0].action
    assert isinstance(pick, PickDay)
    noted = _presses(home, RemindFrom(pick.guide, pick.number, date(2026, 11, 15)))
    assert "2026年11月25日の朝10時ごろに一度だけ" in _says(noted)
    assert _says(_presses(home, RemindFrom(pick.guide, pick.number, date(2026, 11, 15)))) == _says(noted)
    _days(home, 6.9)
    assert _told(home) == []
    _days(home, 10)
    assert [to for to, _ in _told(home)] == [line_id(1)]
    assert "期限：生まれた日を含めて14日以内（選んだ日：2026年11月15日）" in _told(home)[0][1]
    with home.sessions() as session:
        assert session.query(DeadlineReminder).count() == 0
        assert [letter.messages for letter in session.query(Letter)] == [None]


def test_one_press_deletes_it_and_nobody_elses(home: Ward) -> None:
    """Another resident's press does nothing; after the own one nothing comes."""
    reminder = _reminder(_presses(home, RemindFrom(BIRTH, 0, date(2026, 11, 15))))
    assert _presses(home, DropReminder(reminder), resident=2).outcome == Outcome.NOT_FOUND
    assert "消しました" in _says(_presses(home, DropReminder(reminder)))
    assert _presses(home, DropReminder(reminder)).outcome == Outcome.NOT_FOUND
    _days(home, 14)
    assert _told(home) == []


def test_a_missed_reminder_is_dropped_and_quiet_hours_are_kept(home: Ward) -> None:
    """Nothing comes after the last day; who sleeps in the morning hears at the end of the quiet hours."""
    for resident in (1, 2):
        _presses(home, RemindFrom(BIRTH, 0, date(2026, 11, 15)), resident)
    with home.sessions.begin() as session:
        session.get_one(Resident, 1).status = ResidentStatus.BLOCKED
        session.add(ResidentChoices(resident_id=2, quiet_from=9 * 60, quiet_until=13 * 60, updated_at=home.now))
    _days(home, 7.15)
    assert _told(home) == []
    _days(home, 0.2)
    assert [to for to, _ in _told(home)] == [line_id(2)]
    _presses(home, RemindFrom(BIRTH, 0, date(2026, 11, 20)), 3)
    home.clock.pass_(timedelta(days=20).total_seconds())
    _days(home, 1)
    assert len(_told(home)) == 1
    with home.sessions() as session:
        assert session.query(DeadlineReminder).count() == 0
        assert {letter.status for letter in session.query(Letter)} == {LetterStatus.BLOCKED, LetterStatus.DELIVERED}


def test_what_is_near_or_over_is_said_at_once(home: Ward) -> None:
    """A reminder that would come too late is not noted; nor is one for a guide without such a deadline."""
    assert "近づいています" in _says(_presses(home, RemindFrom(BIRTH, 0, date(2026, 11, 6))))
    assert "過ぎているかもしれません" in _says(_presses(home, RemindFrom(BIRTH, 0, date(2026, 9, 1))))
    for action in (RemindFrom(BIRTH, 0, date(2020, 1, 1)), RemindFrom(BIRTH, 9, date(2026, 11, 15)), RemindMe("x", 0)):
        assert _presses(home, action).outcome == Outcome.NOT_FOUND
    with home.sessions() as session:
        assert session.query(DeadlineReminder).count() == 0


def test_a_guide_that_was_withdrawn_reminds_nobody(home: Ward) -> None:
    """The live record decides at the last moment."""
    _presses(home, RemindFrom(BIRTH, 0, date(2026, 11, 15)))
    with home.sessions.begin() as session:
        library.withdraw(session, BIRTH, home.now)
    _days(home, 14)
    assert _told(home) == []


def test_two_workers_remind_once(home: Ward) -> None:
    """Whoever comes second finds the letter made."""
    _presses(home, RemindFrom(BIRTH, 0, date(2026, 11, 15)))
    home.clock.pass_(timedelta(days=7, hours=2).total_seconds())
    assert [remind(home.sessions, lay_out, home.now) for _ in range(3)] == [1, 0, 0]


def test_the_picked_day_comes_back_through_the_webhook() -> None:
    """LINE's calendar sends the day beside the payload; of every other picker only the month is kept."""
    pick = PickDay(BIRTH, 0, date(2025, 1, 1), date(2027, 1, 1), date(2026, 11, 21))
    action = postback_of(pick)
    assert (action["type"], action["mode"], action["min"], action["max"]) == (
        "datetimepicker", "date", "2025-01-01", "2027-01-01",
    )  # fmt: skip
    event = {
        "type": "postback",
        "mode": "active",
        "timestamp": 1,
        "replyToken": "t",
        "webhookEventId": "e",
        "source": {"type": "user", "userId": line_id(1)},
        "postback": {"data": action["data"], "params": {"date": "2026-11-15"}},
    }
    stored = reduce(event)
    assert stored
    assert read("e", 1, stored.body).event.what == Pressed(RemindFrom(BIRTH, 0, date(2026, 11, 15)))
    other = reduce(event | {"postback": {"data": "pick:month", "params": {"date": "2026-11-15"}}})
    assert other
    assert "2026-11-15" not in json.dumps(other.body)


def postback_of(action: Action) -> dict[str, str]:
    """The LINE action of a button."""
    return postback(Choice("日を選ぶ", action))


@given(st.from_regex(r"[a-z0-9]{1,20}", fullmatch=True), st.integers(0, 99), st.dates())
def test_what_is_packed_is_unpacked(guide: str, number: int, day: date) -> None:
    """And nothing else is taken for it."""
    for action in (RemindMe(guide, number), RemindFrom(guide, number, day), DropReminder(guide)):
        assert unpack(pack(action)) == action
    assert unpack(f"remindfrom:{guide}:{number}:2026-02-30") is None
    assert unpack(f"remind:{guide}:-1") is None


@given(st.dates(date(2020, 1, 1), date(2030, 1, 1)), st.sampled_from(["1d", "7d", "14d", "1m", "3m", "2y"]))
def test_nobody_is_reminded_too_late(happened: date, within: str) -> None:
    """The reminder comes before the last day, and the last day is never later than counted from the next day."""
    rule = DeadlineRule(after="出来事", within=within)
    due = deadlines.due_day(Deadline(text="期限", rule=rule), happened)
    days = {"1d": 1, "7d": 7, "14d": 14}.get(within)
    assert due < happened + timedelta(days=days or 800)
    assert deadlines.remind_at(happened, due) < deadlines.last_moment(due)
    assert due >= happened
