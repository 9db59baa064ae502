"""Templates from draft to withdrawal: written by one person, approved by another, and a draft again after any edit."""

import re
import uuid
from datetime import datetime

from sqlalchemy import select
from sqlalchemy.orm import Session

from knowledge import standing
from knowledge.audit import Actor, AuditAction, record
from knowledge.campaign import person
from knowledge.models import NoticeTemplate, StandingStatus
from knowledge.segment import digest
from knowledge.standing import ChangedMeanwhileError
from knowledge.template import Template, TemplateError, template_from, template_json

_SLUG = re.compile(r"[a-z0-9]+(-[a-z0-9]+)*", re.ASCII)
LONGEST_SLUG = 40


class SlugTakenError(TemplateError):
    """この名前は、ほかのひな形が使っています。"""


class SlugUnfitError(TemplateError):
    """名前は半角の英小文字・数字と「-」で、40文字までにしてください。"""


class NoSuchTemplateError(TemplateError):
    """ひな形が見つかりません。"""


def draft(
    session: Session, slug: str, title: str, department: str, template: Template, author: Actor, now: datetime
) -> NoticeTemplate:
    """A new template; raises SlugTakenError and SlugUnfitError."""
    if len(slug) > LONGEST_SLUG or not _SLUG.fullmatch(slug):
        raise SlugUnfitError
    if by_slug(session, slug) is not None:
        raise SlugTakenError
    row = NoticeTemplate(
        id=uuid.uuid4().hex,
        slug=slug,
        title=title,
        department=department,
        status=StandingStatus.DRAFT,
        content=template_json(template),
        author=person(author),
        created_at=now,
        updated_at=now,
    )
    session.add(row)
    session.flush()
    record(session, author, AuditAction.TEMPLATE_DRAFTED, subject(row), {"title": title}, now)
    return row


def edit(
    session: Session, row: NoticeTemplate, title: str, department: str, template: Template, editor: Actor, now: datetime
) -> None:
    """Replace what a template says; it is a draft again, its editor its author, and no approval is left."""
    standing.void(session, subject(row), now)
    row.title, row.department, row.content = title, department, template_json(template)
    row.status, row.author, row.updated_at = StandingStatus.DRAFT, person(editor), now
    session.flush()
    record(session, editor, AuditAction.TEMPLATE_DRAFTED, subject(row), {"title": title}, now)


def submit(session: Session, row: NoticeTemplate, actor: Actor, now: datetime) -> None:
    """Ask a second person; raises ChangedMeanwhileError in another state than a draft."""
    _step(row, StandingStatus.DRAFT, StandingStatus.IN_REVIEW, now)
    record(session, actor, AuditAction.TEMPLATE_SUBMITTED, subject(row), {"title": row.title}, now)


def give_back(session: Session, row: NoticeTemplate, actor: Actor, now: datetime) -> None:
    """Return it to its author."""
    _step(row, StandingStatus.IN_REVIEW, StandingStatus.DRAFT, now)
    record(session, actor, AuditAction.TEMPLATE_RETURNED, subject(row), {"title": row.title}, now)


def approve(session: Session, row: NoticeTemplate, approver: Actor, seen: str, now: datetime) -> None:
    """Say yes to what was `seen`, by its digest; raises ChangedMeanwhileError, and OwnWorkError for the author."""
    if digest_of(row) != seen:
        raise ChangedMeanwhileError
    _step(row, StandingStatus.IN_REVIEW, StandingStatus.APPROVED, now)
    standing.agree(session, subject(row), seen, row.author, person(approver), now)
    record(session, approver, AuditAction.TEMPLATE_APPROVED, subject(row), {"title": row.title}, now)


def withdraw(session: Session, row: NoticeTemplate, actor: Actor, now: datetime) -> None:
    """Let nobody use it any more; letters that wait are not sent."""
    standing.void(session, subject(row), now)
    row.status, row.updated_at = StandingStatus.WITHDRAWN, now
    session.flush()
    record(session, actor, AuditAction.TEMPLATE_WITHDRAWN, subject(row), {"title": row.title}, now)


def usable(session: Session, row: NoticeTemplate) -> str | None:
    """The digest of a template that two people agreed to as it stands this moment; None where they did not."""
    found = digest_of(row)
    agreed = standing.approval(session, subject(row), found)
    return found if row.status == StandingStatus.APPROVED and agreed is not None else None


def load(session: Session, template_id: str) -> NoticeTemplate:
    """The template of that id, locked where the database can; raises NoSuchTemplateError."""
    wanted = select(NoticeTemplate).where(NoticeTemplate.id == template_id).with_for_update()
    if (found := session.scalars(wanted).one_or_none()) is None:
        raise NoSuchTemplateError
    return found


def by_slug(session: Session, slug: str) -> NoticeTemplate | None:
    """The template that ward systems call so."""
    return session.scalars(select(NoticeTemplate).where(NoticeTemplate.slug == slug)).one_or_none()


def everything(session: Session) -> list[NoticeTemplate]:
    """All templates, the latest first."""
    return list(session.scalars(select(NoticeTemplate).order_by(NoticeTemplate.updated_at.desc())))


def content_of(row: NoticeTemplate) -> Template:
    """The words of a row."""
    return template_from(row.content)


def digest_of(row: NoticeTemplate) -> str:
    """What an approval is given for: all that is said, and who speaks."""
    return digest([row.slug, row.title, row.department, row.content])


def subject(row: NoticeTemplate) -> str:
    """How the audit log and approvals name a template."""
    return f"template:{row.id}"


def _step(row: NoticeTemplate, before: StandingStatus, after: StandingStatus, now: datetime) -> None:
    if row.status != before:
        raise ChangedMeanwhileError
    row.status, row.updated_at = after, now
