"""All routes of notices to one person."""

from fastapi import APIRouter

from bot.console.letters import systems, words

router = APIRouter()
router.include_router(words.router)
router.include_router(systems.router)
