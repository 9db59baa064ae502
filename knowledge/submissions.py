"""Submissions: documents that staff hand in, and the second person who lets residents have them, or does not.

Nothing of a submission is answerable by construction: its pieces become passages only when it is approved.
"""

import hashlib
from collections.abc import Sequence
from dataclasses import asdict, dataclass
from datetime import datetime
from difflib import SequenceMatcher

from sqlalchemy import select, update
from sqlalchemy.orm import Session

from knowledge.audit import AuditAction, Detail, record
from knowledge.bookshelf import Piece, by_origin, free_id, place
from knowledge.errors import PocketError
from knowledge.findings import Finding, Table
from knowledge.models import Role, SourcePassage, SourceRow, SourceStatus, SourceSubmission, SubmissionStatus
from knowledge.staff import StaffMember

LONGEST_REASON = 1_000


class SubmissionError(PocketError):
    """この資料には、その操作はできません。一覧を開き直して、今の状態を確かめてください。"""


class NoSuchSubmissionError(SubmissionError):
    """その資料は見つかりません。一覧から選び直してください。"""


class DecidedError(SubmissionError):
    """この資料は、もう決まっています。ほかの人が先に承認か差し戻しをしたか、新しい版が出されました。"""


class NotYoursToDecideError(SubmissionError):
    """資料を出した本人や、別の部署の人は承認・差し戻しができません。同じ部署のほかの確認者に頼んでください。"""


class UncheckedFindingsError(SubmissionError):
    """「注意するところ」を確かめて、印を付けてください。"""


class ReasonNeededError(SubmissionError):
    """理由を書いてください。出した人に、どこを直せばよいかが伝わります。"""


class UnchangedError(SubmissionError):
    """いま使われている資料と同じ内容です。出し直す必要はありません。"""


class NameTakenError(SubmissionError):
    """同じ名前のファイルを、ほかの部署が出しています。"""

    def __init__(self, department: str, title: str) -> None:
        super().__init__(
            f"同じ名前のファイルを、{department}が出しています（「{title}」）。別の資料なら、ファイルの名前を変えてから"
            f"出してください。その資料の新しい版なら、{department}の人かシステム管理者に出してもらってください。"
        )


@dataclass(frozen=True)
class Reading:
    """What was read out of a document; `left_out` are pairs of where and why, `digest` the SHA-256 of its bytes."""

    title: str
    kind: str
    digest: str
    extractor: str
    size: int
    pieces: tuple[Piece, ...]
    tables: tuple[Table, ...] = ()
    findings: tuple[Finding, ...] = ()
    left_out: tuple[tuple[str, str], ...] = ()


@dataclass(frozen=True)
class Difference:
    """A piece that a new edition adds (`before` is None), drops (`after` is None) or words otherwise."""

    before: Piece | None
    after: Piece | None


def submit(session: Session, reading: Reading, origin: str, member: StaffMember, now: datetime) -> SourceSubmission:
    """Keep what was read until a second person decides; an older one of the same origin that waits is superseded.

    UnchangedError when the source in use has the very same bytes; NameTakenError when a file of that name is another
    department's: it would take the place of what has nothing to do with it.
    """
    source = by_origin(session, origin)
    if source and source.status == SourceStatus.APPROVED and source.digest == reading.digest:
        raise UnchangedError
    mark = hashlib.sha256(origin.encode()).hexdigest()
    holder = _holder(session, mark)
    if holder and "://" not in origin and not _may_renew(member, holder):
        raise NameTakenError(holder.department, holder.title)
    waiting = (SourceSubmission.origin_digest == mark, SourceSubmission.status == SubmissionStatus.PENDING)
    session.execute(update(SourceSubmission).where(*waiting).values(status=SubmissionStatus.SUPERSEDED))
    submission = SourceSubmission(
        source_id=source.id if source else None,
        origin=origin,
        origin_digest=mark,
        title=reading.title,
        kind=reading.kind,
        digest=reading.digest,
        extractor=reading.extractor,
        size=reading.size,
        pieces=[asdict(piece) for piece in reading.pieces],
        tables=[asdict(table) for table in reading.tables],
        findings=[finding.to_json() for finding in reading.findings],
        left_out=[list(part) for part in reading.left_out],
        status=SubmissionStatus.PENDING,
        department=member.department or "",
        submitted_by=member.id,
        submitted_at=now,
    )
    session.add(submission)
    session.flush()
    detail: Detail = {"origin": origin[:200], "findings": len(reading.findings)}
    record(session, member, AuditAction.SOURCE_ADDED, f"submission:{submission.id}", detail, now)
    return submission


