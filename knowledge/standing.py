"""What stands for good once two people agreed to it: templates and rules. Any edit takes the second yes back."""

from collections.abc import Callable
from dataclasses import dataclass
from datetime import datetime
from typing import Generic, TypeVar

from sqlalchemy import ColumnElement, exists, literal, select, update
from sqlalchemy.orm import Session

from knowledge.audit import Actor, AuditAction, record
from knowledge.campaign import person
from knowledge.errors import PocketError
from knowledge.models import AuditEntry, NoticeTemplate, Rule, StandingApproval, StandingStatus

Row = TypeVar("Row", Rule, NoticeTemplate)


class StandingError(PocketError):
    """処理できませんでした。画面を開き直してご確認ください。"""


class OwnWorkError(StandingError):
    """書いた人は承認できません。別の職員に承認を頼んでください。"""


class ChangedMeanwhileError(StandingError):
    """状態や内容が変わったため、その操作はできませんでした。画面を開き直してご確認ください。"""


def agree(session: Session, subject: str, digest: str, author: int, approver: int, now: datetime) -> None:
    """Keep a second person's yes to exactly what the digest is of; raises OwnWorkError for the author."""
    if author == approver:
        raise OwnWorkError
    row = StandingApproval(subject=subject, digest=digest, author=author, approver=approver, approved_at=now)
    session.add(row)
    session.flush()


def void(session: Session, subject: str, now: datetime) -> None:
    """Take back every yes to a subject."""
    given = StandingApproval.subject == subject, StandingApproval.voided_at.is_(None)
    session.execute(update(StandingApproval).where(*given).values(voided_at=now))


def approval(session: Session, subject: str, digest: str) -> StandingApproval | None:
    """The yes that holds for a subject with this digest; None where there is none, or it was taken back."""
    given = select(StandingApproval).where(
        StandingApproval.subject == subject,
        StandingApproval.digest == digest,
        StandingApproval.voided_at.is_(None),
        StandingApproval.approver != StandingApproval.author,
    )
    return session.scalars(given.order_by(StandingApproval.id.desc()).limit(1)).one_or_none()


@dataclass(frozen=True)
class Course(Generic[Row]):
    """How things of one kind go from draft to withdrawal; `kind` names them in approvals and in the audit log.

    `digest_of` is of all that a yes is given for. Every step raises ChangedMeanwhileError where another came before it.
    """

    kind: str
    digest_of: Callable[[Row], str]

    def subject(self, row: Row) -> str:
        """How approvals and the audit log name it."""
        return f"{self.kind}:{row.id}"

    def asked_for(self, row: type[Row]) -> ColumnElement[bool]:
        """As a condition on rows: a second person was asked before; no row says so after an edit, but the log does."""
        subject = literal(f"{self.kind}:") + row.id
        return exists().where(AuditEntry.subject == subject, AuditEntry.action == f"{self.kind}_submitted")

    def drafted(self, session: Session, row: Row, author: Actor, now: datetime) -> None:
        """Write down what is new or edited: a draft, its last hand its author, and no yes to it is left."""
        row.status, row.author, row.updated_at = StandingStatus.DRAFT, person(author), now
        session.add(row)
        session.flush()
        void(session, self.subject(row), now)
        self._record(session, row, author, "drafted", now)

    def submit(self, session: Session, row: Row, actor: Actor, now: datetime) -> None:
        """Ask a second person."""
        _step(row, StandingStatus.DRAFT, StandingStatus.IN_REVIEW, now)
        self._record(session, row, actor, "submitted", now)

    def give_back(self, session: Session, row: Row, actor: Actor, now: datetime) -> None:
        """Return it to its author."""
        _step(row, StandingStatus.IN_REVIEW, StandingStatus.DRAFT, now)
        self._record(session, row, actor, "returned", now)

    def approve(self, session: Session, row: Row, approver: Actor, seen: str, now: datetime) -> None:
        """Say yes to what was `seen`, by its digest; raises OwnWorkError for the author."""
        if self.digest_of(row) != seen:
            raise ChangedMeanwhileError
        _step(row, StandingStatus.IN_REVIEW, StandingStatus.APPROVED, now)
        agree(session, self.subject(row), seen, row.author, person(approver), now)
        self._record(session, row, approver, "approved", now)

    def withdraw(self, session: Session, row: Row, actor: Actor, now: datetime) -> None:
        """Let it be used no more."""
        void(session, self.subject(row), now)
        row.status, row.updated_at = StandingStatus.WITHDRAWN, now
        session.flush()
        self._record(session, row, actor, "withdrawn", now)

    def approval(self, session: Session, row: Row) -> StandingApproval | None:
        """The yes to it exactly as it stands; None where nobody gave one, and then nothing of it is used."""
        agreed = approval(session, self.subject(row), self.digest_of(row))
        ours = row.status == StandingStatus.APPROVED and agreed is not None and agreed.author == row.author
        return agreed if ours else None

    def _record(self, session: Session, row: Row, actor: Actor, step: str, now: datetime) -> None:
        action = AuditAction(f"{self.kind}_{step}")
        record(session, actor, action, self.subject(row), {"title": row.title}, now)


def _step(row: Rule | NoticeTemplate, before: StandingStatus, after: StandingStatus, now: datetime) -> None:
    if row.status != before:
        raise ChangedMeanwhileError
    row.status, row.updated_at = after, now
