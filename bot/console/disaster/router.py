"""All routes of disaster mode."""

from fastapi import APIRouter

from bot.console.disaster import announcing, sheltering, switching

router = APIRouter()
router.include_router(announcing.router)
router.include_router(sheltering.router)
router.include_router(switching.router)
