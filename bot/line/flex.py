"""The few Flex pieces our cards are made of, in one calm look: green, large text, contrast of 4.5 : 1 or more."""

import re
from urllib.parse import quote

from bot.line import limits
from bot.line.client import Json
from bot.line.measure import clip, fits
from handlers.actions import pack
from handlers.deadline.actions import PickDay
from handlers.reply import Choice, Link
from handlers.settings.actions import PickMonth

GREEN = "#1B6B3A"
DEEP = "#14532D"
INK = "#1A1A1A"
SOFT = "#4A5650"
WHITE = "#FFFFFF"
CAUTION_INK = "#6B4A00"
CAUTION_GROUND = "#FFF4D6"
PALE = "#E3EFE7"
LINK = "#1F5FA8"

_URL = re.compile(r"(https?://[^\s]{3,}|tel:[0-9+\-#*]+)", re.IGNORECASE)
_SAFE = "%/:=&?~#+!$,;'@()*[]"


def text(content: str, **look: str | int | bool) -> Json:
    """A text that wraps."""
    return {"type": "text", "text": content, "wrap": True, "size": "md", "color": INK, **look}


def box(layout: str, contents: list[Json], **look: str | int | Json) -> Json:
    """A box of pieces."""
    return {"type": "box", "layout": layout, "contents": contents, **look}


def line() -> Json:
    """A thin line between sections."""
    return {"type": "separator", "margin": "lg", "color": "#D5DDD8"}


def bubble(title: str, body: list[Json], footer: list[Json]) -> Json:
    """A card: its title on the ward's green, the body, and buttons below."""
    head = text(title, color=WHITE, weight="bold", size="lg")
    container: Json = {
        "type": "bubble",
        "size": "giga",
        "header": box("vertical", [head], backgroundColor=GREEN, paddingAll="lg"),
        "body": box("vertical", body, paddingAll="lg", spacing="md"),
    }
    if footer:
        container["footer"] = box("vertical", footer, spacing="sm", paddingAll="lg")
    return container


def postback(choice: Choice) -> Json:
    """The action of a choice; what is pressed shows in the chat as said by the resident."""
    label = clip(choice.label.strip() or "…", limits.LABEL.most, limits.LABEL.unit)
    if isinstance(choice.action, PickMonth | PickDay):
        return _day_picker(label, choice.action)
    shown = clip(choice.label.strip() or "…", limits.DISPLAY_TEXT.most, limits.DISPLAY_TEXT.unit)
    return {"type": "postback", "label": label, "data": pack(choice.action), "displayText": shown}


def _day_picker(label: str, action: PickMonth | PickDay) -> Json:
    """The phone's own calendar; LINE's has no months, so a day is picked and only its month is kept."""
    return {
        "type": "datetimepicker",
        "label": label,
        "data": pack(action),
        "mode": "date",
        "min": action.earliest.isoformat(),
        "max": action.latest.isoformat(),
        "initial": action.opens.isoformat(),
    }


def uri(link: Link) -> Json | None:
    """The action that opens a link, its address percent-encoded; None where LINE would refuse it."""
    address = quote(link.url.strip(), safe=_SAFE)
    if not _URL.fullmatch(address) or not fits(address, limits.URI):
        return None
    label = clip(link.label.strip() or address, limits.FLEX_LABEL.most, limits.FLEX_LABEL.unit)
    return {"type": "uri", "label": label, "uri": address}


def button(action: Json, style: str = "primary") -> Json:
    """A button; the main ones on green, the others on a pale ground with dark letters."""
    colour = GREEN if style == "primary" else PALE
    return {"type": "button", "style": style, "color": colour, "height": "sm", "action": action}


def pair(choices: tuple[Choice, ...]) -> list[Json]:
    """Buttons side by side, in one row; none where there are none."""
    buttons = [button(postback(choice), "secondary") for choice in choices]
    return [box("horizontal", buttons, spacing="sm")] if buttons else []


def message(container: Json, alternative: str) -> Json:
    """A Flex message with the text that stands in for it."""
    shown = clip(alternative.strip() or "…", limits.ALT_TEXT.most, limits.ALT_TEXT.unit)
    return {"type": "flex", "altText": shown, "contents": container}
