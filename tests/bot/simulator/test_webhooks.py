"""Webhooks: signed, batched, shuffled, delivered again."""

import re
import threading
from collections import Counter
from random import Random

import httpx
import pytest
from linebot.v3.webhook import SignatureValidator, WebhookParser

from bot.simulator.events import Event, Events
from bot.simulator.people import User
from bot.simulator.phone import Phone
from bot.simulator.webhooks import Failure, WebhookSender, deliver_to, deliver_with, signature
from tests.bot.line.samples import FLEX, TEXT
from tests.bot.simulator.stand import SECRET, Api, Receiver, Street

GROUP = "C" + "2" * 32


def _all(events: Events, alice: User) -> list[Event]:
    return [
        events.text(alice, "引っ越しました𠮷"),
        events.text(alice, "@区役所", mention={"mentionees": []}),
        events.sticker(alice, "446", "1988", "よろしく"),
        events.image(alice, b"jpeg", index=1, total=2),
        events.video(alice, b"film"),
        events.audio(alice, b"voice"),
        events.file(alice, "申請書.pdf", b"%PDF"),
        events.location(alice, 35.73, 139.71, "区役所", "豊島区"),
        events.location(alice, 35.73, 139.71),
        events.postback(alice, "v=1", {"date": "2026-11-21"}),
        events.postback(alice, "v=1"),
        events.unfollow(alice),
        events.follow(alice),
        events.unsend(alice, "1"),
        events.join(GROUP),
        events.group_text(GROUP, alice, "こんにちは"),
        events.message_edited(GROUP, alice, "5", "こんばんは"),
        events.member_joined(GROUP, [alice]),
        events.member_left(GROUP, [alice]),
        events.leave(GROUP),
        events.beacon(alice),
        events.account_link(alice, "nonce-of-sixteen"),
        events.account_link(alice, "nonce-of-sixteen", "failed"),
        events.video_play_complete(alice, "t-1"),
        events.unknown(alice, "telepathy", telepathy={"strength": 3}),
    ]


def test_signature_is_the_documented_one() -> None:
    """LINE's own example, byte for byte."""
    body = b'{"destination":"U8e742f61d673b39c7fff3cecb7536ef0","events":[]}'
    assert signature(SECRET, body) == "GhRKmvmHys4Pi8DxkF4+EayaH0OqtJtaZxgTD9fMDLs="


def test_every_event_type_is_read_by_lines_sdk(api: Api, alice: User, events: Events) -> None:
    """The SDK parses each event to its own class, but for the type that does not exist yet."""
    api.platform.add_user("ボブ")
    made = _all(events, alice)
    taken: list[tuple[bytes, str]] = []

    def take(body: bytes, headers: object) -> int:
        taken.append((body, dict(headers)["x-line-signature"]))  # type: ignore[call-overload]
        return 200

    WebhookSender(api.platform, take).send(*made)
    ((body, given),) = taken
    assert SignatureValidator(SECRET).validate(body.decode(), given)
    parsed = WebhookParser(SECRET).parse(body.decode(), given)
    kinds = [type(event).__name__ for event in parsed]
    assert kinds[-1] == "UnknownEvent"
    assert "UnknownEvent" not in kinds[:-1]
    assert [event.type for event in parsed[:-1]] == [event["type"] for event in made[:-1]]


def test_ids_are_ulids_and_tokens_stand_where_line_gives_them(alice: User, events: Events) -> None:
    """Ids are unique ULIDs of the event's time; unfollow, unsend, leave and failed links have no reply token."""
    made = _all(events, alice)
    ids = [str(event["webhookEventId"]) for event in made]
    assert len(set(ids)) == len(ids)
    assert all(re.fullmatch(r"[0-7][0-9A-HJKMNP-TV-Z]{25}", each) for each in ids)
    without = {str(event["type"]) for event in made if "replyToken" not in event}
    assert without == {"unfollow", "unsend", "leave", "memberLeft", "accountLink"}


