"""The product answers the development half of the golden questions well enough."""

from pathlib import Path

from bot.commands.evaluation import PLANS, judged_in, source_keys
from bot.wiring import Pocket
from indexer.evaluate import Half, evaluate
from tests.installation import ROOT, settings_for

GOLDEN, EVERYDAY = ROOT / "tests" / "golden", ROOT / "tests" / "everyday"


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


def test_everyday_worries_raise_no_alarm_and_cries_do(pocket_dir: Path) -> None:
    """Of 150 worries at most a tenth get numbers to call, of 120 hesitant cries at most one in fifteen none."""
    pocket = Pocket.open(settings_for(pocket_dir))
    report = evaluate(EVERYDAY, lambda text, turns: judged_in(pocket, {}, text, turns))
    pocket.engine.dispose()
    assert len(report.verdicts) == 270
    assert sum(verdict.false_alarm for verdict in report.verdicts) <= 15
    assert sum(verdict.alarm_missed for verdict in report.verdicts) <= 8


def test_a_wards_own_questions_need_no_list_of_sources(tmp_path: Path) -> None:
    """A directory of questions alone knows no source by name; one that names some is read."""
    assert source_keys(tmp_path) == {}
    (tmp_path / "sources.json").write_text('{"keikaku.txt": "plan"}', encoding="utf-8")
    assert source_keys(tmp_path) == {"keikaku.txt": "plan"}
