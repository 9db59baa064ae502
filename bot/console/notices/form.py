"""The form of a notice: what was typed, what is wrong with it, and the plan it makes."""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field
from datetime import datetime
from typing import Any

from starlette.datastructures import FormData

from knowledge.campaign import Drill, Live, Plan, Wording
from knowledge.days import JST
from knowledge.models import Campaign, Topic, Urgency, World
from knowledge.notice import Content, ContentError, Variant, content_from
from knowledge.segment import OLDEST_CHILD_MONTHS, AudienceError, Conditions, Everyone, audience_from

BUTTONS = 3
MANY = ("topics", "areas", "age_bands", "languages", "not_told")
_YEAR = 12
_DIGITS = 8
_HEAD = {
    "title": (120, "件名を書いてください。", "件名は120文字までにしてください。"),
    "department": (200, "どの部署からのお知らせかを書いてください。", "部署の名前は200文字までにしてください。"),
}


@dataclass
class Filled:
    """What stands in the fields; `many` are those of which several can be ticked."""

    one: dict[str, str] = field(default_factory=dict)
    many: dict[str, list[str]] = field(default_factory=dict)
    problems: dict[str, str] = field(default_factory=dict)

    def get(self, name: str) -> str:
        """A field's text, empty where there is none."""
        return self.one.get(name, "")

    def ticked(self, name: str) -> Sequence[str]:
        """The values ticked of a field."""
        return self.many.get(name, [])


def filled(form: FormData) -> Filled:
    """What was sent."""
    texts = {name: value for name, value in form.multi_items() if isinstance(value, str)}
    one = {name: value.strip() for name, value in texts.items() if name not in MANY}
    many = {name: [value for value in form.getlist(name) if isinstance(value, str)] for name in MANY}
    return Filled(one, many)


def plan_of(typed: Filled, world: World) -> Plan | None:
    """The plan a form makes; None with the problems noted at their fields."""
    check_head(typed)
    content, audience = _content(typed), audience_typed(typed) if world is World.LIVE else Everyone()
    if typed.problems or content is None or audience is None:
        return None
    topic = Topic(typed.get("topic")) if typed.get("topic") in set(Topic) else None
    urgency = Urgency(typed.get("urgency")) if typed.get("urgency") in set(Urgency) else Urgency.NORMAL
    wording = Wording(typed.get("title"), typed.get("department"), topic, urgency, content)
    return Live(wording, audience) if world is World.LIVE else Drill(wording)


def check_head(typed: Filled) -> None:
    """Note what is wrong with the subject and the department, which every form of notices has."""
    for name, (longest, missing, long) in _HEAD.items():
        if not typed.get(name):
            typed.problems[name] = missing
        elif len(typed.get(name)) > longest:
            typed.problems[name] = long


def number(typed: str) -> int | None:
    """A whole number as people type it, in full-width digits, too; None for anything else."""
    return int(typed) if typed.isdecimal() and len(typed) <= _DIGITS else None


def _content(typed: Filled) -> Content | None:
    texts = {each.value: _blocks(typed, typed.get(f"text_{each}")) for each in Variant if typed.get(f"text_{each}")}
    if "ja" not in texts:
        typed.problems["text_ja"] = "日本語の文面を書いてください。"
        return None
    try:
        return content_from({"texts": texts})
    except ContentError as error:
        typed.problems.update({_field(path): _said(typed, _field(path)) for path in error.fields})
        return None


def _blocks(typed: Filled, text: str) -> list[dict[str, Any]]:
    buttons = [
        {"label": typed.get(f"label_{n}"), "url": typed.get(f"url_{n}")}
        for n in range(BUTTONS)
        if typed.get(f"label_{n}") or typed.get(f"url_{n}")
    ]
    card = bool(typed.get("card_title") or buttons)
    first: dict[str, Any] = {"kind": "card" if card else "text", "text": text}
    if card:
        first |= {"title": typed.get("card_title") or None, "buttons": buttons}
    blocks = [first]
    if typed.get("picture_url") or typed.get("picture_description"):
        picture = {"url": typed.get("picture_url"), "description": typed.get("picture_description")}
        blocks.append({"kind": "picture", **picture})
    if any(typed.get(f"event_{name}") for name in ("title", "place", "starts", "ends")):
        times = {name: _time(typed.get(f"event_{name}")) for name in ("starts", "ends")}
        event = {"title": typed.get("event_title"), "place": typed.get("event_place"), **times}
        blocks.append({"kind": "event", **event})
    return blocks


