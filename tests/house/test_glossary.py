"""The glossary is obeyed: every table, outcome and stored status is named there."""

import re
from enum import StrEnum

import knowledge.guide
import knowledge.models
import knowledge.passages
from handlers.reply import Outcome
from knowledge.models import Base
from knowledge.records import FactKind
from tests.house.tree import ROOT

ENUMS = [
    value
    for module in (knowledge.models, knowledge.passages, knowledge.guide)
    for value in vars(module).values()
    if isinstance(value, type) and issubclass(value, StrEnum) and value.__module__ == module.__name__
]


def _named() -> set[str]:
    """What stands in the glossary in code type."""
    return set(re.findall(r"`([^`]+)`", (ROOT / "docs/glossary.md").read_text(encoding="utf-8")))


def test_every_table_is_in_the_glossary() -> None:
    """A table is called what the glossary calls it."""
    assert set(Base.metadata.tables) - _named() == set()


def test_every_outcome_is_in_the_glossary() -> None:
    """So are the ways a question can end, and the facts a follow-up can ask for."""
    assert {each.value for kind in (Outcome, FactKind) for each in kind} - _named() == set()


def test_every_stored_status_is_in_the_glossary() -> None:
    """Enums whose values stand in rows are explained with all their values."""
    assert ENUMS
    assert {each.value for kind in ENUMS for each in kind} - _named() == set()