@pytest.mark.parametrize("header", ["x-line-signature", "X-Line-Signature", "X-LINE-SIGNATURE"])
def test_a_conversation_over_the_wire(
    api: Api, alice: User, sender: WebhookSender, receiver: Receiver, header: str
) -> None:
    """A text is delivered with its signature under any case of the header; the echo is shown to the user."""
    receiver.echo = lambda token, text: api.reply(token, {"type": "text", "text": text})
    delivery = sender.send(Events(api.platform).text(alice, "やあ"), header=header)
    assert (delivery.status, delivery.failure) == (200, None)
    assert receiver.headers[0]["x-line-signature"] == signature(SECRET, receiver.bodies[0])
    assert [(item.mine, item.message.get("text")) for item in alice.chat] == [(True, "やあ"), (False, "やあ")]


def test_the_verify_button(sender: WebhookSender, receiver: Receiver) -> None:
    """A webhook without events."""
    assert sender.verify().status == 200
    assert receiver.events == []
    assert len(receiver.bodies) == 1


def test_a_redelivery_has_the_same_ids_and_a_token_for_another_minute(
    api: Api, alice: User, sender: WebhookSender, receiver: Receiver, events: Events
) -> None:
    """A webhook refused by the bot is delivered again, marked; its token lives from then, to twenty minutes after."""
    receiver.status = 500
    first, second = sender.send(events.text(alice, "1")), sender.send(events.text(alice, "2"))
    assert {first.failure, second.failure} == {Failure.STATUS}
    receiver.status = 200
    api.clock.pass_(300)
    again = sender.redeliver_failed()
    assert sender.redeliver_failed() == []
    assert [event["deliveryContext"] for delivery in again for event in delivery.events] == [{"isRedelivery": True}] * 2
    assert [event["webhookEventId"] for event in receiver.events[2:]] == [
        event["webhookEventId"] for event in receiver.events[:2]
    ]
    assert api.reply(first.events[0]["replyToken"]).status_code == 200
    api.clock.pass_(20 * 60 - 300)
    sender.redeliver(second)
    assert api.reply(second.events[0]["replyToken"]).status_code == 200
    assert first.events[0]["deliveryContext"] == {"isRedelivery": False}


def test_a_token_is_dead_twenty_minutes_after_its_event(
    api: Api, alice: User, sender: WebhookSender, events: Events
) -> None:
    """However often the webhook is delivered again."""
    delivery = sender.send(events.text(alice, "1"))
    api.clock.pass_(20 * 60 + 1)
    sender.redeliver(delivery)
    assert api.reply(delivery.events[0]["replyToken"]).status_code == 400


def test_shuffled_batches_bring_everything_as_often_as_told(
    api: Api, alice: User, sender: WebhookSender, receiver: Receiver, events: Events
) -> None:
    """Events of several users, three times each, out of order and mixed within batches."""
    bob = api.platform.add_user("ボブ")
    made = [events.text(user, str(number)) for number in range(8) for user in (alice, bob)]
    sender.scatter(made, Random(3), copies=3, most=6)
    counted = Counter(event["webhookEventId"] for event in receiver.events)
    assert counted == {str(event["webhookEventId"]): 3 for event in made}
    made_first = [event["webhookEventId"] for event in made]
    assert list(dict.fromkeys(event["webhookEventId"] for event in receiver.events)) != made_first
    assert any(len({str(event["source"]) for event in each.events}) == 2 for each in sender.history)


def test_patience_ends_and_absence_is_noticed(api: Api, receiver: Receiver, street: Street) -> None:
    """A bot that keeps silent is a time-out, one that is not there a failed connection."""
    receiver.held = threading.Event()
    with street.served(receiver.app()) as url, httpx.Client(trust_env=False, verify=False) as client:
        silent = WebhookSender(api.platform, deliver_with(client, f"{url}/hook", patience=0.2)).verify()
    assert (silent.status, silent.failure) == (None, Failure.TIMEOUT)
    absent = WebhookSender(api.platform, deliver_to("http://127.0.0.1:9/hook")).verify()
    assert (absent.status, absent.failure) == (None, Failure.CONNECTION)


