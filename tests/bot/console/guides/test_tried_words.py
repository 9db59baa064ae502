"""The words of the page on which a question is tried."""

import json
import re

import pytest

from bot.console.frame import environment
from bot.console.guides.trying import tried
from bot.wiring import Pocket
from handlers.decision import Ground
from knowledge.passages import OwnerKind
from tests.bot.console.conftest import Clock


@pytest.mark.parametrize(("name", "values"), [("KINDS", OwnerKind), ("GROUNDS", Ground)])
def test_everything_that_can_be_found_has_a_name(name: str, values: type[OwnerKind] | type[Ground]) -> None:
    """What a question may lead to, and why a decision fell: a clerk reads each in Japanese."""
    assert set(_said(name)) == {each.value for each in values}


@pytest.mark.parametrize(
    ("text", "step"),
    [("！？", "nothing_said"), ("メニュー", "menu_asked"), ("死にたい", "in_danger"), ("札幌市の転出届", "elsewhere")],
)
def test_a_step_that_decides_nothing_says_why(pocket: Pocket, clock: Clock, text: str, step: str) -> None:
    """Nothing was searched, so no ground is told: the step itself has its sentence."""
    with pocket.sessions() as session:
        found = tried(session, pocket.responder, text, clock())
    assert (found.step, found.decision) == (step, None)
    assert _said("STEPS")[step]


def _said(name: str) -> dict[str, str]:
    loader = environment().loader
    assert loader
    source = loader.get_source(environment(), "guides/try.html")[0]
    found = re.search(rf"set {name} = (\{{.*?\}})", source, re.DOTALL)
    assert found
    said: dict[str, str] = json.loads(re.sub(r",\s*\}", "}", found[1]))
    return said
