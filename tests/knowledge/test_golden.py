"""Golden questions of the ward: kept by staff, brought by the pack, retired by reviewers."""

from dataclasses import replace
from datetime import timedelta
from pathlib import Path

import pytest

from knowledge import golden, library
from knowledge.clerk import NotYourGuideError, NotYourReviewError
from knowledge.database import Sessions
from knowledge.errors import PackError
from knowledge.golden import Answer
from knowledge.pack import load_pack
from knowledge.records import GoldenRecord
from knowledge.text import LONGEST_QUESTION
from tests.knowledge.packs import write_pack
from tests.knowledge.staff_work import EDITOR, GUIDE, NOW, REVIEWER, STRANGER, loaded

RIGHT = Answer("answered", GUIDE.id)


def test_a_real_question_is_kept_with_its_answer(sessions: Sessions) -> None:
    """By the guide's department; the same text once only; found by its guide."""
    with sessions.begin() as session:
        loaded(session)
        kept = golden.keep(session, " 住民票ください ", RIGHT, EDITOR, NOW, question="q1")
        assert (kept.text, kept.lang, kept.guide_id, kept.question_id) == ("住民票ください", "ja", GUIDE.id, "q1")
        assert kept.expect == {"outcome": "answered", "guide": GUIDE.id, "also": []}
        with pytest.raises(golden.GoldenKeptError):
            golden.keep(session, "住民票ください", RIGHT, EDITOR, NOW)
        with pytest.raises(NotYourGuideError):
            golden.keep(session, "住民票は", RIGHT, STRANGER, NOW)
        assert [row.id for row in golden.standing(session, [GUIDE.id])] == [kept.id]
        assert golden.standing(session, ["other"]) == []


@pytest.mark.parametrize("text", ["", "　 ", "あ" * (LONGEST_QUESTION + 1)])
def test_no_question_is_no_golden_question(sessions: Sessions, text: str) -> None:
    """Empty, blank, or longer than residents can ask."""
    with sessions() as session:
        loaded(session)
        with pytest.raises(golden.GoldenTextError):
            golden.keep(session, text, RIGHT, EDITOR, NOW)


def test_only_a_reviewer_lowers_the_gate(sessions: Sessions) -> None:
    """What is retired counts no more and may be kept anew."""
    with sessions.begin() as session:
        loaded(session)
        kept = golden.keep(session, "住民票ください", RIGHT, EDITOR, NOW)
        with pytest.raises(NotYourReviewError):
            golden.retire(session, kept.id, EDITOR, NOW)
        golden.retire(session, kept.id, REVIEWER, NOW)
        assert golden.standing(session) == []
        with pytest.raises(golden.GoldenMissingError):
            golden.retire(session, kept.id, REVIEWER, NOW)
        assert golden.keep(session, "住民票ください", RIGHT, EDITOR, NOW).id != kept.id


def test_the_packs_questions_follow_the_pack(sessions: Sessions, tmp_path: Path) -> None:
    """A changed answer is changed, a question that left counts no more, what staff retired stays so."""
    pack = load_pack(write_pack(tmp_path))
    one, two = (
        GoldenRecord(text="引っ越したんだけど", guide="tennyu"),
        GoldenRecord(text="免許の更新", outcome="other_body"),
    )
    with sessions.begin() as session:
        library.sync_pack(session, replace(pack, golden=(one, two)), NOW)
        first, second = sorted(golden.standing(session), key=lambda row: row.text)
        assert [(row.text, row.expect["outcome"], row.kept_by) for row in (first, second)] == [
            ("免許の更新", "other_body", None),
            ("引っ越したんだけど", "answered", None),
        ]
        golden.retire(session, second.id, replace(REVIEWER, everywhere=True), NOW)
        changed = two.model_copy(update={"outcome": "not_found"})
        library.sync_pack(session, replace(pack, golden=(one, changed)), NOW + timedelta(days=1))
        assert [(row.text, row.expect["outcome"]) for row in golden.standing(session)] == [("免許の更新", "not_found")]
        library.sync_pack(session, pack, NOW + timedelta(days=2))
        assert golden.standing(session) == []


def test_a_packs_question_must_lead_to_a_guide_it_has(tmp_path: Path) -> None:
    """The mistake is told with its line."""
    directory = write_pack(tmp_path)
    (directory / "golden.yaml").write_text("- {text: 引っ越した, guide: nai}\n", "utf-8")
    with pytest.raises(PackError, match=r"golden\.yaml:1 .*「nai」がありません"):
        load_pack(directory)
