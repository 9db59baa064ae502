"""The loop back: who agreed hears the mended answer exactly once, by day, and nobody else hears anything.

The ledger of the strict simulator is the judge: what it accepted is what residents were shown.
"""

from collections import Counter
from collections.abc import Iterator
from contextlib import suppress
from datetime import UTC, datetime, timedelta
from pathlib import Path
from random import Random

import pytest
from pydantic import SecretStr
from sqlalchemy import select, update

from bot.simulator.app import create_simulator
from bot.simulator.config import SimulatorConfig
from bot.simulator.endpoints import Endpoint
from bot.simulator.faults import Fault
from bot.telling import try_answers
from bot.wiring import open_searcher
from handlers.actions import TellMe, pack
from handlers.conversation import Asker, Channel, Responder
from handlers.reply import Outcome
from knowledge import work
from knowledge.changes import QuietHours, Rest
from knowledge.choosing import change
from knowledge.database import Sessions
from knowledge.grouping import group_due
from knowledge.models import AuditEntry, GroupStatus, GuideRow, QuestionGroup, ResidentStatus, Wish
from knowledge.residents import change_status, resident_of
from tests.bot.simulator.stand import SECRET, TOKEN, Street
from tests.bot.town import NOON, DeathError, Mortal, Town
from tests.databases import toshima_url as database_url
from tests.installation import settings_for

__all__ = ["database_url"]

ASKED = {
    "転入届はいつまでですか": "tennyu-todoke",
    "住民票の写しがほしい": "juminhyo",
    "粗大ごみの出し方": "sodai-gomi",
}
LOST = "昨日のサッカーの試合の結果"
MISHAPS = (Fault.RATE_LIMITED, Fault.SERVER_ERROR, Fault.RESET, Fault.ACCEPTED_ERROR, Fault.REPLY_LOST)


@pytest.fixture(scope="module")
def street() -> Iterator[Street]:
    """The server of this module's platforms."""
    street = Street()
    yield street
    street.close()


@pytest.fixture(scope="module")
def responder(installation: Path) -> Responder:
    """What answers, with the real index."""
    return Responder(open_searcher(settings_for(installation)))


@pytest.fixture
def town(sessions: Sessions, responder: Responder, street: Street) -> Iterator[Town]:
    """A town on each kind of database."""
    clock: list[Town] = []
    config = SimulatorConfig(SECRET, TOKEN, seed=1, now=lambda: _now(clock).timestamp())
    app = create_simulator(config)
    with street.served(app) as url, Mortal(url, url, SecretStr(TOKEN), timeout_seconds=5) as client:
        clock.append(Town(sessions, responder, client, app.state.platform))
        yield clock[0]


def _now(clock: list[Town]) -> datetime:
    return clock[0].now if clock else NOON


def test_who_agreed_hears_it_once(town: Town) -> None:
    """Two asked, one agreed: that one gets the answer with their question, once, whatever is redone or published."""
    town.wish(1, "転入届はいつまでですか")
    town.wrong(2, "転入届はいつまでですか")
    assert town.tell() == 0
    for _ in range(2):
        town.mend()
        town.tell()
        town.now += timedelta(minutes=5)
    assert town.told() == {town.line_id(1): 1}
    shown = str(town.platform.ledger.shown_to(town.line_id(1)))
    assert "11月20日にいただいたご質問「転入届はいつまでですか」に、お答えできるようになりました。" in shown
    assert town.wishes() == 0
    with town.sessions() as session:
        assert session.scalars(select(AuditEntry.action).order_by(AuditEntry.number)).all() == [
            "question_closed",
            "answer_sent_back",
        ]