def test_the_api_tests_the_webhook(api: Api, receiver: Receiver, sender: WebhookSender) -> None:
    """The endpoint is set, told and tested; without one there is nothing to test."""
    assert api.post("/v2/bot/channel/webhook/test", {}).status_code == 404
    url = str(httpx.URL("http://127.0.0.1:9/hook"))
    assert api.call("PUT", "/v2/bot/channel/webhook/endpoint", {"endpoint": url}).status_code == 200
    assert api.call("GET", "/v2/bot/channel/webhook/endpoint").json() == {"endpoint": url, "active": True}
    failed = api.post("/v2/bot/channel/webhook/test", {}).json()
    assert (failed["success"], failed["reason"]) == (False, "COULD_NOT_CONNECT")
    too_long = {"endpoint": "https://example.jp/" + "a" * 500}
    assert api.call("PUT", "/v2/bot/channel/webhook/endpoint", too_long).status_code == 400


def test_a_phone_does_what_its_owner_does(api: Api, alice: User, sender: WebhookSender, receiver: Receiver) -> None:
    """Typing, pressing and taking back become events; links and copying stay on the phone."""
    phone = Phone(api.platform, alice, sender)
    phone.say("引っ越し")
    phone.press({"type": "message", "label": "a", "text": "いくら？"})
    phone.press({"type": "postback", "label": "a", "data": "v=1", "displayText": "解決した"})
    phone.press({"type": "datetimepicker", "label": "a", "data": "d", "mode": "date"}, "2026-11-21")
    phone.unsend(alice.chat[0].message_id)
    assert phone.press({"type": "uri", "label": "a", "uri": "https://example.jp"}) is None
    assert phone.press({"type": "clipboard", "label": "a", "clipboardText": "a"}) is None
    assert [event["type"] for event in receiver.events] == ["message", "message", "postback", "postback", "unsend"]
    assert [event.get("postback") for event in receiver.events[2:4]] == [
        {"data": "v=1"},
        {"data": "d", "params": {"date": "2026-11-21"}},
    ]
    assert [(item.message.get("text"), item.unsent) for item in alice.chat] == [
        ("引っ越し", True),
        ("いくら？", False),
        ("解決した", False),
    ]


def test_a_menu_switch_tells_how_it_went(api: Api, alice: User, sender: WebhookSender, receiver: Receiver) -> None:
    """A missing alias, an alias of a deleted menu, and one that works."""
    phone = Phone(api.platform, alice, sender)
    action = {"type": "richmenuswitch", "richMenuAliasId": "main", "data": "d"}
    phone.press(action)
    api.platform.menus.aliases["main"] = "richmenu-gone"
    phone.press(action)
    assert [event["postback"]["params"]["status"] for event in receiver.events] == [
        "RICHMENU_ALIAS_ID_NOTFOUND",
        "RICHMENU_NOTFOUND",
    ]


def test_waiting_for_the_ledger(api: Api, alice: User) -> None:
    """Whoever waits is woken by the next acceptance, or told how many came in time."""
    timer = threading.Timer(0.05, lambda: api.push(alice.id, TEXT, FLEX))
    timer.start()
    (entry,) = api.platform.ledger.wait(1, seconds=5)
    assert entry.messages == (TEXT, FLEX)
    with pytest.raises(TimeoutError, match="1 of 2"):
        api.platform.ledger.wait(2, seconds=0.01)
    timer.join()
    api.platform.ledger.clear()
    assert (api.platform.ledger.accepted(), api.platform.ledger.refused()) == ((), ())
