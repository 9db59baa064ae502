"""The calendar files of approved notices: what the button of an event opens."""

from typing import Annotated

from fastapi import APIRouter, HTTPException, Path
from starlette.responses import Response

from bot.settings import Settings
from knowledge.campaign import content_of
from knowledge.database import Sessions
from knowledge.models import Campaign, CampaignStatus
from knowledge.notice import BLOCKS, EventBlock, Variant, calendar

PATH = "/calendar"
_UNSEEN = (CampaignStatus.DRAFT, CampaignStatus.IN_REVIEW)


def calendar_base(settings: Settings) -> str:
    """The public address of calendar files."""
    return settings.public_url.rstrip("/") + PATH


def calendar_router(sessions: Sessions) -> APIRouter:
    """The route of calendar files; a notice that nobody approved has none."""
    router = APIRouter()

    @router.get(f"{PATH}/{{campaign}}/{{variant}}/{{number}}.ics")
    def show(campaign: str, variant: Variant, number: Annotated[int, Path(ge=0, lt=BLOCKS)]) -> Response:
        with sessions() as session:
            row = session.get(Campaign, campaign)
            if row is None or row.status in _UNSEEN:
                raise HTTPException(404)
            blocks, made = content_of(row).blocks(variant), row.updated_at
        event = blocks[number] if number < len(blocks) else None
        if not isinstance(event, EventBlock):
            raise HTTPException(404)
        named = {"Content-Disposition": 'attachment; filename="event.ics"'}
        return Response(
            calendar(event, f"{campaign}-{number}@pocket", made), 200, named, "text/calendar; charset=utf-8"
        )

    return router
