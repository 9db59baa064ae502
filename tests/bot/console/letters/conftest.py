"""Fixtures: the console over rows alone, as for notices."""

from tests.bot.console.notices.conftest import pocket, served

__all__ = ["pocket", "served"]
