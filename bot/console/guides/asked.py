"""What residents asked lately and were answered with a guide: proof that it is found, what to add to it or to say."""

from collections import Counter
from collections.abc import Sequence
from dataclasses import dataclass
from datetime import datetime, timedelta
from itertools import islice

from sqlalchemy import func, select
from sqlalchemy.orm import Session

from handlers.asking import Asking
from handlers.card import fact_rows
from handlers.phrases import phrases
from knowledge import library
from knowledge.dated import on
from knowledge.guide import Guide
from knowledge.models import Feedback, GuideRow, Question
from knowledge.records import FactKind
from knowledge.text import Language, normalise

LATEST = 300
MONTH = timedelta(days=30)
SHOWN = 10
FOLLOW_UP = "follow_up"
"""The step that answers what was shown before: 「いくら？」 is no wording of any guide."""
NEWEST = 20_000
"""Of so many newest questions of a month is counted what their guides lacked: a first page has to open at once."""
MOST_LACKED = 100
WANTED = 6
NO_FIELD = FactKind.ONLINE
"""That something can not be done online is written nowhere: a guide without a form lacks it, and is right to."""
LONGEST_ALIAS = 40
"""A longer question is a story, not a name: as an alias it would blur what the guide is called."""
_LACKS = Question.trace["lacks"].as_string()


@dataclass(frozen=True)
class Wording:
    """A question in residents' own (masked) words, how often it was asked lately, and whether somebody said 違う."""

    text: str
    times: int
    wrong: bool


@dataclass(frozen=True)
class Lack:
    """A fact that residents asked a guide for in vain, and how often."""

    guide: Guide
    fact: FactKind
    times: int

    @property
    def label(self) -> str:
        """What the fact is called."""
        return phrases(Language.JA).labels.of(self.fact)

    def still(self, session: Session, now: datetime) -> bool:
        """Whether the guide would not tell it now, either."""
        asking = Asking(session, "", Language.JA, (), "", now)
        return not fact_rows(asking.view(on(self.guide, asking.today)), self.fact)


def latest(session: Session, guide_id: str, most: int = SHOWN) -> Sequence[Question]:
    """The last questions that were answered with a guide."""
    written = (Question.guide_id == guide_id, Question.text.is_not(None))
    return session.scalars(select(Question).where(*written).order_by(Question.asked_at.desc()).limit(most)).all()


def lacked(session: Session, guide: Guide, now: datetime) -> list[Lack]:
    """The facts that a guide was asked for lately and does not have now, the most wanted first."""
    found = select(_LACKS).where(Question.guide_id == guide.id).order_by(Question.asked_at.desc()).limit(LATEST)
    times = Counter(FactKind(each) for each in session.scalars(found) if each)
    lacks = (Lack(guide, fact, count) for fact, count in times.most_common())
    return [each for each in lacks if each.still(session, now)]


def wanted(session: Session, department: str | None, now: datetime) -> list[Lack]:
    """The facts most wanted in the last month that public guides (of a department) do not have and could have."""
    columns = select(Question.guide_id, _LACKS.label("fact")).where(Question.asked_at >= now - MONTH)
    asked = columns.order_by(Question.asked_at.desc()).limit(NEWEST).subquery()
    guide, fact, times = asked.c.guide_id, asked.c.fact, func.count()
    found = select(guide, fact, times).join(GuideRow, GuideRow.id == guide).where(fact != NO_FIELD)
    if department is not None:
        found = found.where(GuideRow.owner == department)
    most = session.execute(found.group_by(guide, fact).order_by(times.desc(), guide, fact).limit(MOST_LACKED)).all()
    guides = {each.id: each for each in library.guides(session, [row[0] for row in most])}
    lacks = (Lack(guides[id_], FactKind(name), count) for id_, name, count in most if id_ in guides)
    return list(islice((each for each in lacks if each.still(session, now)), WANTED))


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
