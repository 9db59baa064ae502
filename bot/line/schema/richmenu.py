"""Rich menu objects, their pictures and their aliases."""

import io
from collections.abc import Mapping

from PIL import Image, UnidentifiedImageError

from bot.line import limits
from bot.line.schema.actions import rich_menu_action
from bot.line.schema.rules import Json, Problem, Problems, array, boolean, integer, join, listed, record, text

_FORMATS = {"image/png": "PNG", "image/jpeg": "JPEG"}


def _aspect(value: Json, path: str) -> Problems:
    width, height = value.get("width"), value.get("height")
    if not (isinstance(width, int) and isinstance(height, int)):
        return
    if height > 0 and width / height < limits.RICH_MENU_MIN_ASPECT:
        yield Problem(path, f"The aspect ratio must be at least {limits.RICH_MENU_MIN_ASPECT}")


def _inside(value: Json, path: str) -> Problems:
    size = value.get("size")
    for index, area in enumerate(listed(value, "areas")):
        bounds = area.get("bounds") if isinstance(area, Mapping) else None
        if not (isinstance(bounds, Mapping) and isinstance(size, Mapping)):
            continue
        for start, extent in (("x", "width"), ("y", "height")):
            numbers = [bounds.get(start), bounds.get(extent), size.get(extent)]
            left, wide, whole = (number if isinstance(number, int) else 0 for number in numbers)
            if left + wide > whole:
                yield Problem(f"{join(path, 'areas')}[{index}].bounds", f"Must be inside the {extent} of the menu")


_area = record(
    {
        "bounds": record({"x": integer(0), "y": integer(0), "width": integer(1), "height": integer(1)}),
        "action": rich_menu_action,
    }
)
rich_menu = record(
    {
        "size": record(
            {
                "width": integer(limits.RICH_MENU_MIN_WIDTH, limits.RICH_MENU_MAX_WIDTH),
                "height": integer(limits.RICH_MENU_MIN_HEIGHT),
            },
            extra=_aspect,
        ),
        "selected": boolean,
        "name": text(limits.RICH_MENU_NAME),
        "chatBarText": text(limits.CHAT_BAR_TEXT),
        "areas": array(_area, 0, limits.RICH_MENU_AREAS),
    },
    extra=_inside,
)
_alias_id = text(pattern=limits.ALIAS_PATTERN)
alias_create = record({"richMenuAliasId": _alias_id, "richMenuId": text()})
alias_update = record({"richMenuId": text()})


def image_problems(picture: bytes, content_type: str) -> tuple[Problem, ...]:
    """Return what is wrong with a rich menu picture: its format, bytes, sides in pixels or aspect ratio."""
    if content_type not in limits.RICH_MENU_IMAGE_TYPES:
        return (Problem("Content-Type", "Must be image/png or image/jpeg"),)
    if len(picture) > limits.RICH_MENU_IMAGE_BYTES:
        return (Problem("", f"The image must be at most {limits.RICH_MENU_IMAGE_BYTES} bytes"),)
    try:
        with Image.open(io.BytesIO(picture), formats=[_FORMATS[content_type]]) as image:
            width, height = image.size
    except (UnidentifiedImageError, OSError):
        return (Problem("", "The image is broken or not of its Content-Type"),)
    wide = limits.RICH_MENU_MIN_WIDTH <= width <= limits.RICH_MENU_MAX_WIDTH
    if not wide or height < limits.RICH_MENU_MIN_HEIGHT or width / height < limits.RICH_MENU_MIN_ASPECT:
        return (Problem("", f"The image size {width}x{height} is invalid"),)
    return ()
