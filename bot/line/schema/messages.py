"""Message objects and the list of them in one request."""

from collections.abc import Mapping, Sequence

from bot.line import limits
from bot.line.schema.actions import quick_reply_action
from bot.line.schema.flex import container
from bot.line.schema.imagemap import imagemap_optional, imagemap_required
from bot.line.schema.links import media_url
from bot.line.schema.rules import (
    Extra,
    Json,
    Problem,
    Problems,
    Rule,
    any_value,
    array,
    integer,
    no_extra,
    one_of,
    record,
    tagged,
    text,
)
from bot.line.schema.templates import template
from bot.line.schema.texts import emoji_places, substitution_places, text_emojis, text_substitution

_quote: dict[str, Rule] = {"quoteToken": text()}
_alt: dict[str, Rule] = {"altText": text(limits.ALT_TEXT)}
_content: dict[str, Rule] = {"originalContentUrl": media_url}
_preview: dict[str, Rule] = {**_content, "previewImageUrl": media_url}


def _sender_name(value: Json, path: str) -> Problems:
    name = value.get("name")
    if isinstance(name, str) and "line" in name.lower():
        yield Problem(f"{path}.name", "Cannot contain the word LINE")


_quick_reply = record(
    {
        "items": array(
            record({"type": one_of("action"), "action": quick_reply_action}, {"imageUrl": media_url}),
            1,
            limits.QUICK_REPLY_ITEMS,
        )
    }
)
_ANY_MESSAGE: dict[str, Rule] = {
    "quickReply": _quick_reply,
    "sender": record({}, {"name": text(limits.SENDER_NAME), "iconUrl": media_url}, _sender_name),
}


def _message(required: Mapping[str, Rule], optional: Mapping[str, Rule] | None = None, extra: Extra = no_extra) -> Rule:
    return record({"type": any_value, **required}, {**_ANY_MESSAGE, **(optional or {})}, extra)


_number = text(pattern=r"\d+")
_body: dict[str, Rule] = {"text": text(limits.TEXT)}
_one = tagged(
    {
        "text": _message(_body, {"emojis": text_emojis, **_quote}, emoji_places),
        "textV2": _message(_body, {"substitution": text_substitution, **_quote}, substitution_places),
        "sticker": _message({"packageId": _number, "stickerId": _number}, _quote),
        "image": _message(_preview),
        "video": _message(_preview, {"trackingId": text(limits.TRACKING_ID, r"[a-zA-Z0-9\-.=,+*()%$&;:@{}!?<>\[\]]+")}),
        "audio": _message({**_content, "duration": integer(1)}),
        "location": _message(
            {
                "title": text(limits.LOCATION_TITLE),
                "address": text(limits.LOCATION_ADDRESS),
                "latitude": lambda value, path: _degrees(value, path, 90),
                "longitude": lambda value, path: _degrees(value, path, 180),
            }
        ),
        "imagemap": _message(imagemap_required, imagemap_optional),
        "template": _message({**_alt, "template": template}),
        "flex": _message({**_alt, "contents": container}),
        "coupon": _message({"couponId": text()}, {"deliveryTag": text(limits.DELIVERY_TAG)}),
    }
)


def _degrees(value: object, path: str, most: int) -> Problems:
    if not isinstance(value, int | float) or isinstance(value, bool):
        yield Problem(path, "Must be a number")
    elif not -most <= value <= most:
        yield Problem(path, f"Must be between -{most} and {most}")


def _quick_reply_last(value: Sequence[object], path: str) -> Problems:
    for index, message in enumerate(value[:-1]):
        if isinstance(message, Mapping) and "quickReply" in message:
            yield Problem(f"{path}[{index}].quickReply", "Is shown with the last message only")


_several = array(_one, 1, limits.MESSAGES_PER_REQUEST)


def messages(value: object, path: str) -> Problems:
    """Accept the one to five messages of a request; quick replies stand on the last one."""
    yield from _several(value, path)
    if isinstance(value, Sequence) and not isinstance(value, str):
        yield from _quick_reply_last(value, path)
