"""The form of a rule: what was typed, what is wrong with it, and the plan it makes."""

from collections.abc import Mapping, Sequence
from typing import Any

from starlette.datastructures import FormData

from bot.console.notices.form import MANY, Filled, audience_typed, check_head, child_typed, number
from bot.console.notices.form import filled as filled_notice
from knowledge.models import Rule, Topic
from knowledge.notice import Content, ContentError, Variant, content_from
from knowledge.rules import RulePlan
from knowledge.segment import Conditions
from knowledge.trigger import ChildTrigger, GarbageTrigger, Trigger, TriggerError, trigger_from

KINDS = ("child", "yearly", "garbage", "match")
NUMBERS: dict[str, dict[str, str]] = {
    "child": {"months": "child_months", "day": "child_day", "hour": "child_hour"},
    "yearly": {"month": "yearly_month", "day": "yearly_day", "hour": "yearly_hour"},
    "garbage": {},
    "match": {},
}
"""The fields of each kind of trigger, by the trigger's own names."""
_HOUR = "時刻は、8時から20時までの数字で書いてください。"
_SAID = {
    "child_months": "月齢は、0から240までの数字で書いてください。",
    "child_day": "日は、1から28までの数字で書いてください。",
    "child_hour": _HOUR,
    "yearly_month": "月は、1から12までの数字で書いてください。",
    "yearly_day": "日にちは、1から31までの数字で書いてください。",
    "yearly_hour": _HOUR,
}
_NEVER = "その月に、毎年その日はありません。2月は28日まで、4月・6月・9月・11月は30日までです。"
_PLACES = ("{collected}", "{by}")
_CHILD = ("child_from", "child_from_unit", "child_to", "child_to_unit")


def filled(form: FormData) -> Filled:
    """What was sent."""
    return filled_notice(form)


def refilled(row: Rule) -> Filled:
    """The form of a rule as it stands."""
    trigger = row.trigger
    one = {"title": row.title, "department": row.department, "topic": row.topic or "", "kind": trigger["kind"]}
    one |= {name: str(trigger[own]) for own, name in NUMBERS[trigger["kind"]].items()}
    one["when"] = "morning" if trigger.get("evening") is False else "evening"
    one |= {f"text_{variant}": blocks[0]["text"] for variant, blocks in row.content["texts"].items()}
    if (child := row.audience.get("child")) is not None:
        one |= {"child_from": str(child["from_months"]), "child_to": str(child["to_months"])}
    many = {name: list(row.audience.get(name) or []) for name in MANY}
    return Filled(one, many)


def plan_of(typed: Filled) -> RulePlan | None:
    """The plan a form makes; None with the problems noted at their fields."""
    check_head(typed)
    topic = Topic(typed.get("topic")) if typed.get("topic") in set(Topic) else None
    if topic is None:
        typed.problems["topic"] = "話題を選んでください。この話題をやめた人には届きません。"
    trigger = _trigger(typed)
    audience = _audience(typed, trigger, topic)
    content = _content(typed, trigger)
    if typed.problems or trigger is None or audience is None or content is None:
        return None
    return RulePlan(typed.get("title"), typed.get("department"), topic, trigger, audience, content)


def _trigger(typed: Filled) -> Trigger | None:
    kind = typed.get("kind")
    given: dict[str, Any] = {"kind": kind}
    if kind == "garbage":
        given["evening"] = typed.get("when") != "morning"
    given |= {own: number(typed.get(name)) for own, name in NUMBERS.get(kind, {}).items()}
    try:
        return trigger_from(given)
    except TriggerError as error:
        typed.problems |= _problems(NUMBERS.get(kind), error.fields)
        return None


def _problems(names: Mapping[str, str] | None, wrong: Sequence[str]) -> dict[str, str]:
    """What is wrong with a trigger, at the fields of its kind; with none of them, no such day comes each year."""
    if names is None:
        return {"kind": "送り方を選んでください。"}
    return {names[own]: _SAID[names[own]] for own in wrong} or {names["day"]: _NEVER}


def _audience(typed: Filled, trigger: Trigger | None, topic: Topic | None) -> Conditions | None:
    """Those who asked for the topic, and fit what else was ticked; towns follow from a collection by themselves."""
    chosen = Filled({"audience": "conditions"}, dict(typed.many), typed.problems)
    if not isinstance(trigger, ChildTrigger):
        chosen.one |= {name: typed.get(name) for name in _CHILD}
    if topic is None:
        child_typed(chosen)
        return None
    chosen.many["topics"] = [topic.value]
    if isinstance(trigger, GarbageTrigger):
        chosen.many["areas"] = []
    found = audience_typed(chosen)
    return found if isinstance(found, Conditions) else None


def _content(typed: Filled, trigger: Trigger | None) -> Content | None:
    written = {each: typed.get(f"text_{each.value}") for each in Variant if typed.get(f"text_{each.value}")}
    if Variant.JA not in written:
        typed.problems["text_ja"] = "日本語の文面を書いてください。"
        return None
    for each, text in written.items():
        if (said := _places(text, trigger)) != "":
            typed.problems[f"text_{each.value}"] = said
    texts = {each.value: [{"kind": "text", "text": text}] for each, text in written.items()}
    try:
        return content_from({"texts": texts})
    except ContentError:
        typed.problems["text_ja"] = "文面は1500文字までで書いてください。"
        return None


def _places(text: str, trigger: Trigger | None) -> str:
    """What is wrong with the places of a text, empty where nothing is."""
    garbage = isinstance(trigger, GarbageTrigger)
    left = text
    for place in _PLACES if garbage else ():
        left = left.replace(place, "")
    if "{" in left or "}" in left:
        known = "{collected} と {by}" if garbage else "文字"
        return f"この送り方の文面には、{known}だけを使えます。"
    if garbage and "{collected}" not in text:
        return "何が集められるかを入れるところに {collected} と書いてください。"
    return ""
