"""Imagemap messages."""

from bot.line import limits
from bot.line.schema.links import action_uri, media_url
from bot.line.schema.rules import Rule, any_value, array, integer, one_of, record, tagged, text

_area = record({"x": integer(0), "y": integer(0), "width": integer(1), "height": integer(1)})
_common: dict[str, Rule] = {"type": any_value, "area": _area}
_label: dict[str, Rule] = {"label": text(limits.IMAGEMAP_LABEL)}
_action = tagged(
    {
        "uri": record({**_common, "linkUri": action_uri}, _label),
        "message": record({**_common, "text": text(limits.IMAGEMAP_TEXT)}, _label),
        "clipboard": record({**_common, "clipboardText": text(limits.CLIPBOARD)}, _label),
    }
)
_video = record(
    {"originalContentUrl": media_url, "previewImageUrl": media_url, "area": _area},
    {"externalLink": record({"linkUri": action_uri, "label": text(limits.TextLimit(30))})},
)

imagemap_required: dict[str, Rule] = {
    "baseUrl": media_url,
    "altText": text(limits.ALT_TEXT),
    "baseSize": record({"width": one_of(limits.IMAGEMAP_WIDTH), "height": integer(1)}),
    "actions": array(_action, 0, limits.IMAGEMAP_ACTIONS),
}
imagemap_optional: dict[str, Rule] = {"video": _video}
