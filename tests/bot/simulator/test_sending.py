"""Reply, push, multicast, broadcast: what is accepted, what is refused and in which words."""

import pytest

from bot.simulator.config import SimulatorConfig, UnknownRecipients
from bot.simulator.endpoints import Endpoint
from bot.simulator.events import Events
from bot.simulator.people import Relation, User
from tests.bot.line.samples import ALL, FLEX, QUICK, TEXT, Json
from tests.bot.simulator.stand import HELLO, KEY, SECRET, TOKEN, Api, Clock

NOBODY = "U" + "0" * 32
OTHER_KEY = "123e4567-e89b-12d3-a456-426614174001"


def test_every_answer_has_a_request_id_and_the_token_is_checked(api: Api, alice: User) -> None:
    """A wrong or missing token is 401; accepted and refused requests carry different ids."""
    accepted, refused = api.push(alice.id), api.push(alice.id, authorization="Bearer wrong")
    assert (accepted.status_code, refused.status_code) == (200, 401)
    assert api.http.post("/v2/bot/message/push", json={}).status_code == 401
    assert accepted.headers["x-line-request-id"] != refused.headers["x-line-request-id"]
    (entry,) = api.platform.ledger.accepted()
    assert entry.request_id == accepted.headers["x-line-request-id"]


def test_the_ledger_keeps_what_was_accepted_byte_for_byte(api: Api, alice: User) -> None:
    """Recipient, messages, endpoint, key, time and the raw body stand in the ledger."""
    response = api.push(alice.id, TEXT, FLEX, x_line_retry_key=KEY)
    (entry,) = api.platform.ledger.accepted(Endpoint.PUSH)
    assert entry.messages == (TEXT, FLEX)
    assert (entry.recipients, entry.shown_to) == ((alice.id,), (alice.id,))
    assert (entry.retry_key, entry.time) == (KEY, api.clock.time)
    assert entry.body == response.request.content
    assert len(response.json()["sentMessages"]) == 2
    assert api.platform.ledger.shown_to(alice.id) == (TEXT, FLEX)


@pytest.mark.parametrize("sample", ALL, ids=[str(sample["type"]) for sample in ALL])
def test_every_kind_of_message_is_accepted(api: Api, alice: User, sample: Json) -> None:
    """What the validator accepts, the platform accepts."""
    assert api.push(alice.id, sample).status_code == 200
    assert api.post("/v2/bot/message/validate/push", {"messages": [sample]}).status_code == 200


def test_an_invalid_message_is_refused_for_everyone_with_its_path(api: Api, alice: User) -> None:
    """One bad message of two: nothing is sent, and LINE's details name the property."""
    response = api.push(alice.id, TEXT, {"type": "text", "text": ""})
    assert response.status_code == 400
    assert response.json() == {
        "message": "The request body has 1 error(s)",
        "details": [{"message": "May not be empty", "property": "messages[1].text"}],
    }
    assert api.platform.ledger.accepted() == ()
    assert api.post("/v2/bot/message/validate/reply", {"messages": [QUICK, TEXT]}).status_code == 400
    assert api.post("/v2/bot/message/validate/thought", {"messages": [TEXT]}).status_code == 404


@pytest.mark.parametrize("body", [b"", b"{", b"\xff", b"[]", b"[" * 100_000, b"null", b'"a"'])
def test_bodies_that_are_no_request(api: Api, body: bytes) -> None:
    """Broken, empty, deep and odd JSON is 400 for every endpoint that reads a body."""
    headers = {"authorization": f"Bearer {TOKEN}", "content-type": "application/json"}
    for path in ("reply", "push", "multicast", "broadcast", "validate/reply"):
        assert api.http.post(f"/v2/bot/message/{path}", content=body, headers=headers).status_code == 400


def test_content_type_and_size(api: Api) -> None:
    """Anything but JSON is 415, more than 2 MB is 413."""
    headers = {"authorization": f"Bearer {TOKEN}"}
    assert api.http.post("/v2/bot/message/push", content=b"{}", headers=headers).status_code == 415
    assert (
        api.http.post("/v2/bot/message/push", content=b"x" * (2 * 1024 * 1024 + 1), headers=headers).status_code == 413
    )


