"""What a form begins with: a guide as it is, a copy of it, or nothing but what every guide has."""

import secrets
from datetime import date, timedelta

from sqlalchemy import select
from sqlalchemy.orm import Session

from bot.console.guides.form import GuideForm
from knowledge.guide import Confidence, Guide
from knowledge.models import Question
from knowledge.typed import lines

A_YEAR = timedelta(days=365)


def new_id() -> str:
    """An id for a new guide; the clerk is not asked to think of one."""
    return f"g-{secrets.token_hex(5)}"


def blank(owner: str, today: date) -> GuideForm:
    """The form of a new guide: its department, and to be looked at again in a year."""
    single = {
        "id": new_id(),
        "owner": owner,
        "review_by": (today + A_YEAR).isoformat(),
        "confidence": Confidence.HIGH.value,
        "source.scope": "toshima",
        "source.checked": today.isoformat(),
    }
    return GuideForm(single).with_row("notes").with_row("desks")


def copy(guide: Guide, owner: str) -> GuideForm:
    """The form of a new guide that says what another does, but is found by names of its own."""
    fresh = {"id": new_id(), "owner": owner, "title": "", "aliases": "", "names.easy": "", "life_events": ""}
    return GuideForm.of(guide).with_single(fresh)


def with_alias(form: GuideForm, text: str) -> GuideForm:
    """The form with one more everyday name."""
    known = lines(form["aliases"])
    line = " ".join(text.split())
    return form if not line or line in known else form.with_single({"aliases": "\n".join([*known, line])})


def asked(session: Session, question_id: str) -> str:
    """The masked text of a question; empty when there is none, or it was taken back."""
    return session.scalar(select(Question.text).where(Question.id == question_id)) or ""
