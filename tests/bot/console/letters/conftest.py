"""Fixtures: the console over rows alone, as for notices."""

from tests.bot.console.notices.conftest import pocket, served
from tests.databases import toshima_url as database_url

__all__ = ["database_url", "pocket", "served"]
