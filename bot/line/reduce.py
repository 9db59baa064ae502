"""What of a webhook event is kept: only what answering needs, with what looks personal masked."""

import hashlib
import json
import re
from typing import Any

from bot.intake import NewEvent
from handlers.deadline.actions import PICK_DAY
from knowledge.masking import mask

_WORD = re.compile(r"[A-Za-z0-9_-]{1,60}")
_DAY = re.compile(r"[0-9]{4}-[0-9]{2}-[0-9]{2}")
_BIGGEST = 2**63 - 1
_KEPT = ("type", "mode", "replyToken")
_KEPT_OF_SOURCE = ("type", "userId", "groupId", "roomId")

Json = dict[str, Any]


def reduce(event: object) -> NewEvent | None:
    """The event as it is stored, or None where it is no JSON object with a type; what is not named here is dropped.

    An event without a usable `webhookEventId` is known by the digest of its content, so a redelivery is still the same.
    """
    if not isinstance(event, dict) or not isinstance(event.get("type"), str):
        return None
    source = _pick(event.get("source"), _KEPT_OF_SOURCE)
    kept = _pick(event, _KEPT) | {"source": source, "redelivered": _redelivered(event)} | _content(event)
    return NewEvent(_key(event), _chat(source), _milliseconds(event.get("timestamp")), json.dumps(kept))


def _content(event: Json) -> Json:
    match event["type"]:
        case "message":
            return {"message": _message(event.get("message"))}
        case "postback":
            return {"postback": _postback(event.get("postback"))}
        case "unsend":
            return {"unsend": _pick(event.get("unsend"), ("messageId",))}
        case _:
            return {}


def _message(message: object) -> Json:
    kept = _pick(message, ("id", "type", "text"))
    if "text" in kept:
        kept["text"] = mask(kept["text"].replace("\0", ""))
    return kept


def _postback(postback: object) -> Json:
    """What a button said; of a day that was picked only the month, but where a deadline counts from that very day."""
    kept = _pick(postback, ("data",))
    day = _pick(postback.get("params"), ("date",)).get("date", "") if isinstance(postback, dict) else ""
    if not _DAY.fullmatch(day):
        return kept
    return kept | ({"day": day} if kept.get("data", "").startswith(PICK_DAY) else {"month": day[:7]})


def _pick(value: object, names: tuple[str, ...]) -> Json:
    if not isinstance(value, dict):
        return {}
    return {name: value[name] for name in names if isinstance(value.get(name), str)}


def _redelivered(event: Json) -> bool:
    context = event.get("deliveryContext")
    return isinstance(context, dict) and context.get("isRedelivery") is True


def _key(event: Json) -> str:
    given = event.get("webhookEventId")
    if isinstance(given, str) and _WORD.fullmatch(given):
        return given
    content = {name: value for name, value in event.items() if name != "deliveryContext"}
    canonical = json.dumps(content, sort_keys=True, separators=(",", ":"))
    return hashlib.sha256(canonical.encode()).hexdigest()


def _chat(source: Json) -> str | None:
    user = source.get("userId")
    return hashlib.sha256(f"chat {user}".encode()).hexdigest() if user else None


def _milliseconds(timestamp: object) -> int:
    return timestamp if type(timestamp) is int and 0 <= timestamp <= _BIGGEST else 0
