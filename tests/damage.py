"""A guide as no rule of today lets it be: what a stricter check finds in rows that were written before it."""

import uuid

from sqlalchemy import update

from knowledge.database import Sessions
from knowledge.models import GuideRow, GuideVersion

SECRET = "だれにも見せない言葉"


def damage(sessions: Sessions, guide: str) -> None:
    """Let a guide's row and its newest version be open until 25 o'clock; nothing else has been damaged in this way."""
    with sessions.begin() as session:
        row = session.get_one(GuideRow, guide)
        hours = {"days": f"{SECRET}{uuid.uuid4().hex}", "opens": "8:30", "closes": "25:00"}
        content = row.content | {"hours": [hours]}
        session.execute(update(GuideRow).where(GuideRow.id == guide).values(content=content))
        newest = GuideVersion.guide_id == guide, GuideVersion.version == row.version
        session.execute(update(GuideVersion).where(*newest).values(content=content))
