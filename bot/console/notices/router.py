"""All routes of notices."""

from fastapi import APIRouter

from bot.console.notices import month, pages, steps, testers

router = APIRouter()
router.include_router(testers.router)
router.include_router(month.router)
router.include_router(pages.router)
router.include_router(steps.router)
