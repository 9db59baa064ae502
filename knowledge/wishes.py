"""Wishes to be told an answer: agreed to by a resident for one question, and deleted as soon as they are done with."""

import uuid
from datetime import datetime, timedelta

from sqlalchemy import delete, select, update
from sqlalchemy.orm import Session

from knowledge.models import GroupStatus, MissedQuestion, Question, QuestionGroup, Resident, ResidentStatus, Wish

LASTS = timedelta(days=30)
LEASE = timedelta(minutes=2)
"""Longer than asking and sending take together; a dead process's wish is taken up again after it."""
_KEYS = uuid.UUID("1c1f0f0e-4a54-5d55-9a56-3b6de1a1b0b4")


def is_wished(session: Session, question: str) -> bool:
    """Whether the answer to a question is wished for already."""
    return session.get(Wish, question) is not None


def agree(session: Session, question: Question, now: datetime) -> None:
    """Keep a resident's wish; a second yes changes nothing. Its retry key follows from the question, for good."""
    if question.resident_id is None or is_wished(session, question.id):
        return
    wish = Wish(
        question_id=question.id,
        resident_id=question.resident_id,
        agreed_at=now,
        retry_key=str(uuid.uuid5(_KEYS, question.id)),
        attempts=0,
        due_at=now + LASTS,
    )
    session.add(wish)


def known_answer(session: Session, question: str) -> str | None:
    """The guide that answers a question by now, as staff mended it; None where it is not mended."""
    group = select(QuestionGroup.guide_id).join(MissedQuestion).where(MissedQuestion.question_id == question)
    return session.scalar(group.where(QuestionGroup.status == GroupStatus.ANSWERED))


def make_ready(session: Session, now: datetime) -> int:
    """Let the wishes of questions that staff have mended be due; how many."""
    mended = (
        select(Wish.question_id, QuestionGroup.guide_id)
        .join(MissedQuestion, MissedQuestion.question_id == Wish.question_id)
        .join(QuestionGroup, QuestionGroup.id == MissedQuestion.group_id)
        .where(Wish.guide_id.is_(None), QuestionGroup.status == GroupStatus.ANSWERED)
    )
    found = session.execute(mended).all()
    for question, guide in found:
        session.execute(update(Wish).where(Wish.question_id == question).values(guide_id=guide, due_at=now))
    return len(found)


def tidy(session: Session, now: datetime) -> None:
    """Delete the wishes that ended: thirty days old and never tried, or of somebody who blocked us."""
    session.execute(delete(Wish).where(Wish.agreed_at <= now - LASTS, Wish.sent_at.is_(None)))
    blocked = select(Resident.id).where(Resident.status == ResidentStatus.BLOCKED)
    session.execute(delete(Wish).where(Wish.resident_id.in_(blocked)))


def end_for(session: Session, resident: int) -> None:
    """Delete every wish of a resident."""
    session.execute(delete(Wish).where(Wish.resident_id == resident))


def claim(session: Session, now: datetime) -> Wish | None:
    """Take the wish that is due longest; nobody else takes it within the lease."""
    waiting = select(Wish.question_id).where(Wish.guide_id.is_not(None), Wish.due_at <= now).order_by(Wish.due_at)
    first = waiting.limit(1).with_for_update(skip_locked=True).scalar_subquery()
    taken = update(Wish).where(Wish.question_id == first).values(due_at=now + LEASE).returning(Wish.question_id)
    question = session.scalar(taken)
    return session.get(Wish, question, populate_existing=True) if question else None


def postpone(session: Session, question: str, until: datetime) -> None:
    """Try again later."""
    session.execute(update(Wish).where(Wish.question_id == question).values(due_at=until))


def put_off(session: Session, question: str, until: datetime) -> None:
    """Start afresh later: what was tried was certainly not accepted."""
    fresh = {"due_at": until, "sent_at": None, "payload": None, "attempts": 0}
    session.execute(update(Wish).where(Wish.question_id == question).values(fresh))


def end(session: Session, question: str) -> None:
    """Delete a wish that is done with."""
    session.execute(delete(Wish).where(Wish.question_id == question))
