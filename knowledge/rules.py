"""Rules from draft to withdrawal: who is told what and when by itself; used only as two people agreed to it."""

import uuid
from collections.abc import Mapping
from dataclasses import dataclass
from datetime import datetime
from typing import Any

from sqlalchemy import select
from sqlalchemy.orm import Session

from knowledge.audit import Actor
from knowledge.errors import PocketError
from knowledge.models import Rule, Topic
from knowledge.notice import CardBlock, Content, TextBlock, Variant, content_from, content_json, refuse_abolished_words
from knowledge.segment import ChildAge, Conditions, Everyone, audience_from, audience_json, digest
from knowledge.standing import Course, StandingError
from knowledge.trigger import ChildTrigger, GarbageTrigger, Occasion, Trigger, trigger_from, trigger_json


class NoSuchRuleError(PocketError):
    """自動のお知らせが見つかりません。"""


class RuleAudienceError(StandingError):
    """この送り方では、相手の条件を選べません。条件を選び直してください。"""


@dataclass(frozen=True)
class RulePlan:
    """What a rule says, when, and to whom."""

    title: str
    department: str
    topic: Topic | None
    trigger: Trigger
    audience: Conditions
    content: Content


def draft(session: Session, plan: RulePlan, author: Actor, now: datetime) -> Rule:
    """A new rule as a draft."""
    row = Rule(id=uuid.uuid4().hex, created_at=now)
    edit(session, row, plan, author, now)
    return row


def edit(session: Session, row: Rule, plan: RulePlan, editor: Actor, now: datetime) -> None:
    """Replace what a rule says; it is a draft again and no approval is left, so that nothing of it is sent."""
    _write(row, plan)
    COURSE.drafted(session, row, editor, now)


def load(session: Session, rule_id: str) -> Rule:
    """The rule of that id, locked where the database can; raises NoSuchRuleError."""
    found = session.scalars(select(Rule).where(Rule.id == rule_id).with_for_update()).one_or_none()
    if found is None:
        raise NoSuchRuleError
    return found


def everything(session: Session) -> list[Rule]:
    """All rules, the latest first."""
    return list(session.scalars(select(Rule).order_by(Rule.updated_at.desc(), Rule.id)))


def trigger_of(row: Rule) -> Trigger:
    """When a rule speaks."""
    return trigger_from(row.trigger)


def audience_at(row: Rule, occasion: Occasion) -> Conditions:
    """Whom a moment of a rule is for: its predicate, narrowed to a town or to children of one age."""
    wanted = _conditions(row)
    more: dict[str, Any] = {}
    if occasion.town is not None:
        more["areas"] = frozenset([occasion.town])
    if occasion.child_months is not None:
        more["child"] = ChildAge(from_months=occasion.child_months, to_months=occasion.child_months)
    return wanted.model_copy(update=more)


def content_at(row: Rule, occasion: Occasion) -> Content:
    """What a moment of a rule says: its words, with what belongs to the moment put in."""
    texts = content_from(row.content).texts
    filled = {each: tuple(_filled(block, occasion.fill, each) for block in blocks) for each, blocks in texts.items()}
    return content_from(content_json(Content.model_validate({"texts": filled})))


def digest_of(row: Rule) -> str:
    """What an approval is given for: all that is said, to whom, when, and who speaks."""
    return digest([row.title, row.department, row.topic, row.trigger, row.audience, row.content])


COURSE = Course("rule", digest_of)


def _filled(block: object, fill: Mapping[str, Mapping[Variant, str]], variant: Variant) -> object:
    if not isinstance(block, TextBlock | CardBlock):
        return block
    text = block.text
    for name, words in fill.items():
        text = text.replace(f"{{{name}}}", words[variant])
    return block.model_copy(update={"text": text})


def _conditions(row: Rule) -> Conditions:
    found = audience_from(row.audience)
    if not isinstance(found, Conditions):
        raise RuleAudienceError
    return found


def _write(row: Rule, plan: RulePlan) -> None:
    refuse_abolished_words(plan.content)
    _check(plan)
    row.title, row.department = plan.title, plan.department
    row.topic = plan.topic.value if plan.topic else None
    row.trigger, row.audience = trigger_json(plan.trigger), audience_json(plan.audience)
    row.content = content_json(plan.content)


def _check(plan: RulePlan) -> None:
    """A moment sets the child's age or the town itself; a predicate that sets it too would be one nobody meant."""
    own = isinstance(plan.trigger, ChildTrigger) and plan.audience.child is not None
    town = isinstance(plan.trigger, GarbageTrigger) and bool(plan.audience.areas)
    if own or town or isinstance(plan.audience, Everyone):
        raise RuleAudienceError