def test_the_offer_is_made_where_it_can_be_kept(town: Town) -> None:
    """After 「違う」 and after not found, on LINE only; the button carries an id and nothing that was typed."""
    asker, reply, said = town.wrong(1, "転入届はいつまでですか")
    offered = said.choices[0]
    assert offered.label == "答えができたら知らせてほしい"
    assert offered.action == TellMe(reply.question or "")
    assert pack(offered.action) == f"tell:{reply.question}"
    with town.sessions.begin() as session:
        lost = town.responder.ask(session, LOST, asker, town.now)
        web = town.responder.ask(session, LOST, Asker(Channel.WEB), town.now)
    assert lost.outcome == web.outcome == Outcome.NOT_FOUND
    assert isinstance(lost.choices[0].action, TellMe)
    assert not any(isinstance(choice.action, TellMe) for choice in web.choices)
    assert len(lost.choices) <= 13


def test_nobody_agrees_for_another(town: Town) -> None:
    """A button that is pressed by somebody else than who asked does nothing."""
    _, reply, _ = town.wrong(1, "転入届はいつまでですか")
    assert town.press(town.join(2), reply.question or "").outcome == Outcome.NOT_FOUND
    assert town.wishes() == 0


def test_what_is_answered_by_now_is_answered_at_once(town: Town) -> None:
    """Agreeing after it was mended, or again after being told, shows the answer and asks for no letter."""
    asker, reply, _ = town.wrong(1, "転入届はいつまでですか")
    town.mend()
    shown = town.press(asker, reply.question or "")
    assert (shown.outcome, shown.guide) == (Outcome.ANSWERED, "tennyu-todoke")
    town.tell()
    assert town.told() == {}


def test_nobody_is_written_to_by_night(town: Town) -> None:
    """From nine in the evening to eight in the morning letters wait."""
    town.wish(1, "転入届はいつまでですか")
    for hour, minute in ((21, 0), (23, 30), (0, 0), (7, 59)):
        town.now = datetime(2026, 11, 21, (hour - 9) % 24, minute, tzinfo=UTC)
        town.mend()
        assert town.tell() == 0, hour
    town.now = datetime(2026, 11, 21, 23, 0, tzinfo=UTC)
    assert town.tell() == 1
    assert town.told() == {town.line_id(1): 1}


@pytest.mark.parametrize("dies", ["before", "after"])
def test_a_death_at_the_wire_sends_once(town: Town, dies: str) -> None:
    """Killed before the first byte or after the last, the next process sends the same letter under the same key."""
    town.wish(1, "転入届はいつまでですか")
    town.mend()
    town.client.dies = dies
    with suppress(DeathError):
        town.tell()
    town.client.dies = ""
    assert town.tell() == 0, "the lease of the dead is respected"
    town.now += timedelta(minutes=3)
    assert town.tell() == 1
    assert town.told() == {town.line_id(1): 1}
    assert town.wishes() == 0


@pytest.mark.parametrize("fault", MISHAPS)
def test_a_mishap_sends_once(town: Town, fault: Fault) -> None:
    """Refused, cut or accepted without an answer: it is tried again later and shown once."""
    town.platform.faults.queue(Endpoint.PUSH, fault)
    town.wish(1, "転入届はいつまでですか")
    town.mend()
    town.tell()
    assert town.wishes() == 1
    town.now += timedelta(minutes=5)
    town.tell()
    assert town.told() == {town.line_id(1): 1}
    assert town.wishes() == 0


def test_what_may_have_arrived_is_not_sent_blindly(town: Town) -> None:
    """After 23 hours of silence LINE may have forgotten the key: the letter is given up, not risked twice."""
    town.wish(1, "転入届はいつまでですか")
    town.mend()
    town.client.dies = "after"
    with suppress(DeathError):
        town.tell()
    town.client.dies = ""
    town.now += timedelta(hours=24, minutes=1)
    assert town.tell() == 0
    assert town.told() == {town.line_id(1): 1}
    assert town.wishes() == 0