_TOO_LONG = "文面は1500文字までで書いてください。"
_MISSING = {
    "picture_url": "画像のアドレスを書いてください。",
    "picture_description": "画像の説明を書いてください。画像が見えない人は、この説明を読みます。",
    "event_title": "催しの名前を書いてください。",
    "event_place": "催しの場所を書いてください。",
}
_SAID = {
    "card_title": "見出しは60文字までにしてください。",
    "label_0": "ボタンには、20文字までの名前と、https:// か tel: で始まる宛先の両方が必要です。",
    "picture_url": "画像は https:// で始まるアドレスで書いてください。",
    "picture_description": "画像の説明は1500文字までにしてください。",
    "event_title": "催しの名前は60文字までにしてください。",
    "event_place": "催しの場所は60文字までにしてください。",
    "event_starts": "催しの始まりと終わりの日時を、始まりが先になるように選んでください。",
}
_FIELDS = {
    ("card", "title"): "card_title",
    ("card", "buttons"): "label_0",
    ("picture", "url"): "picture_url",
    ("picture", "description"): "picture_description",
    ("event", "title"): "event_title",
    ("event", "place"): "event_place",
}


def _said(typed: Filled, name: str) -> str:
    """What is wrong with a field of the content."""
    missing = _MISSING.get(name) if not typed.get(name) else None
    return missing or _SAID.get(name, _TOO_LONG)


def _field(path: str) -> str:
    """The form's field for a path such as ``texts.ja.1.picture.url``."""
    parts = path.split(".")
    variant, kind, name = parts[1], *(*parts[3:5], "", "")[:2]
    if kind == "event" and (kind, name) not in _FIELDS:
        return "event_starts"
    return _FIELDS.get((kind, name), f"text_{variant}")


def _time(typed: str) -> str | None:
    try:
        return datetime.fromisoformat(typed).replace(tzinfo=JST).isoformat()
    except ValueError:
        return None


def audience_typed(typed: Filled) -> Everyone | Conditions | None:
    """The audience a form chooses; None with the problems noted at their fields."""
    if typed.get("audience") == "everyone":
        return Everyone()
    given: dict[str, Any] = {"kind": "conditions", **{name: typed.ticked(name) for name in MANY}}
    given |= {"child": child_typed(typed), "seen_within_days": typed.get("seen_within_days") or None}
    if "child_from" in typed.problems:
        return None
    try:
        audience = audience_from(given)
    except AudienceError as error:
        typed.problems["topics"] = str(error)
        return None
    assert isinstance(audience, Conditions)
    return audience


def child_typed(typed: Filled) -> dict[str, int] | None:
    """The ages of children a form asks for; None where it asks for none, or the problem is noted at the field."""
    written = [typed.get(name) for name in ("child_from", "child_to")]
    if not any(written):
        return None
    first, last = (number(text or "0") for text in written)
    if first is None or last is None:
        typed.problems["child_from"] = "子どもの年齢は、数字で書いてください。例：3"
        return None
    units = [_YEAR if typed.get(f"{name}_unit") == "years" else 1 for name in ("child_from", "child_to")]
    # 「3歳まで」 includes everybody who is three.
    months = {"from_months": first * units[0], "to_months": (last + 1) * units[1] - 1}
    if not written[1]:
        typed.problems["child_from"] = "子どもの年齢は、「まで」のほうも書いてください。"
    elif max(months.values()) > OLDEST_CHILD_MONTHS:
        typed.problems["child_from"] = "子どもの年齢は、19歳まで、または240か月までで書いてください。"
    elif months["from_months"] > months["to_months"]:
        typed.problems["child_from"] = "子どもの年齢は、「から」を「まで」より大きくしないでください。"
    return None if "child_from" in typed.problems else months


def refilled(campaign: Campaign) -> Filled:
    """The form as it must have been filled to make this notice."""
    one = {"title": campaign.title, "department": campaign.department, "urgency": campaign.urgency}
    one |= {"topic": campaign.topic or "", "audience": campaign.audience["kind"]}
    for variant, blocks in campaign.content["texts"].items():
        one[f"text_{variant}"] = blocks[0].get("text", "")
        if variant == Variant.JA:
            one |= _fields_of(blocks)
    audience = campaign.audience
    many = {name: list(audience.get(name) or []) for name in MANY}
    child = audience.get("child")
    if child:
        one |= {"child_from": str(child["from_months"]), "child_to": str(child["to_months"])}
    if audience.get("seen_within_days"):
        one["seen_within_days"] = str(audience["seen_within_days"])
    return Filled(one, many)


def _fields_of(blocks: Sequence[Mapping[str, Any]]) -> dict[str, str]:
    found: dict[str, str] = {}
    for block in blocks:
        match block["kind"]:
            case "card":
                found["card_title"] = block.get("title") or ""
                for n, button in enumerate(block["buttons"][:BUTTONS]):
                    found |= {f"label_{n}": button["label"], f"url_{n}": button["url"]}
            case "picture":
                found |= {"picture_url": block["url"], "picture_description": block["description"]}
            case "event":
                found |= {"event_title": block["title"], "event_place": block["place"]}
                found |= {f"event_{name}": _local(block[name]) for name in ("starts", "ends")}
    return found


def _local(stored: str) -> str:
    return f"{datetime.fromisoformat(stored).astimezone(JST):%Y-%m-%dT%H:%M}"
