"""Putting missed questions into groups, one by one as they come: each joins the likest group or starts one."""

from collections import Counter
from collections.abc import Sequence
from dataclasses import dataclass
from datetime import datetime
from typing import Any

import numpy as np
from sqlalchemy import Select, delete, func, select, update
from sqlalchemy.orm import Session

from knowledge import library
from knowledge.database import Sessions
from knowledge.encoder import Encoder
from knowledge.likeness import Places, Signature, likely_guides, restored, stored
from knowledge.missed import CHOOSING
from knowledge.models import GroupStatus, Miss, MissedQuestion, Question, QuestionGroup
from knowledge.passages import Field, OwnerKind
from knowledge.search import Searcher
from knowledge.text import LONGEST_QUESTION, normalise
from knowledge.vectors import Vectors

AT_ONCE = 100
MEMBERS_ENCODED = 200
OWN_GUIDE = 12.0
"""How far the guide stands out to a question that is known to be about it."""
TAKING_IN = (GroupStatus.OPEN, GroupStatus.FIXING, GroupStatus.DISMISSED)
"""Dismissed groups go on taking in what is like them, so that nobody has to dismiss it twice."""


@dataclass(frozen=True)
class Waiting:
    """A missed question that is due: its text, or the title of the guide whose card was called wrong."""

    question: str
    text: str
    hits: Sequence[Sequence[Any]]


def group_due(sessions: Sessions, searcher: Searcher, now: datetime) -> int:
    """Group the questions that are due, at most `AT_ONCE`; how many there were. Nothing is encoded while writing."""
    with sessions.begin() as session:
        refresh(session)
        _drop_chosen(session, now)
    with sessions() as session:
        waiting = _waiting(session, now)
        strangers = _of_another_encoder(session, searcher.encoder.model_id)
    signatures = [(each.question, _signature(searcher.encoder, each)) for each in (*waiting, *strangers)]
    background = searcher.shelf.snapshot().fields[Field.NAME].common
    with sessions.begin() as session:
        _resign(session, searcher.encoder.model_id, dict(signatures[len(waiting) :]))
        _place(session, signatures[: len(waiting)], Places(background), searcher.encoder.model_id)
    return len(waiting)


def refresh(session: Session) -> None:
    """Make the sums and counts of stale groups anew from the members that are left; an empty open group goes."""
    for group in session.scalars(select(QuestionGroup).where(QuestionGroup.stale).limit(AT_ONCE)):
        _resum(session, group)
        if not group.count and group.status == GroupStatus.OPEN:
            session.execute(delete(QuestionGroup).where(QuestionGroup.id == group.id))


def _resum(session: Session, group: QuestionGroup) -> None:
    of_group = select(MissedQuestion).where(MissedQuestion.group_id == group.id)
    alive = of_group.where(MissedQuestion.meaning.is_not(None)).order_by(MissedQuestion.asked_at.desc())
    total: Vectors | None = None
    near: Counter[str] = Counter()
    for member in session.scalars(alive.limit(MEMBERS_ENCODED)):
        vector = restored(member.meaning or b"")
        total = vector if total is None else total + vector
        near.update(member.neighbours or {})
    group.meaning = None if total is None else np.asarray(total, dtype=np.float32).tobytes()
    group.neighbours = dict(near)
    group.count = session.scalar(select(func.count()).select_from(of_group.subquery())) or 0
    group.stale = False
    session.flush()


def _drop_chosen(session: Session, now: datetime) -> None:
    """An offer from which somebody chose was a good answer."""
    offers = _due(now).where(MissedQuestion.miss == Miss.CLARIFY)
    for missed, question in session.execute(offers.limit(AT_ONCE)):
        chosen = select(Question.id).where(
            Question.resident_id == question.resident_id,
            Question.guide_id.in_(question.candidates),
            Question.asked_at > question.asked_at,
            Question.asked_at <= question.asked_at + CHOOSING,
        )
        if session.scalar(chosen.limit(1)):
            session.delete(missed)


def _due(now: datetime) -> Select[MissedQuestion, Question]:
    joined = select(MissedQuestion, Question).join(Question, Question.id == MissedQuestion.question_id)
    return joined.where(MissedQuestion.due_at <= now).order_by(MissedQuestion.due_at, MissedQuestion.question_id)


def _waiting(session: Session, now: datetime) -> list[Waiting]:
    return [_as_waiting(session, question) for _, question in session.execute(_due(now).limit(AT_ONCE))]


