"""What stands in the form's fields for a guide."""

from collections.abc import Mapping, Sequence
from datetime import date

from bot.console.guides.columns import LANGUAGES, NO_DESK
from knowledge import typed
from knowledge.guide import (
    Agent,
    Deadline,
    DeadlineRule,
    ExtraSource,
    Fact,
    Fee,
    Form,
    Guide,
    Hours,
    Item,
    Later,
    Note,
    Source,
)

Texts = dict[str, str]
_NEEDED = {True: "yes", False: "no", None: ""}


def single(guide: Guide) -> Texts:
    """The fields that are there once."""
    names = guide.names
    return {
        "id": guide.id,
        "title": guide.title,
        "category": guide.category,
        "answer": guide.answer,
        "audience": guide.audience,
        "owner": guide.owner,
        "review_by": guide.review_by.isoformat(),
        "confidence": guide.confidence.value,
        "aliases": _lines(guide.aliases),
        "life_events": _lines(guide.life_events),
        "names.easy": names.easy,
        **{f"names.{language}": _lines(getattr(names, language)) for language in LANGUAGES},
        **{f"agent.{name}": value for name, value in _agent(guide.agent).items()},
        **{f"source.{name}": value for name, value in _source(guide.source).items()},
    }


def lists(guide: Guide) -> dict[str, list[Texts]]:
    """The rows of each list."""
    return {
        "deadlines": [_deadline(each) for each in guide.deadlines],
        "fees": [_fee(each) for each in guide.fees],
        "items": [_item(each) for each in guide.items],
        "desks": [{"desk": each} for each in guide.desks],
        "hours": [_hours(each) for each in guide.hours],
        "forms": [_form(each) for each in guide.forms],
        "notes": [_note(each) for each in guide.notes],
        "related": [{"guide": each} for each in guide.related],
        "extra_sources": [_extra(each) for each in guide.extra_sources],
        "later": [_later(each) for each in guide.later],
    }


def _lines(texts: Sequence[str]) -> str:
    return "\n".join(texts)


def _day(value: date | None) -> str:
    return value.isoformat() if value else ""


def _scope(scope: str | None) -> Texts:
    kind, _, name = (scope or "").partition(":")
    return {"scope": kind, "scope_of": name}


def _fact(fact: Fact, own: Mapping[str, str | None]) -> Texts:
    texts = {name: value or "" for name, value in own.items()}
    return {**texts, **_scope(fact.scope), "valid_from": _day(fact.valid_from), "valid_to": _day(fact.valid_to)}


def _deadline(deadline: Deadline) -> Texts:
    rule = _rule(deadline.rule) if deadline.rule else {}
    return _fact(deadline, {"text": deadline.text, "case": deadline.case, **rule})


def _rule(rule: DeadlineRule) -> dict[str, str | None]:
    if rule.by:
        return {"rule": "by", "by": rule.by.isoformat()}
    if rule.yearly:
        return {"rule": "yearly", "yearly": typed.month_day(rule.yearly)}
    kind, event = ("after", rule.after) if rule.after else ("before", rule.before)
    span = rule.within or ""
    return {"rule": kind, "event": event, "number": span[:-1], "unit": span[-1:]}


def _fee(fee: Fee) -> Texts:
    return _fact(fee, {"case": fee.case, "yen": str(fee.yen), "kind": fee.kind.value, "note": fee.note})


def _item(item: Item) -> Texts:
    return _fact(item, {"name": item.name, "when": item.when})


def _hours(hours: Hours) -> Texts:
    return _fact(hours, {"days": hours.days, "opens": hours.opens, "closes": hours.closes, "note": hours.note})


def _form(form: Form) -> Texts:
    needs, mynumber = _lines(form.needs), _NEEDED[form.mynumber]
    return _fact(form, {"name": form.name, "url": str(form.url), "needs": needs, "mynumber": mynumber})


def _note(note: Note) -> Texts:
    return _fact(note, {"text": note.text})


def _agent(agent: Agent | None) -> Texts:
    return _fact(agent, {"allowed": _NEEDED[agent.allowed], "text": agent.text}) if agent else {}


def _source(source: Source) -> Texts:
    return {
        "url": str(source.url),
        "title": source.title,
        "scope_note": source.scope_note or "",
        "copied": source.copied or "",
        "checked": source.checked.isoformat(),
        **_scope(source.scope),
    }


def _extra(source: ExtraSource) -> Texts:
    return {"url": str(source.url), "note": source.note, "copied": source.copied or "", **_scope(source.scope)}


def _later(later: Later) -> Texts:
    desks = later.desks if later.desks is None or later.desks else (NO_DESK,)
    texts = {"answer": later.answer or "", "audience": later.audience or "", "desks": _lines(desks or ())}
    return {"valid_from": later.valid_from.isoformat(), **texts}
