"""Templates from draft to withdrawal: written by one person, approved by another, and a draft again after any edit."""

import re
import uuid
from datetime import datetime

from sqlalchemy import select
from sqlalchemy.orm import Session

from knowledge.audit import Actor
from knowledge.models import NoticeTemplate
from knowledge.segment import digest
from knowledge.standing import Course
from knowledge.template import Template, TemplateError, template_from, template_json

_SLUG = re.compile(r"[a-z0-9]+(-[a-z0-9]+)*", re.ASCII)
LONGEST_SLUG = 40


class SlugTakenError(TemplateError):
    """この呼び名は、ほかのひな形が使っています。"""


class SlugUnfitError(TemplateError):
    """呼び名は、半角の英小文字・数字と「-」で、40文字までにしてください。"""


class NoSuchTemplateError(TemplateError):
    """ひな形が見つかりません。"""


def draft(
    session: Session, slug: str, title: str, department: str, template: Template, author: Actor, now: datetime
) -> NoticeTemplate:
    """A new template; raises SlugTakenError and SlugUnfitError."""
    check_slug(slug)
    if by_slug(session, slug) is not None:
        raise SlugTakenError
    row = NoticeTemplate(id=uuid.uuid4().hex, slug=slug, created_at=now)
    edit(session, row, title, department, template, author, now)
    return row


def check_slug(slug: str) -> None:
    """Raise SlugUnfitError for what no template can be called."""
    if len(slug) > LONGEST_SLUG or not _SLUG.fullmatch(slug):
        raise SlugUnfitError


def edit(
    session: Session, row: NoticeTemplate, title: str, department: str, template: Template, editor: Actor, now: datetime
) -> None:
    """Replace what a template says; it is a draft again, its editor its author, and no approval is left."""
    row.title, row.department, row.content = title, department, template_json(template)
    COURSE.drafted(session, row, editor, now)


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


COURSE = Course("template", digest_of)
