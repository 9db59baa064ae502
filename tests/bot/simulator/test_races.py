"""The same request from several connections at once: one is accepted, as at LINE."""

from concurrent.futures import ThreadPoolExecutor

from bot.simulator.events import Events
from bot.simulator.identifiers import Identifiers
from bot.simulator.people import User
from tests.bot.simulator.stand import KEY, Api


def test_one_retry_key_at_once_is_accepted_once(api: Api, alice: User) -> None:
    """Twenty pushes with one key: one 200, nineteen 409, one message shown."""
    with ThreadPoolExecutor(10) as pool:
        answers = list(pool.map(lambda _: api.push(alice.id, x_line_retry_key=KEY), range(20)))
    assert sorted(answer.status_code for answer in answers) == [200] + [409] * 19
    assert len(api.platform.ledger.shown_to(alice.id)) == 1
    assert len({answer.headers["x-line-request-id"] for answer in answers}) == 20


def test_one_reply_token_at_once_serves_once(api: Api, alice: User, events: Events) -> None:
    """Twenty replies with one token: one is accepted."""
    token = events.text(alice, "やあ")["replyToken"]
    with ThreadPoolExecutor(10) as pool:
        statuses = list(pool.map(lambda _: api.reply(token).status_code, range(20)))
    assert sorted(statuses) == [200] + [400] * 19
    assert len(alice.chat) == 2


def test_seeded_identifiers_repeat_and_others_do_not() -> None:
    """The same seed gives the same ids; ULIDs of a later time sort after; without a seed nothing repeats."""
    one, two = Identifiers(5), Identifiers(5)
    assert [one.hex(), one.ulid(1.0), one.uuid(), one.message(1.0)] == [
        two.hex(),
        two.ulid(1.0),
        two.uuid(),
        two.message(1.0),
    ]
    assert one.ulid(1_000.0) < one.ulid(1_001.0)
    assert Identifiers(None).hex() != Identifiers(None).hex()
