"""What staff do with groups of questions: list them by weight, take them up, close them, and see them answered."""

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import datetime, timedelta

from sqlalchemy import ColumnElement, Select, case, func, select
from sqlalchemy.orm import Session

from knowledge.errors import PocketError
from knowledge.models import GroupStatus, GuideRow, GuideStatus, Miss, MissedQuestion, Question, QuestionGroup

WEEK = timedelta(days=7)
BEFORE = 4
"""How many weeks the last one is compared with."""
PAGE = 20
SAMPLES = 12
TRIED = 10
NEWEST = 100
"""From how many of a group's newest questions a list takes its wordings."""
OPEN = (GroupStatus.OPEN, GroupStatus.FIXING)


class GroupGoneError(PocketError):
    """この質問のまとまりは、もうありません。一覧からやり直してください。"""


class GroupClosedError(PocketError):
    """この質問のまとまりは、ほかの人がすでに終わりにしました。画面を開き直してください。"""


class NoReasonError(PocketError):
    """対応しない理由を書いてください。あとで見る人のために残ります。"""


@dataclass(frozen=True)
class Trend:
    """Questions of the last seven days, and of the four weeks before them."""

    week: int = 0
    before: int = 0

    @property
    def usual(self) -> float:
        """Questions a week in the four weeks before."""
        return self.before / BEFORE

    @property
    def rising(self) -> bool:
        """Whether there were clearly more than usual."""
        return self.week >= 2 and self.week > 1.5 * self.usual

    @property
    def falling(self) -> bool:
        """Whether there were clearly fewer than usual."""
        return self.before >= BEFORE and self.week < 0.5 * self.usual


@dataclass(frozen=True)
class Wording:
    """One way in which it was asked: how often, in which language, and how those questions ended."""

    text: str | None
    lang: str
    count: int
    misses: tuple[Miss, ...]
    newest: str


@dataclass(frozen=True)
class Listed:
    """A group with what a list shows of it."""

    group: QuestionGroup
    trend: Trend
    wordings: tuple[Wording, ...]
    languages: tuple[str, ...]


@dataclass(frozen=True)
class Whose:
    """Whose groups: one department's with those that are nobody's yet, or everybody's."""

    department: str | None = None

    def condition(self) -> ColumnElement[bool]:
        """As a condition on groups."""
        if self.department is None:
            return QuestionGroup.id.is_not(None)
        return (QuestionGroup.department == self.department) | QuestionGroup.department.is_(None)


def listed(
    session: Session, whose: Whose, statuses: Sequence[GroupStatus], now: datetime, page: int = 0, size: int = PAGE
) -> list[Listed]:
    """One page (from 0) of groups, those asked most in the last five weeks first."""
    since = now - (BEFORE + 1) * WEEK
    recent = func.count(MissedQuestion.question_id)
    weighed = (
        select(MissedQuestion.group_id, recent.label("weight"))
        .where(MissedQuestion.asked_at >= since, MissedQuestion.group_id.is_not(None))
        .group_by(MissedQuestion.group_id)
        .subquery()
    )
    weight = func.coalesce(weighed.c.weight, 0)
    found = _with_status(select(QuestionGroup), whose, statuses)
    ordered = found.outerjoin(weighed, weighed.c.group_id == QuestionGroup.id).order_by(
        weight.desc(), QuestionGroup.last_at.desc(), QuestionGroup.id
    )
    groups = session.scalars(ordered.limit(size).offset(page * size)).all()
    trends = _trends(session, [group.id for group in groups], now)
    return [_listed(session, group, trends.get(group.id, Trend()), 3, NEWEST) for group in groups]


def how_many(session: Session, whose: Whose, statuses: Sequence[GroupStatus]) -> int:
    """How many groups there are."""
    return session.scalar(_with_status(select(func.count(QuestionGroup.id)), whose, statuses)) or 0


def shown(session: Session, group_id: int, now: datetime) -> Listed:
    """One group with its wordings; raises GroupGoneError."""
    group = session.get(QuestionGroup, group_id)
    if group is None:
        raise GroupGoneError
    return _listed(session, group, _trends(session, [group_id], now).get(group_id, Trend()), SAMPLES)


def _with_status(query: Select[QuestionGroup] | Select[int], whose: Whose, statuses: Sequence[GroupStatus]) -> Select:  # type: ignore[type-arg]
    return query.where(QuestionGroup.status.in_([each.value for each in statuses]), whose.condition())


def _trends(session: Session, groups: Sequence[int], now: datetime) -> dict[int, Trend]:
    week = func.sum(case((MissedQuestion.asked_at >= now - WEEK, 1), else_=0))
    counted = (
        select(MissedQuestion.group_id, week, func.count())
        .where(MissedQuestion.group_id.in_(groups), MissedQuestion.asked_at >= now - (BEFORE + 1) * WEEK)
        .group_by(MissedQuestion.group_id)
    )
    return {group: Trend(int(recent), int(total) - int(recent)) for group, recent, total in session.execute(counted)}