def _holder(session: Session, mark: str) -> SourceSubmission | None:
    """The newest of an origin that waits, or that made the source in use."""
    used = select(SourceRow.id).where(SourceRow.status == SourceStatus.APPROVED)
    waits = SourceSubmission.status == SubmissionStatus.PENDING
    serves = (SourceSubmission.status == SubmissionStatus.APPROVED) & SourceSubmission.source_id.in_(used)
    found = select(SourceSubmission).where(SourceSubmission.origin_digest == mark, waits | serves)
    return session.scalar(found.order_by(SourceSubmission.id.desc()).limit(1))


def _may_renew(member: StaffMember, holder: SourceSubmission) -> bool:
    return member.has(Role.SYSTEM) or holder.department in ("", member.department)


def get(session: Session, submission_id: int) -> SourceSubmission:
    """A submission as it is now; NoSuchSubmissionError when there is none."""
    found = session.get(SourceSubmission, submission_id, populate_existing=True)
    if found is None:
        raise NoSuchSubmissionError
    return found


def reading_of(submission: SourceSubmission) -> Reading:
    """What was read, as values."""
    return Reading(
        submission.title,
        submission.kind,
        submission.digest,
        submission.extractor,
        submission.size,
        tuple(Piece(**piece) for piece in submission.pieces),
        tuple(map(Table.from_json, submission.tables)),
        tuple(map(Finding.from_json, submission.findings)),
        tuple((str(where), str(why)) for where, why in submission.left_out),
    )


def may_decide(member: StaffMember, submission: SourceSubmission) -> bool:
    """Whether this person may approve or refuse: a reviewer of the department, and never who handed it in."""
    return member.may_review(submission.department, submission.submitted_by)


def approve(session: Session, submission_id: int, member: StaffMember, now: datetime, *, checked: bool) -> SourceRow:
    """Make a submission the source it is to be; residents get it once the index holds it.

    `checked` says that its findings were looked at. NotYoursToDecideError, DecidedError, UncheckedFindingsError.
    """
    submission = get(session, submission_id)
    if not may_decide(member, submission):
        raise NotYoursToDecideError
    if submission.findings and not checked:
        raise UncheckedFindingsError
    _decide(session, submission, SubmissionStatus.APPROVED, member, now)
    source = by_origin(session, submission.origin)
    if source is None:
        name = submission.origin.rstrip("/").rpartition("/")[2]
        fresh = free_id(session, submission.origin, name.rpartition(".")[0] or name)
        source = SourceRow(id=fresh, origin=submission.origin, added_at=now, updated_at=now)
        session.add(source)
    source.title, source.kind, source.digest = submission.title, submission.kind, submission.digest
    source.extractor, source.status, source.approved_by = submission.extractor, SourceStatus.APPROVED, member.login
    source.updated_at, source.indexed_at = now, None
    placed = place(session, source, reading_of(submission).pieces, now)
    submission.source_id = source.id
    session.flush()
    detail: Detail = {"source": source.id, "created": placed.created, "deleted": placed.deleted}
    record(session, member, AuditAction.SOURCE_APPROVED, f"submission:{submission.id}", detail, now)
    return source


def refuse(session: Session, submission_id: int, member: StaffMember, reason: str, now: datetime) -> None:
    """Send a submission back with the reason; whoever handed it in may take it back themselves."""
    submission = get(session, submission_id)
    if not may_decide(member, submission) and submission.submitted_by != member.id:
        raise NotYoursToDecideError
    if not reason.strip():
        raise ReasonNeededError
    _decide(session, submission, SubmissionStatus.REFUSED, member, now, reason.strip()[:LONGEST_REASON])
    record(session, member, AuditAction.SOURCE_REFUSED, f"submission:{submission.id}", {}, now)


