"""Flex Message containers and components."""

from collections.abc import Iterator, Mapping, Sequence

from bot.line import limits
from bot.line.measure import escaped_size
from bot.line.schema.actions import flex_action, flex_button_action
from bot.line.schema.links import media_url
from bot.line.schema.rules import (
    Json,
    Problem,
    Problems,
    Rule,
    any_value,
    array,
    boolean,
    integer,
    join,
    listed,
    one_of,
    record,
    tagged,
    text,
)

_PX = r"\d+(\.\d+)?px"
_PERCENT = r"\d+(\.\d+)?%"
_STEPS = "none|xs|sm|md|lg|xl|xxl"
_TEXT_STEPS = "xxs|xs|sm|md|lg|xl|xxl|3xl|4xl|5xl"
# LINE documents no depth; ours only keeps a hostile document from exhausting the stack.
_DEEPEST = 24

_spacing = text(pattern=rf"{_STEPS}|{_PX}")
_padding = text(pattern=rf"{_STEPS}|{_PX}|{_PERCENT}")
_extent = text(pattern=rf"{_PX}|{_PERCENT}")
_colour = text(pattern=r"#[0-9A-Fa-f]{6}([0-9A-Fa-f]{2})?")
_text_size = text(pattern=rf"{_TEXT_STEPS}|{_PX}")
_weight = one_of("regular", "bold")
_style = one_of("normal", "italic")
_decoration = one_of("none", "underline", "line-through")
_align = one_of("start", "end", "center")
_gravity = one_of("top", "bottom", "center")
_flex = integer(0)
_type: dict[str, Rule] = {"type": any_value}

_PLACED: dict[str, Rule] = {
    "margin": _spacing,
    "position": one_of("relative", "absolute"),
    "offsetTop": _padding,
    "offsetBottom": _padding,
    "offsetStart": _padding,
    "offsetEnd": _padding,
}


def _aspect(value: object, path: str) -> Problems:
    width, colon, height = value.partition(":") if isinstance(value, str) else ("", "", "")
    if not (colon and width.isascii() and width.isdigit() and height.isascii() and height.isdigit()):
        yield Problem(path, "Invalid format")
    elif not (0 < int(width) <= limits.ASPECT_SIDE and 0 < int(height) <= limits.ASPECT_SIDE):
        yield Problem(path, f"Sides must be between 1 and {limits.ASPECT_SIDE}")
    elif int(height) > limits.ASPECT_HEIGHT_PER_WIDTH * int(width):
        yield Problem(path, "Height cannot be greater than three times the width")


def _text_or_spans(value: Json, path: str) -> Problems:
    if "text" not in value and "contents" not in value:
        yield Problem(join(path, "text"), "Must be specified")


_SPAN_LOOK: dict[str, Rule] = {
    "size": _text_size,
    "color": _colour,
    "weight": _weight,
    "style": _style,
    "decoration": _decoration,
}
_span = tagged({"span": record({**_type, "text": text(blank=True)}, _SPAN_LOOK)})
_text = record(
    _type,
    {
        **_PLACED,
        **_SPAN_LOOK,
        "text": text(blank=True),
        "contents": array(_span, 0),
        "flex": _flex,
        "align": _align,
        "gravity": _gravity,
        "wrap": boolean,
        "lineSpacing": text(pattern=_PX),
        "maxLines": _flex,
        "action": flex_action,
        "adjustMode": one_of("shrink-to-fit"),
        "scaling": boolean,
    },
    _text_or_spans,
)
_button = record(
    {**_type, "action": flex_button_action},
    {
        **_PLACED,
        "flex": _flex,
        "color": _colour,
        "style": one_of("primary", "secondary", "link"),
        "gravity": _gravity,
        "height": one_of("sm", "md"),
        "adjustMode": one_of("shrink-to-fit"),
        "scaling": boolean,
    },
)
_image = record(
    {**_type, "url": media_url},
    {
        **_PLACED,
        "flex": _flex,
        "align": _align,
        "gravity": _gravity,
        "size": text(pattern=rf"{_TEXT_STEPS}|full|{_PX}|{_PERCENT}"),
        "aspectRatio": _aspect,
        "aspectMode": one_of("cover", "fit"),
        "backgroundColor": _colour,
        "action": flex_action,
        "animated": boolean,
    },
)
_icon = record({**_type, "url": media_url}, {**_PLACED, "size": _text_size, "aspectRatio": _aspect, "scaling": boolean})
_separator = record(_type, {"margin": _spacing, "color": _colour})
_filler = record(_type, {"flex": _flex})
_gradient = tagged(
    {
        "linearGradient": record(
            {**_type, "angle": text(pattern=r"\d{1,3}(\.\d+)?deg"), "startColor": _colour, "endColor": _colour},
            {"centerColor": _colour, "centerPosition": text(pattern=_PERCENT)},
        )
    }
)


