"""What residents asked lately and were answered with a guide: proof that it is found, and wordings to add."""

from collections import Counter
from collections.abc import Sequence
from dataclasses import dataclass

from sqlalchemy import func, select
from sqlalchemy.orm import Session

from knowledge.models import Feedback, Question
from knowledge.records import FactKind
from knowledge.text import Language, normalise

LATEST = 300
SHOWN = 10
FOLLOW_UP = "follow_up"
"""The step that answers what was shown before: 「いくら？」 is no wording of any guide."""
LONGEST_ALIAS = 40
"""A longer question is a story, not a name: as an alias it would blur what the guide is called."""


@dataclass(frozen=True)
class Wording:
    """A question in residents' own (masked) words, how often it was asked lately, and whether somebody said 違う."""

    text: str
    times: int
    wrong: bool


def latest(session: Session, guide_id: str, most: int = SHOWN) -> Sequence[Question]:
    """The last questions that were answered with a guide."""
    written = (Question.guide_id == guide_id, Question.text.is_not(None))
    return session.scalars(select(Question).where(*written).order_by(Question.asked_at.desc()).limit(most)).all()


def lacked(session: Session, guide_id: str) -> list[tuple[FactKind, int]]:
    """The facts of a guide that were asked for lately and are not in its record, and how often, the most first."""
    lacks = Question.trace["lacks"].as_string()
    found = select(lacks).where(Question.guide_id == guide_id).order_by(Question.asked_at.desc()).limit(LATEST)
    return Counter(FactKind(each) for each in session.scalars(found) if each).most_common()


def wordings(session: Session, guide_id: str, known: Sequence[str], most: int = SHOWN) -> list[Wording]:
    """Wordings of residents that the guide does not know yet, those that went wrong first, then the most frequent."""
    mine = {normalise(each) for each in known}
    step = func.coalesce(Question.trace["step"].as_string(), "")
    written = (Question.guide_id == guide_id, Question.text.is_not(None), step != FOLLOW_UP)
    asked = select(Question.text, Question.feedback, Question.lang).where(*written)
    rows = session.execute(asked.order_by(Question.asked_at.desc()).limit(LATEST))
    japanese = [(text or "", feedback == Feedback.WRONG) for text, feedback, lang in rows if lang == Language.JA]
    fresh = [(text, wrong) for text, wrong in japanese if _may_be_alias(text, mine)]
    times, wrong = Counter(text for text, _ in fresh), {text for text, went_wrong in fresh if went_wrong}
    order = sorted(times, key=lambda text: (text not in wrong, -times[text]))
    return [Wording(text, times[text], text in wrong) for text in order[:most]]


def _may_be_alias(text: str, known: set[str]) -> bool:
    return 0 < len(text) <= LONGEST_ALIAS and normalise(text) not in known
