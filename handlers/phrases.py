"""The sentences people read, one file a language under `wording/`; every language has every sentence."""

from functools import cache
from pathlib import Path
from typing import Any

import yaml
from pydantic import BaseModel, ConfigDict

from knowledge.records import FactKind
from knowledge.text import Language


class Labels(BaseModel):
    """The names of a card's rows."""

    model_config = ConfigDict(frozen=True, extra="forbid")

    audience: str
    deadline: str
    fee: str
    benefit: str
    items: str
    desk: str
    online: str
    agent: str
    hours: str
    details: str

    def of(self, fact: FactKind) -> str:
        """The label of a fact."""
        return str(getattr(self, fact.value))


class Phrases(BaseModel):
    """All sentences in one language; braces are filled with `str.format`."""

    model_config = ConfigDict(frozen=True, extra="forbid")

    labels: Labels
    free: str
    yen: str
    when: str
    needs: str
    closed: str
    example: str
    national: str
    caution_scope: str
    caution_low: str
    source: str
    copied: str
    owner: str
    contact: str
    contact_switchboard: str
    call: str
    call_name: str
    in_japanese: str
    solved: str
    wrong: str
    more: str
    tester_joined: str
    tester_unknown: str
    remind_me: str
    remind_ask: str
    remind_pick: str
    remind_noted: str
    remind_drop: str
    remind_dropped: str
    remind_soon: str
    remind_past: str
    remind_letter: str
    kept_link: str
    kept_reminder: str
    kept_end: str
    link_joined: str
    link_unknown: str
    link_end: str
    link_ended: str
    solved_thanks: str
    wrong_thanks: str
    tell_me: str
    tell_promised: str
    tell_known: str
    told: str
    clarify: str
    clarify_fact: str
    clarify_topic: str
    not_found: str
    not_found_topic: str
    not_found_hint: str
    other_body_intro: str
    other_body_site: str
    crisis_intro: str
    in_case: str
    smalltalk_intro: str
    expired: str
    withdrawn: str
    fact_missing: str
    once_more: str
    no_more: str
    agent_yes: str
    agent_no: str
    menu_title: str
    menu_intro: str
    menu_label: str
    whole_list: str
    steps_intro: str
    masked: str
    welcome: str
    unsupported: dict[str, str]
    too_long: str
    button_gone: str
    citation: str
    read_plan: str
    read_plan_hint: str
    read_more: str
    weekdays: str
    days_ask: str
    days_head: str
    days_line: str
    days_weeks: str
    days_and: str
    days_time: str
    days_source: str
    page: str


@cache
def phrases(language: Language, *, plain: bool = False) -> Phrases:
    """The sentences of a language; in plain Japanese (やさしい日本語) where that was chosen and a sentence has it."""
    said = _written(language.value)
    if plain and language == Language.JA:
        easy = _written("easy")
        whole = {name: said[name] | own for name, own in easy.items() if isinstance(own, dict)}
        said = said | easy | whole
    return Phrases.model_validate(said)


def _written(name: str) -> dict[str, Any]:
    path = Path(__file__).parent / "wording" / f"{name}.yaml"
    written: dict[str, Any] = yaml.safe_load(path.read_text(encoding="utf-8"))
    return written
