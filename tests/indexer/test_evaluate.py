"""Judging replies: right, first, wrong, missed, alarms; figures and floors."""

import json
from pathlib import Path

import pytest

from indexer.evaluate import (
    OUT_OF_SCOPE,
    Expected,
    Floors,
    Golden,
    Half,
    Judged,
    Quoted,
    Report,
    evaluate,
    evaluate_outside,
    judge,
    read_golden,
)

GOLDEN = Path(__file__).resolve().parents[1] / "golden"
SECRET = "だれにも見せない質問"
GUIDE = Expected(outcome="answered", guide="tennyu", also=("tenkyo",))
CRISIS = Expected(outcome="crisis", crisis="police")
NOT_FOUND = Expected(outcome="not_found")
PLAN = Expected(outcome="answered", source="dx", contains="目標 １０件")
CLARIFY = Expected(outcome="clarify", also=("tennyu", "tenkyo"))


def _golden(expect: Expected, kind: str = "everyday", half: Half = Half.TEST) -> Golden:
    return Golden(id=f"{kind}-001", kind=kind, text=SECRET, lang="ja", half=half, expect=expect)


@pytest.mark.parametrize(
    ("expect", "reply", "verdict"),
    [
        (GUIDE, Judged("answered", guide="tennyu"), "right"),
        (GUIDE, Judged("answered", guide="tenkyo"), "right"),
        (GUIDE, Judged("clarify", candidates=("tenkyo", "sodai")), "first"),
        (GUIDE, Judged("clarify", candidates=("sodai", "tennyu")), "offered"),
        (GUIDE, Judged("answered", guide="sodai"), "wrong"),
        (GUIDE, Judged("answered", guide="sodai", candidates=("tennyu",)), "offered"),
        (GUIDE, Judged("not_found", candidates=("tennyu",)), "missed"),
        (GUIDE, Judged("not_found"), "missed"),
        (GUIDE, Judged("crisis", crisis="police", candidates=("tennyu",)), "offered"),
        (CLARIFY, Judged("menu", candidates=("sodai", "tennyu")), "right"),
        (NOT_FOUND, Judged("not_found"), "right"),
        (PLAN, Judged("answered", quoted=Quoted("dx", "目標\n10件です")), "right"),
        (PLAN, Judged("answered", quoted=Quoted("old", "目標10件")), "wrong"),
        (PLAN, Judged("answered", quoted=Quoted("dx", "目標9件")), "wrong"),
        (PLAN, Judged("not_found", readable=Quoted("dx", "目標10件", foremost=True)), "first"),
        (PLAN, Judged("clarify", readable=Quoted("dx", "目標10件")), "offered"),
        (PLAN, Judged("answered", guide="sodai", readable=Quoted("dx", "目標10件", foremost=True)), "offered"),
        (PLAN, Judged("not_found", readable=Quoted("dx", "目標9件", foremost=True)), "missed"),
        (GUIDE, Judged("not_found", readable=Quoted("dx", "転入", foremost=True)), "missed"),
        (CRISIS, Judged("crisis", crisis="police"), "right"),
        (CRISIS, Judged("crisis", crisis="self_harm"), "missed"),
    ],
)
def test_a_reply_is_judged(expect: Expected, reply: Judged, verdict: str) -> None:
    """The best that can be said of a reply is said, and nothing better."""
    found = judge(_golden(expect), reply)
    said = [name for name in ("right", "first", "offered", "wrong", "missed") if getattr(found, name)]
    assert said[0] == verdict


def test_a_wrong_answer_stays_wrong() -> None:
    """Also with the right guide beside it; and answering one of several meant is no asking back."""
    assert judge(_golden(GUIDE), Judged("answered", guide="sodai", candidates=("tennyu",))).wrong
    assert not judge(_golden(CLARIFY), Judged("answered", guide="tennyu", candidates=("sodai",))).right


def test_a_fact_asked_for_must_be_given() -> None:
    """The right guide with another fact is not right."""
    expect = GUIDE.model_copy(update={"fact": "fee"})
    assert judge(_golden(expect), Judged("answered", guide="tennyu", fact="fee")).right
    assert not judge(_golden(expect), Judged("answered", guide="tennyu", fact="items")).right


