"""All routes of notices that follow data."""

from fastapi import APIRouter

from bot.console.rules import days, pages

router = APIRouter()
router.include_router(days.router)
router.include_router(pages.router)