def test_leaving_and_taking_back_end_a_wish(town: Town) -> None:
    """Who blocks us or takes the message back hears nothing, also when they come back."""
    town.wish(1, "転入届はいつまでですか")
    asker, reply, _ = town.wrong(2, "転入届はいつまでですか")
    town.press(asker, reply.question or "")
    town.unfollow(1)
    with town.sessions.begin() as session:
        town.responder.forget(session, asker.message or "")
        change_status(session, town.line_id(1), ResidentStatus.FRIEND, int(town.now.timestamp()) + 1, town.now)
    assert town.wishes() == 0
    town.mend()
    town.tell()
    assert town.told() == {}


def test_a_wish_ends_after_thirty_days(town: Town) -> None:
    """What was not mended in thirty days is forgotten."""
    town.wish(1, "転入届はいつまでですか")
    town.now += timedelta(days=29, hours=23)
    town.tell()
    assert town.wishes() == 1
    town.now += timedelta(hours=2)
    town.tell()
    assert town.wishes() == 0


@pytest.mark.parametrize("seed", range(4))
def test_random_histories_tell_exactly_once(town: Town, seed: int) -> None:
    """Wishes, mending, leaving, mishaps, deaths and nights in any order: each wish that can be is told, once."""
    chance, wished, left = Random(seed), Counter[str](), set[int]()
    for _ in range(25):
        town.now += timedelta(minutes=chance.randrange(1, 60))
        step, who = chance.random(), chance.randrange(1, 6)
        if step < 0.4 and who not in left:
            question = town.wish(who, chance.choice(list(ASKED)))
            with town.sessions() as session:
                wished[town.line_id(who)] += session.get(Wish, question) is not None
        elif step < 0.5:
            town.unfollow(who)
            left.add(who)
        elif step < 0.7:
            town.mend()
        else:
            town.platform.faults.queue(Endpoint.PUSH, *chance.choices(MISHAPS, k=chance.randrange(2)))
            town.client.dies = chance.choice(["", "", "before", "after"])
            with suppress(DeathError):
                town.tell()
            town.client.dies = ""
    town.platform.faults.clear()
    town.mend()
    for _ in range(30):
        town.now += timedelta(hours=1)
        town.tell()
    told = town.told()
    assert {user: count for user, count in told.items() if user not in map(town.line_id, left)} == {
        user: count for user, count in wished.items() if user not in map(town.line_id, left) and count
    }
    assert all(told[user] <= wished[user] for user in told)
    assert town.wishes() == 0
    for entry in town.platform.ledger.accepted(Endpoint.PUSH):
        hour = datetime.fromtimestamp(entry.time, UTC) + timedelta(hours=9)
        assert 8 <= hour.hour < 21
    keys = [entry.retry_key for entry in town.platform.ledger.accepted(Endpoint.PUSH)]
    assert len(keys) == len(set(keys))


def test_a_group_is_answered_only_by_its_guide(town: Town) -> None:
    """Published again but not answering, a guide leaves its group open to be mended."""
    town.wish(1, "転入届はいつまでですか")
    group_due(town.sessions, town.responder.searcher, town.now)
    with town.sessions.begin() as session:
        group = session.scalars(select(QuestionGroup)).one()
        work.take_up(session, group.id, "sodai-gomi", 1, town.now)
        session.execute(update(GuideRow).values(updated_at=town.now))
    assert try_answers(town.sessions, town.responder, town.now) == 0
    with town.sessions() as session:
        assert session.scalars(select(QuestionGroup.status)).one() == GroupStatus.FIXING
    assert town.tell() == 0


def test_a_mended_answer_waits_for_the_residents_own_quiet_hours(town: Town) -> None:
    """Noon is night for who works at night: told when their hours end, once."""
    town.wish(1, "転入届はいつまでですか")
    with town.sessions.begin() as session:
        who = resident_of(session, town.line_id(1), 1, town.now).id
        change(session, who, Rest(QuietHours(9 * 60, 15 * 60)), town.now)
    town.mend()
    assert town.tell() == 0
    assert town.told() == {}
    town.now = NOON + timedelta(hours=3)
    town.tell()
    assert town.told() == {town.line_id(1): 1}
