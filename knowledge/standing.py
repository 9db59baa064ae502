"""What stands for good once two people agreed to it: templates and rules. Any edit takes the second yes back."""

from datetime import datetime

from sqlalchemy import select, update
from sqlalchemy.orm import Session

from knowledge.errors import PocketError
from knowledge.models import StandingApproval


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
