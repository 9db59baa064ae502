"""The words of the page on which a question is tried."""

import json
import re

import pytest

from bot.console.frame import environment
from handlers.decision import Ground
from knowledge.passages import OwnerKind


@pytest.mark.parametrize(("name", "values"), [("KINDS", OwnerKind), ("GROUNDS", Ground)])
def test_everything_that_can_be_found_has_a_name(name: str, values: type[OwnerKind] | type[Ground]) -> None:
    """What a question may lead to, and why a decision fell: a clerk reads each in Japanese."""
    loader = environment().loader
    assert loader
    source = loader.get_source(environment(), "guides/try.html")[0]
    found = re.search(rf"set {name} = (\{{.*?\}})", source, re.DOTALL)
    assert found
    assert set(json.loads(re.sub(r",\s*\}", "}", found[1]))) == {each.value for each in values}
