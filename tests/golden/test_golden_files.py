"""The golden questions are well formed, cover every guide, and their two halves are balanced and independent.

Nothing is answered here (`pocket eval` does that): these tests read only the files beside them.
"""

import itertools
import re
import unicodedata
from collections import Counter
from pathlib import Path
from typing import Literal

import pytest
from pydantic import BaseModel, ConfigDict, Field

HERE = Path(__file__).parent
GUIDES = frozenset((HERE / "guide_ids.txt").read_text(encoding="utf-8").split())
LANGUAGES = ("en", "zh", "ko", "vi")
AT_LEAST = {
    "everyday": 120, "typo": 35, "kana": 25, "dialect_slang": 25, "one_word": 30, "two_wishes": 20, "near_miss": 30,
    "en": 30, "zh": 30, "ko": 30, "vi": 30, "follow_up": 50, "plan": 25, "out_of_scope": 45,
    "smalltalk": 30, "dangerous": 35,
}  # fmt: skip

Outcome = Literal["answered", "clarify", "not_found", "smalltalk", "crisis", "other_body"]
Fact = Literal["fee", "deadline", "items", "desk", "online", "agent", "hours"]
Crisis = Literal["self_harm", "dv_abuse", "child_abuse", "fire_ambulance", "police"]
Plan = Literal["toshima-dx-2026", "toshima-dx-2022"]


class Expect(BaseModel):
    """What a right reply is; README.md explains each field."""

    model_config = ConfigDict(extra="forbid", strict=True)
    outcome: Outcome
    outcome_any: list[Outcome] | None = None
    guide: str | None
    also: list[str]
    source: Plan | None = None
    source_any: list[Plan] | None = None
    contains: str | None = None
    contains_any: list[str] | None = None
    fact: Fact | None = None
    crisis: Crisis | None = None
    crisis_any: list[Crisis] | None = None


class Golden(BaseModel):
    """One line of a golden file."""

    model_config = ConfigDict(extra="forbid", strict=True)
    id: str
    kind: str
    text: str = Field(min_length=1)
    lang: Literal["ja", "en", "zh", "ko", "vi"]
    half: Literal["dev", "test"]
    expect: Expect
    turns: list[str] | None = Field(default=None, min_length=1)

    def conversation(self) -> str:
        """All that the person typed, the turns before included."""
        return "\n".join([*(self.turns or []), self.text])


def _read(path: Path) -> list[Golden]:
    return [Golden.model_validate_json(line) for line in path.read_text(encoding="utf-8").splitlines()]


@pytest.fixture(scope="module")
def questions() -> list[Golden]:
    return [question for path in sorted(HERE.glob("*.jsonl")) for question in _read(path)]


def test_every_kind_has_its_file_and_enough_questions() -> None:
    """One file a kind, ids numbered in order, the language of the kind."""
    assert {path.stem for path in HERE.glob("*.jsonl")} == set(AT_LEAST)
    for kind, least in AT_LEAST.items():
        questions = _read(HERE / f"{kind}.jsonl")
        assert len(questions) >= least, kind
        assert [q.id for q in questions] == [f"{kind}-{n:03d}" for n in range(1, len(questions) + 1)]
        assert {q.kind for q in questions} == {kind}
        if kind != "follow_up":
            assert {q.lang for q in questions} == {kind if kind in LANGUAGES else "ja"}, kind


def test_guides_exist_and_each_is_expected_in_japanese(questions: list[Golden]) -> None:
    """No expectation names an unknown guide; every guide is the expected one of some Japanese question."""
    for q in questions:
        named = [g for g in (q.expect.guide, *q.expect.also) if g is not None]
        assert set(named) <= GUIDES, q.id
        assert len(named) == len(set(named)), q.id
    expected = {q.expect.guide for q in questions if q.lang == "ja"}
    assert expected >= GUIDES, sorted(GUIDES - expected)


def test_expectations_say_enough_to_judge_a_reply(questions: list[Golden]) -> None:
    """Each outcome carries what it is judged by, and nothing that belongs to another."""
    for q in questions:
        e = q.expect
        outcomes = set(e.outcome_any or [e.outcome])
        assert (e.crisis is not None) == ("crisis" in outcomes), q.id
        if e.outcome == "answered":
            assert (e.guide is None) != (e.source is None), q.id
        else:
            assert e.guide is None, q.id
        assert bool(e.also) or e.outcome != "clarify", q.id
        assert not e.also or outcomes & {"answered", "clarify"}, q.id
        assert (e.source is not None) == (q.kind == "plan") == (e.contains is not None), q.id
        assert (q.turns is not None) == (q.kind == "follow_up"), q.id
        assert e.fact is None or (q.kind == "follow_up" and e.guide), q.id


def test_single_values_are_among_their_alternatives(questions: list[Golden]) -> None:
    """A `…_any` list contains the value it widens, and widens it."""
    for q in questions:
        e = q.expect
        pairs: list[tuple[str | None, list[str] | None]] = [
            (e.outcome, list(e.outcome_any) if e.outcome_any else None),
            (e.source, list(e.source_any) if e.source_any else None),
            (e.contains, e.contains_any),
            (e.crisis, list(e.crisis_any) if e.crisis_any else None),
        ]
        for single, several in pairs:
            assert several is None or (single in several and len(set(several)) > 1), q.id


def test_no_question_stands_twice(questions: list[Golden]) -> None:
    """The same words after the same turns are one question."""
    assert [text for text, n in Counter(q.conversation() for q in questions).items() if n > 1] == []


def test_halves_are_balanced(questions: list[Golden]) -> None:
    """Every kind, outcome, fact and sort of crisis is in both halves, kinds in equal numbers."""
    kinds = Counter((q.kind, q.half) for q in questions)
    for kind in AT_LEAST:
        assert abs(kinds[kind, "dev"] - kinds[kind, "test"]) <= 3, kind
    for trait in ("outcome", "fact", "crisis", "source"):
        seen = {half: {getattr(q.expect, trait) for q in questions if q.half == half} for half in ("dev", "test")}
        assert seen["dev"] == seen["test"], trait


def _bigrams(text: str) -> frozenset[str]:
    letters = re.sub(r"\W", "", unicodedata.normalize("NFKC", text).casefold())
    return frozenset(letters[i : i + 2] for i in range(len(letters) - 1))


def test_halves_are_not_rewordings_of_each_other(questions: list[Golden]) -> None:
    """No question shares half of its letter pairs with one of the other half (single words excepted)."""
    halves = {
        half: [(q.id, grams) for q in questions if q.half == half and len(grams := _bigrams(q.conversation())) > 5]
        for half in ("dev", "test")
    }
    alike = [
        (one, other)
        for (one, a), (other, b) in itertools.product(halves["dev"], halves["test"])
        if 2 * len(a & b) > len(a | b)
    ]
    assert alike == []
