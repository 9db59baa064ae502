"""Webhook events as values: every type of the reference, and whatever else may come."""

import json
from datetime import date
from typing import Any

import pytest
from hypothesis import given
from hypothesis import strategies as st

from bot.line.events import Envelope, read
from bot.line.reduce import reduce
from handlers.actions import AskFact, ShowMenu
from handlers.events import Followed, Ignored, Invited, Pressed, Reason, Said, Sent, Took, Unfollowed, What
from handlers.settings.actions import Choose
from knowledge.changes import AddChild
from knowledge.records import FactKind
from tests.bot.line.said import ALICE, event, press, text

GROUP = {"type": "group", "groupId": "C" + "1" * 32, "userId": ALICE}


def envelope(raw: dict[str, Any]) -> Envelope:
    """The event after the way through the database."""
    stored = reduce(raw)
    assert stored is not None
    return read(stored.id, stored.occurred_ms, stored.body)


def _message(kind: str, **more: Any) -> dict[str, Any]:
    return event("message", message={"id": "1", "type": kind, **more})


@pytest.mark.parametrize(
    ("raw", "what"),
    [
        (text("ごみ", message="7"), Said("ごみ", "7")),
        (text("  "), Ignored(Reason.MALFORMED)),
        (_message("text"), Ignored(Reason.MALFORMED)),
        (press(ShowMenu()), Pressed(ShowMenu())),
        (press(AskFact("juminhyo", FactKind.FEE)), Pressed(AskFact("juminhyo", FactKind.FEE))),
        (event("postback", postback={"data": "someone:elses"}), Ignored(Reason.FOREIGN_BUTTON)),
        (event("postback", postback={"data": "x", "params": {"newRichMenuAliasId": "a", "status": "SUCCESS"}}),
         Ignored(Reason.FOREIGN_BUTTON)),
        (event("postback", postback={"data": "when", "params": {"datetime": "2017-12-25T01:00"}}),
         Ignored(Reason.FOREIGN_BUTTON)),
        (event("unsend", unsend={"messageId": "7"}), Took("7")),
        (event("unsend", unsend={}), Ignored(Reason.MALFORMED)),
        (event("follow", follow={"isUnblocked": True}), Followed()),
        (event("unfollow"), Unfollowed()),
        (_message("sticker", packageId="1", stickerId="1", keywords=["hi"]), Sent("sticker")),
        (_message("image", imageSet={"id": "E", "index": 1, "total": 2}), Sent("image")),
        (_message("video"), Sent("video")),
        (_message("audio", duration=5), Sent("audio")),
        (_message("file", fileName="マイナンバー.pdf"), Sent("file")),
        (_message("location", latitude=1.0), Sent("location")),
        (_message("hologram"), Sent("other")),
        (event("join", source=GROUP), Invited()),
        (text("みんなで", source=GROUP), Ignored(Reason.NOT_FOR_US)),
        (event("memberJoined", source=GROUP, joined={"members": []}), Ignored(Reason.NOT_FOR_US)),
        (event("leave", source=GROUP), Ignored(Reason.NOT_FOR_US)),
        (event("messageEdited", source=GROUP), Ignored(Reason.NOT_FOR_US)),
        (event("accountLink", link={"result": "ok", "nonce": "n"}), Ignored(Reason.NOT_FOR_US)),
        (event("beacon", beacon={"hwid": "d41d8cd98f", "type": "enter"}), Ignored(Reason.NOT_FOR_US)),
        (event("videoPlayComplete"), Ignored(Reason.NOT_FOR_US)),
        (event("membership"), Ignored(Reason.NOT_FOR_US)),
        (event("telepathy"), Ignored(Reason.UNKNOWN_TYPE)),
        (text("ごみ", mode="standby"), Ignored(Reason.STANDBY)),
        (event("unfollow", mode="standby"), Unfollowed()),
    ],
    ids=lambda value: type(value).__name__ if not isinstance(value, dict) else value["type"],
)  # fmt: skip
def test_each_event_is_its_value(raw: dict[str, Any], what: What) -> None:
    """What each type of event means to us."""
    assert envelope(raw).event.what == what


def test_a_user_who_did_not_agree_is_nobody() -> None:
    """Without a user id there is no resident, but a reply token still answers."""
    read_one = envelope(text("ごみ", user=None))
    assert read_one.event.user is None
    assert read_one.reply_token is not None


@pytest.mark.parametrize("token", ["0" * 32, "f" * 32])
def test_the_tokens_of_the_old_verify_button_are_none(token: str) -> None:
    """Replying to them is an error."""
    assert envelope(text("Hello, world", replyToken=token)).reply_token is None


def test_in_standby_nothing_is_sent() -> None:
    """Another module holds the chat."""
    assert envelope(text("ごみ", mode="standby")).reply_token is None


def test_a_group_is_known_by_what_leaving_it_takes() -> None:
    """`group/C…` or `room/R…`, only where we were just invited."""
    assert envelope(event("join", source=GROUP)).group == "group/" + "C" + "1" * 32
    assert envelope(event("join", source={"type": "room", "roomId": "R" + "2" * 32})).group == "room/" + "R" + "2" * 32
    assert envelope(text("みんなで", source=GROUP)).group is None


_values = st.recursive(
    st.none() | st.booleans() | st.integers() | st.text(max_size=4),
    lambda inner: st.lists(inner, max_size=3) | st.dictionaries(st.text(max_size=4), inner, max_size=3),
    max_leaves=5,
)
_types = st.sampled_from(["message", "postback", "unsend", "follow", "join", "leave", "x", ""])
_OPTIONAL = [
    "source",
    "message",
    "postback",
    "unsend",
    "timestamp",
    "replyToken",
    "mode",
    "webhookEventId",
    "deliveryContext",
]
_parts = st.fixed_dictionaries({"type": _types}, optional=dict.fromkeys(_OPTIONAL, _values))


@given(_parts)
def test_any_object_with_a_type_is_read(raw: dict[str, Any]) -> None:
    """Parts of any type never raise, and their body is ASCII JSON a database of any kind can hold."""
    stored = reduce(raw)
    assert stored is not None
    assert json.loads(stored.body.encode("ascii"))["type"] == raw["type"]
    assert read(stored.id, stored.occurred_ms, stored.body).event.id == stored.id


@pytest.mark.parametrize(
    ("params", "what"),
    [
        ({"date": "2024-05-17"}, Pressed(Choose(AddChild(date(2024, 5, 1))))),
        ({"date": "2024-13-17"}, Ignored(Reason.FOREIGN_BUTTON)),
        ({"date": "5月17日"}, Ignored(Reason.FOREIGN_BUTTON)),
        ({"datetime": "2024-05-17T00:00"}, Ignored(Reason.FOREIGN_BUTTON)),
        ("2024-05-17", Ignored(Reason.FOREIGN_BUTTON)),
        (None, Ignored(Reason.FOREIGN_BUTTON)),
    ],
)
def test_of_a_day_that_was_picked_only_the_month_is_kept(params: object, what: What) -> None:
    """The day is in nothing that is stored; what is no day is no choice."""
    raw = event("postback", postback={"data": "pick:month", "params": params})
    stored = reduce(raw)
    assert stored is not None
    assert "17" not in json.dumps(json.loads(stored.body)["postback"])
    assert envelope(raw).event.what == what


def test_a_day_beside_another_button_means_nothing() -> None:
    """Only the button that asked for a month gets one."""
    raw = event("postback", postback={"data": "menu", "params": {"date": "2024-05-17"}})
    assert envelope(raw).event.what == Pressed(ShowMenu())
