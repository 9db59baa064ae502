"""A notice as its tests write it at the console, and what they look up of it."""

import re

from bot.console.frame import Console
from knowledge.models import Campaign
from tests.bot.console.people import Clerk

WRITTEN = {
    "title": "健診のご案内",
    "department": "健康推進課",
    "topic": "health",
    "urgency": "normal",
    "audience": "conditions",
    "areas": ["巣鴨"],
    "text_ja": "来月、健診があります。",
}
_ID = re.compile(r"/staff/notices/([0-9a-f]{32})")


def written(writer: Clerk, **changes: object) -> str:
    """Keep it as a draft; its id."""
    answer = writer.post("/notices/new", WRITTEN | changes)
    assert answer.status_code == 303, answer.text
    found = _ID.search(answer.headers["location"])
    assert found
    return found[1]


def row(console: Console, notice: str) -> Campaign:
    """The notice as it is kept."""
    with console.pocket.sessions() as session:
        return session.get_one(Campaign, notice)


def seen(clerk: Clerk, notice: str) -> dict[str, str]:
    """What an approval of the page as it stands sends."""
    found = re.search(r'name="seen" value="([^"]+)"', clerk.get(f"/notices/{notice}").text)
    return {"seen": found[1] if found else ""}
