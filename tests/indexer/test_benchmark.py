"""Scoring a ranking, by hand-counted examples."""

import math
from pathlib import Path

import pytest
from hypothesis import given
from hypothesis import strategies as st

from indexer.benchmark import DEEP, Benchmark, scores

JUDGED = {"q": {"a": 2, "b": 1}}


@pytest.mark.parametrize(
    ("ranked", "ndcg", "recall", "hit"),
    [
        (["a", "b"], 1.0, 1.0, 1.0),
        (["b", "a"], (1 + 2 / math.log2(3)) / (2 + 1 / math.log2(3)), 1.0, 0.0),
        (["x", "a"], (2 / math.log2(3)) / (2 + 1 / math.log2(3)), 0.5, 0.0),
        (["x"] * DEEP + ["a"], 0.0, 0.0, 0.0),
        ([], 0.0, 0.0, 0.0),
    ],
)
def test_a_ranking_is_scored(ranked: list[str], ndcg: float, recall: float, hit: float) -> None:
    """Linear gain by place, the share found among ten, and whether the first one answers."""
    found = scores(JUDGED, {"q": ranked})
    assert found["ndcg@10"] == [pytest.approx(ndcg)]
    assert (found["recall@10"], found["hit@1 grade 2"]) == ([recall], [hit])


def test_a_question_that_nothing_answers_has_no_first_hit() -> None:
    """Only related documents: the question counts for nDCG and recall alone; one without a run found nothing."""
    assert scores({"q": {"a": 1}}, {}) == {"ndcg@10": [0.0], "recall@10": [0.0], "hit@1 grade 2": []}


@given(st.permutations([f"d{number}" for number in range(12)]))
def test_no_order_beats_the_ideal(order: list[str]) -> None:
    """Every figure lies between nothing and one."""
    judged = {"q": {f"d{number}": 1 + number % 2 for number in range(12)}}
    assert all(0 <= value <= 1 for values in scores(judged, {"q": order}).values() for value in values)


def test_a_folder_is_read(tmp_path: Path) -> None:
    """The three files of the development part; without the judgments there is no benchmark."""
    assert not Benchmark.is_in(tmp_path)
    for name, text in (("corpus", "{}"), ("queries.dev", '{"q": "犬"}'), ("qrels.dev", '{"q": {"a": 1}}')):
        (tmp_path / f"{name}.json").write_text(text)
    assert Benchmark.is_in(tmp_path)
    assert Benchmark.read(tmp_path) == Benchmark({}, {"q": "犬"}, {"q": {"a": 1}})