def _box(value: object, path: str) -> Problems:
    if path.count(".contents[") > _DEEPEST:
        yield Problem(path, "Nested too deeply")
    else:
        baseline = isinstance(value, Mapping) and value.get("layout") == "baseline"
        yield from (_baseline_box if baseline else _stacked_box)(value, path)


def _box_record(content: Rule) -> Rule:
    return record(
        {**_type, "layout": one_of("horizontal", "vertical", "baseline"), "contents": array(content, 0)},
        {
            **_PLACED,
            **dict.fromkeys(("paddingAll", "paddingTop", "paddingBottom", "paddingStart", "paddingEnd"), _padding),
            **dict.fromkeys(("width", "maxWidth", "height", "maxHeight"), _extent),
            "flex": _flex,
            "spacing": _spacing,
            "backgroundColor": _colour,
            "borderColor": _colour,
            "borderWidth": text(pattern=rf"none|light|normal|medium|semi-bold|bold|{_PX}"),
            "cornerRadius": text(pattern=rf"{_STEPS}|{_PX}"),
            "justifyContent": one_of(
                "center", "flex-start", "flex-end", "space-between", "space-around", "space-evenly"
            ),
            "alignItems": one_of("center", "flex-start", "flex-end"),
            "background": _gradient,
            "action": flex_action,
        },
    )


_stacked_box = _box_record(
    tagged({"box": _box, "button": _button, "image": _image, "text": _text, "separator": _separator, "filler": _filler})
)
_baseline_box = _box_record(tagged({"icon": _icon, "text": _text, "filler": _filler}))
_box_only = tagged({"box": _box})
_video = record(
    {**_type, "url": media_url, "previewUrl": media_url, "altContent": tagged({"box": _box, "image": _image})},
    {"aspectRatio": _aspect, "action": flex_action},
)


def _bubble_extra(value: Json, path: str) -> Problems:
    if not any(block in value for block in ("header", "hero", "body", "footer")):
        yield Problem(path, "At least one block must be specified")
    hero = value.get("hero")
    is_video = isinstance(hero, Mapping) and hero.get("type") == "video"
    if is_video and value.get("size", "mega") not in ("kilo", "mega", "giga"):
        yield Problem(join(path, "size"), "A video needs the size kilo, mega or giga")
    if escaped_size(value) > limits.FLEX_BUBBLE_BYTES:
        yield Problem(path, f"JSON must be at most {limits.FLEX_BUBBLE_BYTES} bytes")


_block_style = record({}, {"backgroundColor": _colour, "separator": boolean, "separatorColor": _colour})
_bubble = record(
    _type,
    {
        "size": one_of("nano", "micro", "deca", "hecto", "kilo", "mega", "giga"),
        "direction": one_of("ltr", "rtl"),
        "header": _box_only,
        "hero": tagged({"box": _box, "image": _image, "video": _video}),
        "body": _box_only,
        "footer": _box_only,
        "styles": record({}, dict.fromkeys(("header", "hero", "body", "footer"), _block_style)),
        "action": flex_action,
    },
    _bubble_extra,
)


def _carousel_extra(value: Json, path: str) -> Problems:
    bubbles = [bubble for bubble in listed(value, "contents") if isinstance(bubble, Mapping)]
    if len({str(bubble.get("size", "mega")) for bubble in bubbles}) > 1:
        yield Problem(join(path, "contents"), "All bubbles must have the same size")
    for index, bubble in enumerate(bubbles):
        hero = bubble.get("hero")
        if isinstance(hero, Mapping) and hero.get("type") == "video":
            yield Problem(f"{path}.contents[{index}].hero", "A carousel cannot contain a video")
    if escaped_size(value) > limits.FLEX_CAROUSEL_BYTES:
        yield Problem(path, f"JSON must be at most {limits.FLEX_CAROUSEL_BYTES} bytes")


_container = tagged(
    {
        "bubble": _bubble,
        "carousel": record(
            {**_type, "contents": array(tagged({"bubble": _bubble}), 1, limits.FLEX_BUBBLES)}, extra=_carousel_extra
        ),
    }
)


def container(value: object, path: str) -> Problems:
    """Accept a Flex bubble or carousel."""
    found = tuple(_container(value, path))
    yield from found
    # A document too deep for the rules is too deep to be counted as well.
    if not found and sum(_animated(value)) > limits.FLEX_ANIMATED_IMAGES:
        yield Problem(path, f"At most {limits.FLEX_ANIMATED_IMAGES} images can be animated")


def _animated(value: object) -> Iterator[int]:
    if isinstance(value, Mapping):
        yield int(value.get("animated") is True)
        for child in value.values():
            yield from _animated(child)
    elif isinstance(value, Sequence) and not isinstance(value, str):
        for child in value:
            yield from _animated(child)
