"""Which questions become staff work, and how they stop being it."""

from collections.abc import Sequence
from datetime import datetime, timedelta

from sqlalchemy import delete, select, update
from sqlalchemy.orm import Session

from knowledge.days import day_in_japan
from knowledge.models import CountedDay, Feedback, Miss, MissedQuestion, Question, QuestionGroup, Wish

CHOOSING = timedelta(minutes=30)
"""How long somebody may take to choose among what was offered, before it counts as not chosen."""


def note(session: Session, question: Question) -> None:
    """Make a question that ended in vain staff work; nothing where it did not.

    An offer counts only where a choice could be seen: from a resident known to us. Whoever asks on the web page or the
    terminal chooses without our knowing that it was the same person.
    """
    offered = question.outcome == Miss.CLARIFY
    if question.pressed or question.outcome not in {Miss.NOT_FOUND, Miss.EXPIRED, Miss.CLARIFY}:
        return
    if offered and not (question.candidates and question.resident_id):
        return
    _add(session, question, Miss(question.outcome), question.asked_at + (CHOOSING if offered else timedelta()))


def judge(session: Session, question: Question, feedback: Feedback, now: datetime) -> None:
    """Keep what a resident said of an answer: a wrong one is staff work, until they say that it was solved."""
    question.feedback = feedback.value
    _recount(session, question)
    missed = session.get(MissedQuestion, question.id)
    if feedback == Feedback.WRONG and missed is None:
        _add(session, question, Miss.WRONG, now)
    elif feedback == Feedback.WRONG and missed is not None and missed.due_at is not None:
        missed.miss, missed.due_at = Miss.WRONG.value, now
    elif feedback == Feedback.SOLVED and missed is not None:
        leave(session, missed)


def leave(session: Session, missed: MissedQuestion) -> None:
    """Take a question out of staff work."""
    if missed.group_id is not None:
        smaller = {"count": QuestionGroup.count - 1, "stale": True}
        session.execute(update(QuestionGroup).where(QuestionGroup.id == missed.group_id).values(smaller))
    session.delete(missed)


def erase(session: Session, questions: Sequence[str]) -> None:
    """Erase what questions say of a person; their rows stay and count, and wishes that rest on them end."""
    known = list(questions)
    gone = {"text": None, "resident_id": None, "message_id": None}
    session.execute(update(Question).where(Question.id.in_(known)).values(gone))
    groups = select(MissedQuestion.group_id).where(MissedQuestion.question_id.in_(known))
    session.execute(update(QuestionGroup).where(QuestionGroup.id.in_(groups)).values(stale=True))
    meant = update(MissedQuestion).where(MissedQuestion.question_id.in_(known))
    session.execute(meant.values(meaning=None, neighbours=None, due_at=None))
    session.execute(delete(Wish).where(Wish.question_id.in_(known)))


def take_back(session: Session, message_id: str) -> None:
    """Erase a question whose message was taken back."""
    erase(session, session.scalars(select(Question.id).where(Question.message_id == message_id)).all())


def _add(session: Session, question: Question, miss: Miss, due_at: datetime) -> None:
    session.flush()
    session.add(
        MissedQuestion(
            question_id=question.id, miss=miss.value, lang=question.lang, asked_at=question.asked_at, due_at=due_at
        )
    )


def _recount(session: Session, question: Question) -> None:
    """Ask for the question's day to be counted again."""
    day = day_in_japan(question.asked_at)
    session.execute(update(CountedDay).where(CountedDay.day == day).values(changed=True))
