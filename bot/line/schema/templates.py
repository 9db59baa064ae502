"""Template messages: buttons, confirm, carousel, image carousel."""

from collections.abc import Mapping

from bot.line import limits
from bot.line.limits import TextLimit
from bot.line.measure import fits
from bot.line.schema.actions import image_carousel_action, template_action, template_default_action
from bot.line.schema.links import media_url
from bot.line.schema.rules import (
    Extra,
    Json,
    Problem,
    Problems,
    Rule,
    any_value,
    array,
    join,
    listed,
    one_of,
    record,
    tagged,
    text,
)

_LOOK: dict[str, Rule] = {"imageAspectRatio": one_of("rectangle", "square"), "imageSize": one_of("cover", "contain")}
_colour = text(pattern=r"#[0-9A-Fa-f]{6}")


def _shorter_under_head(limit: TextLimit) -> Extra:
    def extra(value: Json, path: str) -> Problems:
        written = value.get("text")
        if ("title" in value or "thumbnailImageUrl" in value) and isinstance(written, str) and not fits(written, limit):
            yield Problem(join(path, "text"), f"Length must be between 1 and {limit.most} with an image or a title")

    return extra


def _panel(body: TextLimit, under_head: TextLimit, actions: int, tag: dict[str, Rule], look: dict[str, Rule]) -> Rule:
    return record(
        {**tag, "text": text(body), "actions": array(template_action, 1, actions)},
        {
            **look,
            "thumbnailImageUrl": media_url,
            "imageBackgroundColor": _colour,
            "title": text(limits.TEMPLATE_TITLE),
            "defaultAction": template_default_action,
        },
        _shorter_under_head(under_head),
    )


def _alike(value: Json, path: str) -> Problems:
    columns = [column for column in listed(value, "columns") if isinstance(column, Mapping)]
    if len({len(listed(column, "actions")) for column in columns}) > 1:
        yield Problem(join(path, "columns"), "All columns must have the same number of actions")
    for head in ("title", "thumbnailImageUrl"):
        if len({head in column for column in columns}) > 1:
            yield Problem(join(path, "columns"), f"All columns or none must have {head}")


_type: dict[str, Rule] = {"type": any_value}
_column = _panel(limits.CAROUSEL_TEXT, limits.CAROUSEL_TEXT_WITH_HEAD, limits.CAROUSEL_ACTIONS, {}, {})
_image_column = record({"imageUrl": media_url, "action": image_carousel_action})

template = tagged(
    {
        "buttons": _panel(limits.BUTTONS_TEXT, limits.BUTTONS_TEXT_WITH_HEAD, limits.BUTTONS_ACTIONS, _type, _LOOK),
        "confirm": record(
            {
                **_type,
                "text": text(limits.CONFIRM_TEXT),
                "actions": array(template_action, limits.CONFIRM_ACTIONS, limits.CONFIRM_ACTIONS),
            }
        ),
        "carousel": record({**_type, "columns": array(_column, 1, limits.CAROUSEL_COLUMNS)}, _LOOK, _alike),
        "image_carousel": record({**_type, "columns": array(_image_column, 1, limits.CAROUSEL_COLUMNS)}),
    }
)
