"""All routes of the guide pages; fixed addresses stand before those that hold an id."""

from fastapi import APIRouter

from bot.console.guides import conflict, editing, page, reviewing, standing, trying

router = APIRouter()
for area in (editing, trying, conflict, reviewing, standing, page):
    router.include_router(area.router)
