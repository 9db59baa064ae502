"""The page of a month of notices: how many people got how many, from whom, about what; never who."""

from typing import Annotated

from fastapi import APIRouter, Query
from starlette.responses import Response

from bot.console.visit import Transaction, Visited
from knowledge.audience import FEW
from knowledge.days import JST
from knowledge.leaving import rates
from knowledge.monthly import BANDS, month_of, month_view

router = APIRouter()
MONTHS_BACK = 12


@router.get("/notices/month")
def show_month(visit: Visited, session: Transaction, back: Annotated[int, Query(ge=0, le=MONTHS_BACK)] = 0) -> Response:
    """This month, or one of the twelve before."""
    month = month_of(visit.now)
    for _ in range(back):
        month = month.before()
    return visit.page(
        "notices/month.html",
        month=month.first.astimezone(JST),
        back=back,
        months_back=MONTHS_BACK,
        view=month_view(session, month),
        bands=BANDS,
        few=FEW,
        rates=rates(session, visit.now) if back == 0 else {},
    )
