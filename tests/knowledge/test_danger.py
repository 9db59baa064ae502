"""The signs of danger against wordings they were not made from: cries for help are heard, look-alikes raise no alarm.

``danger.jsonl`` has a wording a line and the crises that answer it, the fittest first; an empty list means none.
"""

import json
import re
from pathlib import Path

import pytest

from knowledge.pack import Pack, load_pack
from knowledge.text import normalise

HERE = Path(__file__).parent
MISSED = 0.05
ALARMS = 0.03
RIGHT = 0.95

Wording = tuple[str, tuple[str, ...]]


@pytest.fixture(scope="module")
def pack() -> Pack:
    """The pack as it is shipped."""
    return load_pack(HERE.parents[1] / "knowledge" / "packs" / "toshima")


@pytest.fixture(scope="module")
def wordings() -> list[Wording]:
    """What is typed, and the crises that would be right."""
    rows = (json.loads(line) for line in (HERE / "danger.jsonl").read_text("utf-8").splitlines())
    return [(row["text"], tuple(row["crisis"])) for row in rows]


def sign(pack: Pack, text: str) -> str | None:
    """The first crisis with a sign in a text that no harmless wording takes away."""
    text = normalise(text)
    for crisis in pack.crises:
        left = re.sub("|".join(crisis.harmless), "", text) if crisis.harmless else text
        if crisis.signs and re.search("|".join(crisis.signs), left):
            return crisis.id
    return None


def test_cries_for_help_are_heard(pack: Pack, wordings: list[Wording]) -> None:
    """Hardly one of them has no sign, and those heard get the numbers that fit."""
    found = {text: (sign(pack, text), right) for text, right in wordings if right}
    missed = [text for text, (heard, _) in found.items() if heard is None]
    wrong = [(text, heard) for text, (heard, right) in found.items() if heard is not None and heard not in right]
    assert len(found) >= 190
    assert len(missed) <= MISSED * len(found), missed
    assert len(wrong) <= (1 - RIGHT) * (len(found) - len(missed)), wrong


def test_look_alikes_raise_no_alarm(pack: Pack, wordings: list[Wording]) -> None:
    """Procedures after a death, plans, consultation hours, jokes and games are hardly ever taken for danger."""
    harmless = [text for text, right in wordings if not right]
    alarms = [(text, heard) for text in harmless if (heard := sign(pack, text))]
    assert len(harmless) >= 150
    assert len(alarms) <= ALARMS * len(harmless), alarms


@pytest.mark.parametrize("asked", ["住民票の写しの取り方を教えてください。", "粗大ごみの出し方は?", "こんにちは、"])
def test_danger_wins_over_a_question_beside_it(pack: Pack, asked: str) -> None:
    """Whatever else is asked in the same message, each crisis is still recognised by its first example."""
    for crisis in pack.crises:
        said = crisis.examples[0]
        assert sign(pack, f"{asked}あと{said}") == crisis.id
        assert sign(pack, f"{said}。{asked}") == crisis.id
