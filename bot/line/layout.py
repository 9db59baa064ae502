"""A reply as LINE messages: at most five, quick replies under the last."""

from itertools import chain

import structlog

from bot.line import bubbles, limits
from bot.line.client import Message
from bot.line.flex import postback
from bot.line.measure import clip
from bot.line.validate import LineMessageInvalid, check
from bot.text_layout import as_text, choices_of
from handlers.reply import Card, Checklist, Choice, Citation, Part, Reply, Text

_log = structlog.get_logger(__name__)


def lay_out(reply: Reply) -> list[Message]:
    """The messages to send for a reply: those of `compose` if LINE would take them, else the reply as plain text."""
    messages = compose(reply)
    if not messages:
        return messages
    try:
        check(messages)
    except LineMessageInvalid as invalid:
        _log.error("layout_invalid", problems=[each.property for each in invalid.problems])
        return [_text(clip(as_text(reply).strip() or "…", limits.TEXT.most, limits.TEXT.unit))]
    return messages


def compose(reply: Reply) -> list[Message]:
    """The messages of a reply, each within LINE's limits; empty where nothing is to be said.

    What a bubble can not hold is left out from its end, and the bubble says so. Parts beyond the fifth message are
    told as text in it.
    """
    parts = ((Text(reply.notice),) if reply.notice else ()) + reply.parts
    if not parts and reply.choices:
        parts = (Text("…"),)
    messages = _messages(parts)
    items = _quick_replies(choices_of(reply))
    if messages and items:
        messages[-1]["quickReply"] = {"items": items}
    return messages


def _messages(parts: tuple[Part, ...]) -> list[Message]:
    messages = list(chain.from_iterable(_of_part(part) for part in parts))
    if len(messages) <= limits.MESSAGES_PER_REQUEST:
        return messages
    kept = limits.MESSAGES_PER_REQUEST - 1
    rest = "\n\n".join(_told(message) for message in messages[kept:])
    return [*messages[:kept], _text(clip(rest, limits.TEXT.most, limits.TEXT.unit, f"…\n{bubbles.MORE}"))]


def _of_part(part: Part) -> list[Message]:
    match part:
        case Text(text, ()):
            return [_text(piece) for piece in _pieces(text)]
        case Text():
            return [bubbles.text_message(part)]
        case Card():
            return [bubbles.card_message(part)]
        case Citation():
            return [bubbles.citation_message(part)]
        case Checklist():
            return [bubbles.checklist_message(part)]


def _pieces(text: str) -> list[str]:
    pieces = []
    while text.strip():
        piece = clip(text, limits.TEXT.most, limits.TEXT.unit, "")
        pieces.append(piece)
        text = text[len(piece) :]
    return pieces


def _text(text: str) -> Message:
    return {"type": "text", "text": text}


def _told(message: Message) -> str:
    return str(message["text"] if message["type"] == "text" else message["altText"])


def _quick_replies(choices: list[Choice]) -> list[Message]:
    return [{"type": "action", "action": postback(each)} for each in choices[: limits.QUICK_REPLY_ITEMS]]