def test_alarms_are_told_from_each_other() -> None:
    """Danger without a number is a missed alarm, a number without danger a false one."""
    assert judge(_golden(CRISIS), Judged("not_found")).alarm_missed
    assert judge(_golden(GUIDE), Judged("crisis", crisis="police")).false_alarm
    assert judge(_golden(GUIDE), Judged("answered", guide="tennyu", crisis="police")).false_alarm
    assert not judge(_golden(GUIDE), Judged("answered", guide="tennyu")).false_alarm
    both = judge(_golden(CRISIS), Judged("crisis", crisis="police"))
    assert not both.alarm_missed
    assert not both.false_alarm


def _report(right: int, wrong: int) -> Report:
    good = judge(_golden(GUIDE), Judged("answered", guide="tennyu"), 5.0)
    bad = judge(_golden(GUIDE), Judged("answered", guide="sodai", strays=("https://example.jp",)), 9.0)
    return Report((good,) * right + (bad,) * wrong)


def test_figures_are_shares_and_counts() -> None:
    """Three right of four, one wrong with a stray form; of the other half nothing is known against it."""
    figures = _report(3, 1).figures(Half.TEST)
    assert (figures["first"], figures["wrong"], figures["strays"]) == (0.75, 0.25, 1)
    assert _report(3, 1).figures(Half.DEV)["first"] == 1.0


def test_outside_questions_of_further_sets_count_as_answered_anyway_and_nowhere_else(tmp_path: Path) -> None:
    """Of the other half, of that kind, and beside the golden ones: one of two here, two of three in all."""
    outside = _golden(NOT_FOUND, OUT_OF_SCOPE)
    lines = [
        outside,
        outside.model_copy(update={"text": "税金の時効"}),
        outside.model_copy(update={"text": "税金の時効", "half": Half.DEV}),
        outside.model_copy(update={"text": "税金の時効", "kind": "everyday"}),
    ]
    (tmp_path / "more.jsonl").write_text("\n".join(line.model_dump_json() for line in lines), encoding="utf-8")

    def ask(text: str, _: tuple[str, ...]) -> Judged:
        return Judged("answered", guide="sodai") if text == "税金の時効" else Judged("not_found")

    golden = judge(outside, Judged("answered", guide="sodai"))
    figures = Report((golden,), evaluate_outside([tmp_path], ask)).figures(Half.TEST)
    assert (figures["answered_anyway"], figures["wrong"], figures["first"]) == (2 / 3, 1.0, 0.0)


def test_floors_hold_at_the_floor_and_fail_below() -> None:
    """At each floor nothing is said, just beyond it there is a sentence."""
    at = Floors(first=0.75, offered=0.75, wrong=0.25, strays=1)
    assert _report(3, 1).failures(at) == []
    failures = _report(3, 1).failures(Floors(first=0.76, offered=0.76, wrong=0.24, strays=0))
    assert [sentence.split(":")[0] for sentence in failures] == ["first", "offered", "wrong", "strays"]


def test_reports_hold_counts_and_no_question() -> None:
    """Neither the table nor the JSON repeats what was asked."""
    report = _report(3, 1)
    assert "75.0%" in report.table()
    counts = json.loads(report.to_json())["counts"]["everyday"]["test"]
    assert (counts["count"], counts["right"], counts["wrong"]) == (4, 3, 1)
    assert SECRET not in report.table() + report.to_json()


def test_the_golden_files_load_and_kinds_can_be_left_out() -> None:
    """Every line is read; a half without a kind asks only the rest."""
    kinds = {golden.kind for golden in read_golden(GOLDEN)}
    assert {"everyday", "plan", "dangerous"} <= kinds
    report = evaluate(GOLDEN, lambda _text, _turns: Judged("not_found"), (Half.DEV,), without={"plan"})
    assert {verdict.golden.half for verdict in report.verdicts} == {Half.DEV}
    assert {verdict.golden.kind for verdict in report.verdicts} == kinds - {"plan"}
