"""Rows that stand around a notice: staff, and a campaign that was sent before."""

import uuid
from collections.abc import Iterable
from datetime import datetime

from sqlalchemy.orm import Session

from knowledge.models import (
    Batch,
    BatchStatus,
    Campaign,
    CampaignStatus,
    Recipient,
    RecipientStatus,
    StaffRow,
    StaffStatus,
    Urgency,
    World,
)


def add_staff(session: Session, count: int, now: datetime) -> list[int]:
    """Persons of the staff; their ids."""
    rows = [
        StaffRow(
            login=f"staff-{n}", name=f"職員{n}", status=StaffStatus.ACTIVE, totp_step=0, created_at=now, changed_at=now
        )
        for n in range(count)
    ]
    session.add_all(rows)
    session.flush()
    return [row.id for row in rows]


def add_told(session: Session, campaign: str, author: int, residents: Iterable[int], now: datetime) -> None:
    """A campaign that was sent to these residents."""
    session.add(
        Campaign(
            id=campaign,
            world=World.LIVE,
            status=CampaignStatus.SENT,
            urgency=Urgency.NORMAL,
            department="課",
            title="前のお知らせ",
            author=author,
            content={},
            content_digest="",
            audience={},
            audience_digest="",
            revision=1,
            created_at=now,
            updated_at=now,
        )
    )
    session.flush()
    batch = Batch(campaign_id=campaign, world=World.LIVE, position=0, variant="ja", status=BatchStatus.ACCEPTED,
                  people=0, retry_key=str(uuid.uuid4()), body_digest="", not_before=now, first_sent_at=now,
                  uncertain=True, attempts=1)  # fmt: skip
    session.add(batch)
    session.flush()
    for resident in residents:
        session.add(Recipient(campaign_id=campaign, resident_id=resident, world=World.LIVE, batch_id=batch.id,
                              status=RecipientStatus.INCLUDED))  # fmt: skip
    session.flush()