def _as_waiting(session: Session, question: Question) -> Waiting:
    hits = list(question.trace.get("hits", ()))
    about = question.guide_id if question.text is None or question.outcome == Miss.EXPIRED else None
    if about:
        hits = [hit for hit in hits if hit[1] != about] + [[OwnerKind.GUIDE.value, about, OWN_GUIDE]]
    guide = library.guide(session, question.guide_id) if question.text is None and question.guide_id else None
    return Waiting(question.id, question.text or (guide.title if guide else question.guide_id or ""), hits)


def _of_another_encoder(session: Session, encoder: str) -> list[Waiting]:
    """The newest members, with their texts, of the next group whose sums another encoder made."""
    foreign = select(QuestionGroup.id).where(QuestionGroup.encoder != encoder, QuestionGroup.status.in_(TAKING_IN))
    group = session.scalar(foreign.limit(1))
    if group is None:
        return []
    members = select(Question).join(MissedQuestion).where(MissedQuestion.group_id == group, Question.text.is_not(None))
    newest = session.scalars(members.order_by(Question.asked_at.desc()).limit(MEMBERS_ENCODED))
    return [_as_waiting(session, question) for question in newest]


def _signature(encoder: Encoder, waiting: Waiting) -> Signature:
    return Signature.of(encoder.encode_query(normalise(waiting.text)[:LONGEST_QUESTION]), waiting.hits)


def _resign(session: Session, encoder: str, signatures: dict[str, Signature]) -> None:
    """Give members their signature by the present encoder, and let their group be made anew from them."""
    foreign = select(QuestionGroup.id).where(QuestionGroup.encoder != encoder, QuestionGroup.status.in_(TAKING_IN))
    group = session.scalar(foreign.limit(1))
    if group is None:
        return
    session.execute(update(MissedQuestion).where(MissedQuestion.group_id == group).values(meaning=None))
    for missed in session.scalars(select(MissedQuestion).where(MissedQuestion.question_id.in_(signatures))):
        missed.meaning = stored(signatures[missed.question_id].meaning)
    session.execute(update(QuestionGroup).where(QuestionGroup.id == group).values(encoder=encoder, stale=True))


def _place(session: Session, signatures: Sequence[tuple[str, Signature]], places: Places, encoder: str) -> None:
    groups: list[QuestionGroup] = []
    usable = select(QuestionGroup).where(
        QuestionGroup.status.in_(TAKING_IN), QuestionGroup.meaning.is_not(None), QuestionGroup.encoder == encoder
    )
    for group in session.scalars(usable.order_by(QuestionGroup.id)) if signatures else ():
        places.add(np.frombuffer(group.meaning or b"", dtype=np.float32), group.neighbours)
        groups.append(group)
    owners = _owners(session) if signatures else {}
    for question, signature in signatures:
        missed = session.get(MissedQuestion, question)
        if missed is None or missed.due_at is None:
            continue
        number = places.likest(signature)
        if number is None:
            number = places.add(np.zeros_like(signature.meaning), {})
            groups.append(_opened(session, missed, encoder))
        places.join(number, signature)
        _settle(session, groups[number], missed, signature)
        _describe(groups[number], *places.sums(number), owners)
    session.flush()


def _owners(session: Session) -> dict[str, str]:
    """The department of every published guide."""
    return {guide.id: guide.owner for guide in library.guides(session)}


def _opened(session: Session, missed: MissedQuestion, encoder: str) -> QuestionGroup:
    group = QuestionGroup(
        status=GroupStatus.OPEN.value,
        assigned=False,
        neighbours={},
        encoder=encoder,
        stale=False,
        nearest=[],
        count=0,
        first_at=missed.asked_at,
        last_at=missed.asked_at,
    )
    session.add(group)
    session.flush()
    return group


def _settle(session: Session, group: QuestionGroup, missed: MissedQuestion, signature: Signature) -> None:
    missed.group_id, missed.due_at = group.id, None
    missed.meaning, missed.neighbours = stored(signature.meaning), dict(signature.neighbours)
    group.first_at, group.last_at = min(group.first_at, missed.asked_at), max(group.last_at, missed.asked_at)
    session.flush()
    more = update(QuestionGroup).where(QuestionGroup.id == group.id).values(count=QuestionGroup.count + 1)
    session.execute(more.execution_options(synchronize_session=False))


def _describe(group: QuestionGroup, meaning: Vectors, near: dict[str, float], owners: dict[str, str]) -> None:
    group.meaning, group.neighbours = meaning.astype(np.float32).tobytes(), dict(near)
    group.nearest = [guide for guide in likely_guides(near) if guide in owners]
    if not group.assigned:
        group.department = owners[group.nearest[0]] if group.nearest else None
