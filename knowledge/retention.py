"""What residents wrote is kept for a limited time; what is counted of it stays."""

from datetime import datetime, timedelta

from sqlalchemy import select
from sqlalchemy.orm import Session

from knowledge import missed
from knowledge.models import Question
from knowledge.models.asked import PERSONAL

KEPT = timedelta(days=89)
"""The requirement is ninety days at most (R41); the sweep comes every hour and must not be late."""
AT_ONCE = 500


def erase_old(session: Session, now: datetime) -> int:
    """Erase the texts and residents of the oldest overdue questions, at most `AT_ONCE`; how many there were."""
    overdue = select(Question.id).where(PERSONAL, Question.asked_at < now - KEPT).order_by(Question.asked_at)
    found = session.scalars(overdue.limit(AT_ONCE)).all()
    if found:
        missed.erase(session, found)
    return len(found)
