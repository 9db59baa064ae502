"""Stored webhook events as values: what happened, and what the platform allows us to do about it."""

import json
from dataclasses import dataclass
from typing import Any

from handlers.actions import unpack
from handlers.deadline.actions import picked_day
from handlers.events import (
    Followed,
    Ignored,
    Incoming,
    Invited,
    Pressed,
    Reason,
    Said,
    Sent,
    Took,
    Unfollowed,
    What,
)
from handlers.settings.actions import picked

Json = dict[str, Any]
_NO_TOKENS = ("0" * 32, "f" * 32)
_KINDS = ("sticker", "image", "video", "audio", "file", "location")
_PLAIN: dict[str, What] = {"follow": Followed(), "unfollow": Unfollowed(), "join": Invited()}
_UNANSWERED = {
    "leave", "memberJoined", "memberLeft", "messageEdited", "videoPlayComplete", "beacon", "accountLink", "membership",
    "module", "activated", "deactivated", "botSuspended", "botResumed", "delivery",
}  # fmt: skip


@dataclass(frozen=True)
class Envelope:
    """An event and how it can be answered: by reply token (None: not at all), by push to `event.user`.

    `group` is the group ("group/C…") or room to leave, where one was joined.
    """

    event: Incoming
    reply_token: str | None
    redelivered: bool
    group: str | None = None


def read(key: str, occurred_ms: int, body: str) -> Envelope:
    """The envelope of a stored body as `bot.line.reduce` wrote it; what cannot be understood is Ignored."""
    raw: Json = json.loads(body)
    source: Json = raw["source"]
    standby = raw.get("mode", "active") != "active"
    what = Ignored(Reason.STANDBY) if standby and raw["type"] not in {"follow", "unfollow", "unsend"} else _what(raw)
    token = raw.get("replyToken")
    usable = token if token and not standby and token not in _NO_TOKENS else None
    event = Incoming(key, source.get("userId"), occurred_ms, what)
    return Envelope(event, usable, raw["redelivered"], _group(source) if isinstance(what, Invited) else None)


def _what(raw: Json) -> What:
    if _group(raw["source"]) and raw["type"] not in {"join", "unsend"}:
        return Ignored(Reason.NOT_FOR_US)
    match raw["type"]:
        case "message":
            return _message(raw["message"])
        case "postback":
            postback = raw["postback"]
            action = unpack(_with_pick(postback))
            return Pressed(action) if action else Ignored(Reason.FOREIGN_BUTTON)
        case "unsend":
            message = raw["unsend"].get("messageId")
            return Took(message) if message else Ignored(Reason.MALFORMED)
        case other:
            return _PLAIN.get(other) or Ignored(Reason.NOT_FOR_US if other in _UNANSWERED else Reason.UNKNOWN_TYPE)


def _with_pick(postback: Json) -> str:
    """What a button carries, with the month or day that was picked in it."""
    payload: str = postback.get("data", "")
    return picked_day(picked(payload, postback.get("month", "")), postback.get("day", ""))


def _message(message: Json) -> What:
    match message:
        case {"type": "text", "id": str(key), "text": str(text)} if text.strip():
            return Said(text, key)
        case {"type": "text"} | {"type": ""}:
            return Ignored(Reason.MALFORMED)
        case {"type": str(kind)}:
            return Sent(kind if kind in _KINDS else "other")
        case _:
            return Ignored(Reason.MALFORMED)


def _group(source: Json) -> str | None:
    if "groupId" in source:
        return f"group/{source['groupId']}"
    return f"room/{source['roomId']}" if "roomId" in source else None
