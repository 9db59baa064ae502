"""The product answers the development half of the golden questions well enough."""

from pathlib import Path

from bot.commands.evaluation import PLANS, judged_in, source_keys
from bot.wiring import Pocket
from indexer.evaluate import Half, evaluate
from tests.installation import ROOT, settings_for

GOLDEN = ROOT / "tests" / "golden"


def test_the_development_half_is_answered_well(pocket_dir: Path) -> None:
    """Most questions get the right answer first, few a wrong one, no fact or form strays from its record."""
    pocket = Pocket.open(settings_for(pocket_dir))
    keys = source_keys(GOLDEN)
    report = evaluate(GOLDEN, lambda text, turns: judged_in(pocket, keys, text, turns), (Half.DEV,), without={PLANS})
    pocket.engine.dispose()
    figures = report.figures(Half.DEV)
    assert len(report.verdicts) > 250
    assert figures["first"] >= 0.86
    assert figures["wrong"] <= 0.05
    assert figures["foreign"] >= 0.85
    assert figures["strays"] == 0
    assert figures["alarms_missed"] <= 1
