"""The rows of how residents responded to a notice, as LINE counts it; never who did."""

from datetime import datetime

from sqlalchemy import ForeignKey, Text
from sqlalchemy.orm import Mapped, mapped_column

from knowledge.models.base import Base


class CampaignResponse(Base):
    """How many people opened a notice or tapped a link of it; None where LINE keeps the figure to itself.

    `due_at` is when LINE is asked again (None: never), `fetched_at` when the figures came, `failed_at` when asking
    failed since then.
    """

    __tablename__ = "campaign_responses"

    campaign_id: Mapped[str] = mapped_column(ForeignKey("campaigns.id", ondelete="CASCADE"), primary_key=True)
    opened: Mapped[int | None]
    clicked: Mapped[int | None]
    fetched_at: Mapped[datetime | None]
    failed_at: Mapped[datetime | None]
    due_at: Mapped[datetime | None]


class LinkResponse(Base):
    """How many people tapped one link of a notice, and how often; None as above."""

    __tablename__ = "link_responses"

    campaign_id: Mapped[str] = mapped_column(
        ForeignKey("campaign_responses.campaign_id", ondelete="CASCADE"), primary_key=True
    )
    position: Mapped[int] = mapped_column(primary_key=True)
    url: Mapped[str] = mapped_column(Text)
    people: Mapped[int | None]
    taps: Mapped[int | None]