def test_a_reply_token_lives_a_minute_and_serves_once(api: Api, alice: User, events: Events) -> None:
    """Used once it is spent; another one dies after sixty seconds; invented ones never lived."""
    first, second = (events.text(alice, "やあ")["replyToken"] for _ in range(2))
    api.clock.pass_(60)
    assert api.reply(first).status_code == 200
    again = api.reply(first)
    assert (again.status_code, again.json()) == (400, {"message": "Invalid reply token"})
    api.clock.pass_(0.5)
    for token in (second, "0" * 32, "f" * 32, "nonsense"):
        assert api.reply(token).json()["message"] == "Invalid reply token"
    assert [entry.endpoint for entry in api.platform.ledger.accepted()] == [Endpoint.REPLY]


def test_an_invalid_reply_leaves_its_token_usable(api: Api, alice: User, events: Events) -> None:
    """An error means that nothing was sent, so the corrected reply still goes out."""
    token = events.text(alice, "やあ")["replyToken"]
    assert api.reply(token, {"type": "text", "text": "x" * 5001}).status_code == 400
    assert api.reply(token).status_code == 200


def test_a_retry_key_is_remembered_for_a_day(api: Api, alice: User) -> None:
    """The same key is 409 with the first request's id and its messages; after 24 hours it is new again."""
    first = api.push(alice.id, x_line_retry_key=KEY)
    again = api.push(alice.id, x_line_retry_key=KEY.upper())
    assert again.status_code == 409
    assert again.headers["x-line-accepted-request-id"] == first.headers["x-line-request-id"]
    assert again.json() == {"message": "The retry key is already accepted", **first.json()}
    assert api.push(alice.id, x_line_retry_key=OTHER_KEY).status_code == 200
    api.clock.pass_(24 * 60 * 60)
    assert api.push(alice.id, x_line_retry_key=KEY).status_code == 200
    assert len(api.platform.ledger.accepted()) == 3
    assert [entry.status for entry in api.platform.ledger.refused()] == [409]


def test_a_retry_key_is_refused_where_it_does_not_belong(api: Api, alice: User, events: Events) -> None:
    """Replies take none, and it has to be a UUID; a refused request does not use its key up."""
    token = events.text(alice, "やあ")["replyToken"]
    assert api.reply(token, x_line_retry_key=KEY).status_code == 400
    assert api.push(alice.id, x_line_retry_key="not-a-uuid").status_code == 400
    assert api.call("GET", "/v2/bot/info", x_line_retry_key=KEY).status_code == 400
    assert api.push(NOBODY, x_line_retry_key=KEY).status_code == 400
    assert api.push(alice.id, x_line_retry_key=KEY).status_code == 200


def test_blocked_users_are_dropped_in_silence(api: Api, alice: User, events: Events) -> None:
    """200, and nothing is shown; after unblocking it is; ids nobody has are refused for a push."""
    events.unfollow(alice)
    assert api.push(alice.id).status_code == 200
    events.follow(alice)
    assert api.push(alice.id).status_code == 200
    assert [entry.shown_to for entry in api.platform.ledger.accepted()] == [(), (alice.id,)]
    assert api.push(NOBODY).json() == {"message": "Failed to send messages"}
    assert api.push("alice").json()["message"].startswith("The property, to, in the request body is invalid")


def test_strangers_can_be_answered_for_a_week(api: Api, events: Events) -> None:
    """Someone who is no friend sees messages for seven days after writing."""
    stranger = api.platform.add_user("通りすがり", relation=Relation.STRANGER)
    api.push(stranger.id)
    events.text(stranger, "質問です")
    api.push(stranger.id)
    api.clock.pass_(7 * 24 * 60 * 60 + 1)
    api.push(stranger.id)
    assert [bool(entry.shown_to) for entry in api.platform.ledger.accepted()] == [False, True, False]


