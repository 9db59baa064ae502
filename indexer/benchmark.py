"""Scoring a ranking of somebody else's questions by graded judgments: 1 is related, 2 holds the answer."""

import json
import math
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from pathlib import Path
from typing import Self

DEEP = 10
ANSWERED = 2
Judgments = Mapping[str, Mapping[str, int]]


@dataclass(frozen=True)
class Benchmark:
    """A corpus of Q&A documents, questions, and which documents were judged to fit them."""

    corpus: Mapping[str, str]
    queries: Mapping[str, str]
    judgments: Judgments

    @classmethod
    def read(cls, directory: Path) -> Self:
        """The development part in a directory: `corpus.json`, `queries.dev.json`, `qrels.dev.json`."""
        names = ("corpus.json", "queries.dev.json", "qrels.dev.json")
        return cls(*(json.loads((directory / name).read_text(encoding="utf-8")) for name in names))

    @staticmethod
    def is_in(directory: Path) -> bool:
        """Whether the development part lies in a directory."""
        return (directory / "qrels.dev.json").exists()


def scores(judgments: Judgments, run: Mapping[str, Sequence[str]]) -> dict[str, list[float]]:
    """By name of the measure one figure a question; Hit@1 only for those some document answers.

    nDCG has linear gain, as in the public leaderboard of the data set.
    """
    found: dict[str, list[float]] = {"ndcg@10": [], "recall@10": [], "hit@1 grade 2": []}
    for query, judged in judgments.items():
        ranked = run.get(query, ())[:DEEP]
        ideal = _gain(sorted(judged.values(), reverse=True)[:DEEP])
        found["ndcg@10"].append(_gain([judged.get(document, 0) for document in ranked]) / ideal)
        found["recall@10"].append(sum(document in judged for document in ranked) / len(judged))
        if ANSWERED in judged.values():
            found["hit@1 grade 2"].append(float(bool(ranked) and judged.get(ranked[0]) == ANSWERED))
    return found


def _gain(grades: Sequence[int]) -> float:
    return sum(grade / math.log2(place + 2) for place, grade in enumerate(grades))
