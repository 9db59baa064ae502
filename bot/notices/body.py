"""The exact bytes of a batch's request, and their digest: fixed before the first byte goes out, same at each retry."""

import json
from collections.abc import Sequence
from hashlib import sha256

from sqlalchemy import Row, select
from sqlalchemy.orm import Session

from knowledge.models import Batch, CampaignMessages, Recipient, RecipientStatus, Resident

BATCH = 500
"""LINE takes this many recipients in one request (line-platform.md, section 3)."""


def body_of(recipients: Sequence[str], messages: str, unit: str | None) -> bytes:
    """The request's body; its `unit`, if it has one, lets LINE count who opens it without naming anybody."""
    to = json.dumps(list(recipients), separators=(",", ":"))
    counted = f',"customAggregationUnits":["{unit}"]' if unit else ""
    return f'{{"to":{to},"messages":{messages}{counted}}}'.encode()


def digest_of(body: bytes) -> str:
    """SHA-256 of a body."""
    return sha256(body).hexdigest()


def included(session: Session, batch: Batch) -> list[Row[int, str]]:
    """The resident ids and LINE ids of a batch, in the order of the request."""
    found = (
        select(Resident.id, Resident.line_user_id)
        .join(Recipient, Recipient.resident_id == Resident.id)
        .where(Recipient.batch_id == batch.id, Recipient.status == RecipientStatus.INCLUDED)
        .order_by(Resident.id)
    )
    return list(session.execute(found))


def messages_of(session: Session, batch: Batch) -> str:
    """The text of a batch's messages."""
    kept = session.get_one(CampaignMessages, (batch.campaign_id, batch.variant))
    return kept.messages