def _listed(session: Session, group: QuestionGroup, trend: Trend, most: int, newest: int = 3 * NEWEST) -> Listed:
    members = (
        select(Question.id, Question.text, MissedQuestion.lang, MissedQuestion.miss)
        .join(MissedQuestion, MissedQuestion.question_id == Question.id)
        .where(MissedQuestion.group_id == group.id)
        .order_by(MissedQuestion.asked_at.desc(), Question.id)
        .limit(newest)
    )
    found: dict[tuple[str | None, str], list[tuple[str, Miss]]] = {}
    for question, text, lang, miss in session.execute(members):
        found.setdefault((text, lang), []).append((question, Miss(miss)))
    wordings = [
        Wording(text, lang, len(each), tuple(dict.fromkeys(miss for _, miss in each)), each[0][0])
        for (text, lang), each in found.items()
        if text is not None
    ]
    wordings.sort(key=lambda wording: -wording.count)
    return Listed(group, trend, tuple(wordings[:most]), tuple(sorted({lang for _, lang in found})))


def take_up(session: Session, group_id: int, guide_id: str, by: int, now: datetime) -> QuestionGroup:
    """Say that somebody mends a guide for the group; raises when it is closed or gone."""
    group = _still_open(session, group_id)
    if group.status == GroupStatus.OPEN or group.guide_id != guide_id:
        group.taken_at, group.taken_by = now, by
    group.status, group.checked, group.guide_id = GroupStatus.FIXING.value, None, guide_id
    return group


def mending(session: Session, question: str, guide_id: str, by: int, now: datetime) -> QuestionGroup | None:
    """Say that a draft of a guide was made for a question: its group, if still open, is being mended by that guide.

    Gives the group if that is news.
    """
    missed = session.get(MissedQuestion, question)
    group = session.get(QuestionGroup, missed.group_id) if missed and missed.group_id else None
    if group is None or group.status not in OPEN:
        return None
    known = group.status == GroupStatus.FIXING and group.guide_id == guide_id
    return None if known else take_up(session, group.id, guide_id, by, now)


def newest(session: Session, group_id: int) -> str:
    """The id of a group's newest question, whether or not its text is still there; empty where there is none."""
    latest = select(MissedQuestion.question_id).where(MissedQuestion.group_id == group_id)
    return session.scalar(latest.order_by(MissedQuestion.asked_at.desc(), MissedQuestion.question_id).limit(1)) or ""


def assign(session: Session, group_id: int, department: str) -> QuestionGroup:
    """Give the group to a department for good; raises when it is closed or gone."""
    group = _still_open(session, group_id)
    group.department, group.assigned = department, True
    return group


def dismiss(session: Session, group_id: int, reason: str, by: int, now: datetime) -> QuestionGroup:
    """Close the group without an answer, for a reason; raises NoReasonError, or when it is closed or gone."""
    if not reason.strip():
        raise NoReasonError
    group = _still_open(session, group_id)
    group.status, group.reason = GroupStatus.DISMISSED.value, reason.strip()
    group.closed_at, group.closed_by = now, by
    return group


def reopen(session: Session, group_id: int) -> QuestionGroup:
    """Take a dismissed group back to work; raises GroupGoneError."""
    group = session.get(QuestionGroup, group_id)
    if group is None:
        raise GroupGoneError
    if group.status == GroupStatus.DISMISSED:
        group.status, group.reason, group.closed_at, group.closed_by = GroupStatus.OPEN.value, None, None, None
    return group


def _still_open(session: Session, group_id: int) -> QuestionGroup:
    group = session.get(QuestionGroup, group_id, with_for_update=True)
    if group is None:
        raise GroupGoneError
    if group.status not in OPEN:
        raise GroupClosedError
    return group


@dataclass(frozen=True)
class Trial:
    """What tells whether a group is answered: the guide that should, and texts to ask; `mark` names what is tried."""

    group: int
    guide: str
    texts: tuple[str, ...]
    mark: str


def trials(session: Session, snapshot: str, only: int | None = None) -> list[Trial]:
    """The groups being mended whose guide was published since, and whose answers were not tried with it yet."""
    mended = (
        select(QuestionGroup, GuideRow.version)
        .join(GuideRow, GuideRow.id == QuestionGroup.guide_id)
        .where(
            QuestionGroup.status == GroupStatus.FIXING,
            GuideRow.status == GuideStatus.PUBLISHED,
            GuideRow.updated_at >= QuestionGroup.taken_at,
        )
    )
    found = session.execute(mended if only is None else mended.where(QuestionGroup.id == only)).all()
    marked = ((group, f"{version}:{snapshot}") for group, version in found)
    return [
        Trial(group.id, group.guide_id or "", _texts(session, group.id), mark)
        for group, mark in marked
        if group.checked != mark or only is not None
    ]


def _texts(session: Session, group: int) -> tuple[str, ...]:
    newest = (
        select(Question.text)
        .join(MissedQuestion, MissedQuestion.question_id == Question.id)
        .where(MissedQuestion.group_id == group, Question.text.is_not(None))
        .order_by(MissedQuestion.asked_at.desc(), Question.id)
        .limit(5 * TRIED)
    )
    return tuple(dict.fromkeys(text for text in session.scalars(newest) if text))[:TRIED]


def tried(session: Session, trial: Trial, answered: int, now: datetime) -> bool:
    """Keep what a trial gave; the group is answered when most of its questions were (or none has its text any more)."""
    group = session.get(QuestionGroup, trial.group, with_for_update=True)
    if group is None or group.status != GroupStatus.FIXING or group.guide_id != trial.guide:
        return False
    group.checked = trial.mark
    if 2 * answered < len(trial.texts):
        return False
    group.status, group.closed_at = GroupStatus.ANSWERED.value, now
    group.closed_by = group.taken_by
    return True