def withdraw(session: Session, source_id: str, member: StaffMember, reason: str, now: datetime) -> None:
    """Stop answering from a source at once: what is wrong does not wait for a second person, nor for the index."""
    source = session.get(SourceRow, source_id, populate_existing=True)
    if source is None or source.status != SourceStatus.APPROVED:
        raise NoSuchSubmissionError
    if not reason.strip():
        raise ReasonNeededError
    source.status, source.updated_at, source.indexed_at = SourceStatus.WITHDRAWN, now, None
    detail = {"reason": reason.strip()[:LONGEST_REASON]}
    record(session, member, AuditAction.SOURCE_REMOVED, f"source:{source_id}", detail, now)


def waiting(session: Session) -> list[SourceSubmission]:
    """All that wait for a decision, the oldest first."""
    found = select(SourceSubmission).where(SourceSubmission.status == SubmissionStatus.PENDING)
    return list(session.scalars(found.order_by(SourceSubmission.submitted_at, SourceSubmission.id)))


def waiting_for(session: Session, member: StaffMember) -> list[SourceSubmission]:
    """Those that wait for this very person, for the home page."""
    return [submission for submission in waiting(session) if may_decide(member, submission)]


def decided(session: Session, most: int = 50) -> list[SourceSubmission]:
    """What was decided last, the newest first."""
    done = (SubmissionStatus.APPROVED, SubmissionStatus.REFUSED)
    found = select(SourceSubmission).where(SourceSubmission.status.in_(done))
    return list(session.scalars(found.order_by(SourceSubmission.decided_at.desc()).limit(most)))


def sources(session: Session) -> list[SourceRow]:
    """All sources, approved ones first, by title."""
    return list(session.scalars(select(SourceRow).order_by(SourceRow.status, SourceRow.title, SourceRow.id)))


def source(session: Session, source_id: str) -> tuple[SourceRow, tuple[Piece, ...]]:
    """A source, in use or withdrawn, and its passages in order; NoSuchSubmissionError when there is none."""
    found = session.get(SourceRow, source_id)
    if found is None:
        raise NoSuchSubmissionError
    return found, _pieces(session, source_id)


def _pieces(session: Session, source_id: str) -> tuple[Piece, ...]:
    rows = select(SourcePassage).where(SourcePassage.source_id == source_id).order_by(SourcePassage.position)
    return tuple(Piece(row.section, row.page, row.text, row.digest) for row in session.scalars(rows))


def differences(session: Session, submission: SourceSubmission) -> tuple[Difference, ...]:
    """What a submission would change in the passages that residents get from its source now; all new without one."""
    found = by_origin(session, submission.origin)
    old = _pieces(session, found.id) if found and found.status == SourceStatus.APPROVED else ()
    return tuple(_compared(old, reading_of(submission).pieces))


def _compared(old: Sequence[Piece], new: Sequence[Piece]) -> list[Difference]:
    matcher = SequenceMatcher(None, [piece.digest for piece in old], [piece.digest for piece in new], autojunk=False)
    found: list[Difference] = []
    for tag, first, last, start, end in matcher.get_opcodes():
        if tag == "equal":
            continue
        before: list[Piece | None] = list(old[first:last])
        after: list[Piece | None] = list(new[start:end])
        length = max(len(before), len(after))
        before += [None] * (length - len(before))
        after += [None] * (length - len(after))
        found += [Difference(*pair) for pair in zip(before, after, strict=True)]
    return found


def _decide(
    session: Session,
    submission: SourceSubmission,
    status: SubmissionStatus,
    member: StaffMember,
    now: datetime,
    reason: str | None = None,
) -> None:
    """The first decision counts; whoever comes second is told."""
    pending = (SourceSubmission.id == submission.id, SourceSubmission.status == SubmissionStatus.PENDING)
    values = {"status": status, "decided_by": member.id, "decided_at": now, "reason": reason}
    done = session.execute(update(SourceSubmission).where(*pending).values(values).returning(SourceSubmission.id))
    if done.one_or_none() is None:
        raise DecidedError
    session.refresh(submission)