def test_multicast_takes_500_and_drops_who_is_not_there(api: Api, alice: User) -> None:
    """500 ids pass, 501 do not; unknown ids are dropped; a malformed one is named by its place."""
    assert api.multicast([alice.id, NOBODY]).json() == {}
    assert api.platform.ledger.accepted()[0].shown_to == (alice.id,)
    assert api.multicast([f"U{number:032x}" for number in range(500)]).status_code == 200
    assert api.multicast([f"U{number:032x}" for number in range(501)]).status_code == 400
    expected = "The property, to[1], in the request body is invalid (line: -, column: -)"
    assert api.multicast([alice.id, "bob"]).json()["message"] == expected


def test_broadcast_reaches_friends_only(api: Api, alice: User, events: Events) -> None:
    """The blocked and strangers see nothing."""
    bob, carol = api.platform.add_user("ボブ"), api.platform.add_user("キャロル", relation=Relation.STRANGER)
    events.unfollow(bob)
    assert api.post("/v2/bot/message/broadcast", {"messages": [HELLO]}).status_code == 200
    assert api.platform.ledger.shown_to(alice.id) == (HELLO,)
    assert api.platform.ledger.shown_to(bob.id) == api.platform.ledger.shown_to(carol.id) == ()


def test_groups_are_written_to_until_left(api: Api, alice: User, events: Events) -> None:
    """A joined group takes replies and pushes; one left is unknown."""
    group = "C" + "1" * 32
    token = events.join(group)["replyToken"]
    assert api.reply(token).status_code == api.push(group).status_code == 200
    assert [entry.shown_to for entry in api.platform.ledger.accepted()] == [(group,), (group,)]
    assert api.post(f"/v2/bot/group/{group}/leave", {}).status_code == 200
    assert api.push(group).status_code == 400
    assert api.post(f"/v2/bot/group/{group}/leave", {}).status_code == 404


@pytest.mark.parametrize(("seconds", "status"), [(5, 202), (60, 202), (7, 400), (65, 400), (0, 400), (True, 400)])
def test_loading_animation(api: Api, alice: User, seconds: object, status: int) -> None:
    """Multiples of five up to sixty; it runs that long, and ends with the next message."""
    response = api.post("/v2/bot/chat/loading/start", {"chatId": alice.id, "loadingSeconds": seconds})
    assert response.status_code == status
    if isinstance(seconds, int) and status == 202:
        assert alice.loading_until == api.clock.time + seconds
        api.push(alice.id)
        assert alice.loading_until == 0


class TestMonthlyQuota:
    """A plan with a cap of three recipients a month."""

    @pytest.fixture
    def config(self) -> SimulatorConfig:
        """Three recipients, and unknown ids in a multicast are refused."""
        refuse = UnknownRecipients.REFUSED
        return SimulatorConfig(SECRET, TOKEN, monthly_quota=3, unknown_recipients=refuse, seed=1, now=Clock())

    def test_recipients_are_counted_until_the_month_ends(self, api: Api, alice: User, events: Events) -> None:
        """Recipients count, not messages; replies are free; the blocked do not count; a new month starts at zero."""
        bob = api.platform.add_user("ボブ")
        assert api.push(alice.id, HELLO, HELLO).status_code == 200
        assert api.multicast([alice.id, bob.id]).status_code == 200
        assert api.call("GET", "/v2/bot/message/quota").json() == {"type": "limited", "value": 3}
        assert api.call("GET", "/v2/bot/message/quota/consumption").json() == {"totalUsage": 3}
        full = api.push(alice.id)
        assert (full.status_code, full.json()["message"]) == (429, "You have reached your monthly limit.")
        assert api.reply(events.text(alice, "?")["replyToken"]).status_code == 200
        events.unfollow(bob)
        assert api.push(bob.id).status_code == 200
        api.clock.pass_(31 * 24 * 60 * 60)
        assert api.push(alice.id).status_code == 200

    def test_an_unknown_id_refuses_the_multicast(self, api: Api, alice: User) -> None:
        """The other documented behaviour: 400 that names the place, and nobody is written to."""
        response = api.multicast([alice.id, NOBODY])
        assert response.status_code == 400
        assert response.json()["message"] == "The property, to[1], in the request body is invalid (line: -, column: -)"
        assert api.platform.ledger.accepted() == ()


def test_no_cap_without_a_quota(api: Api) -> None:
    """The municipal plan has none."""
    assert api.call("GET", "/v2/bot/message/quota").json() == {"type": "none"}
