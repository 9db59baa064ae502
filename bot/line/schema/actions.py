"""Actions: what a tap on a button, card, quick reply, image or rich menu does."""

from bot.line import limits
from bot.line.limits import TextLimit
from bot.line.schema.dates import picker_range
from bot.line.schema.links import action_uri
from bot.line.schema.rules import Json, Problem, Problems, Rule, any_value, join, one_of, record, tagged, text

_INPUT_OPTIONS = one_of("closeRichMenu", "openRichMenu", "openKeyboard", "openVoice")
_EVERYWHERE = ("postback", "message", "uri", "datetimepicker", "clipboard")


def _postback_extra(value: Json, path: str) -> Problems:
    if "displayText" in value and "text" in value:
        yield Problem(join(path, "displayText"), "Cannot be used together with text")
    if "fillInText" in value and value.get("inputOption") != "openKeyboard":
        yield Problem(join(path, "fillInText"), "Can only be used with inputOption openKeyboard")


def _kinds(label: Rule, *, needed: bool) -> dict[str, Rule]:
    must = {"type": any_value, "label": label} if needed else {"type": any_value}
    may = {} if needed else {"label": label}
    data = text(limits.POSTBACK_DATA)
    display = text(limits.DISPLAY_TEXT)
    postback = {
        "displayText": display,
        "text": display,
        "inputOption": _INPUT_OPTIONS,
        "fillInText": text(limits.FILL_IN_TEXT),
    }
    when = text()
    return {
        "postback": record({**must, "data": data}, {**may, **postback}, _postback_extra),
        "message": record({**must, "text": text(limits.MESSAGE_ACTION_TEXT)}, may),
        "uri": record({**must, "uri": action_uri}, {**may, "altUri": record({"desktop": action_uri})}),
        "datetimepicker": record(
            {**must, "data": data, "mode": one_of("date", "time", "datetime")},
            {**may, "initial": when, "max": when, "min": when},
            picker_range,
        ),
        "clipboard": record({**must, "clipboardText": text(limits.CLIPBOARD)}, may),
        "camera": record(must, may),
        "cameraRoll": record(must, may),
        "location": record(must, may),
        "richmenuswitch": record({**must, "richMenuAliasId": text(pattern=limits.ALIAS_PATTERN), "data": data}, may),
    }


def _actions(limit: TextLimit, *more: str, needed: bool) -> Rule:
    kinds = _kinds(text(limit, least=1 if needed else 0), needed=needed)
    return tagged({kind: kinds[kind] for kind in (*_EVERYWHERE, *more)})


flex_button_action = _actions(limits.FLEX_LABEL, needed=True)
flex_action = _actions(limits.FLEX_LABEL, needed=False)
quick_reply_action = _actions(limits.LABEL, "camera", "cameraRoll", "location", needed=True)
template_action = _actions(limits.LABEL, needed=True)
template_default_action = _actions(limits.LABEL, needed=False)
image_carousel_action = _actions(limits.IMAGE_CAROUSEL_LABEL, needed=False)
rich_menu_action = _actions(limits.LABEL, "richmenuswitch", needed=False)
