"""A clerk's work on guides over HTTP: the form as a browser would send it, and the page a change leads to."""

import re
from collections.abc import Mapping

from httpx2 import Response

from bot.console.guides.form import GuideForm
from bot.wiring import Pocket
from knowledge import drafts
from knowledge.guide import Guide
from knowledge.models import GuideDraft
from tests.bot.console.people import Clerk

GUIDE = "tennyu-todoke"
_DRAFT = re.compile(r"/staff/guides/drafts/([0-9a-f]{32})")


def live(pocket: Pocket, guide: str = GUIDE) -> tuple[Guide, int]:
    """A guide's newest version, and its number."""
    with pocket.sessions() as session:
        found = drafts.whole(session, guide)
        assert found
        return found[0], found[1].version


def draft_of(pocket: Pocket, draft: str) -> GuideDraft:
    """A draft as it stands."""
    with pocket.sessions() as session:
        found = drafts.get(session, draft)
        session.expunge(found)
        return found


def form_of(pocket: Pocket, guide: str = GUIDE) -> dict[str, str]:
    """What the form of a guide would send, had nothing been changed."""
    whole, version = live(pocket, guide)
    return {**GuideForm.of(whole).fields(), "base": str(version), "draft": "", "revision": "0"}


def draft_form(pocket: Pocket, draft: str) -> dict[str, str]:
    """What the form of a draft would send."""
    row = draft_of(pocket, draft)
    fields = GuideForm.of(drafts.content(row)).fields()
    return {**fields, "base": str(row.base_version), "draft": row.id, "revision": str(row.revision)}


def press(clerk: Clerk, fields: Mapping[str, str], do: str, **changed: str) -> Response:
    """Press a button of the form."""
    return clerk.post("/guides/edit", {**fields, **changed, "do": do})


def draft_in(answer: Response) -> str:
    """The draft a change leads to."""
    assert answer.status_code == 303, answer.text
    found = _DRAFT.search(answer.headers["location"])
    assert found, answer.headers["location"]
    return found[1]


def submitted(clerk: Clerk, pocket: Pocket, guide: str = GUIDE, **changed: str) -> str:
    """A draft that waits for a second person."""
    reason = {"reason": "試験のため"}
    return draft_in(press(clerk, form_of(pocket, guide), "submit", **{**reason, **changed}))


def act(clerk: Clerk, pocket: Pocket, draft: str, what: str, **fields: str) -> Response:
    """Press a button of a draft's page."""
    revision = str(draft_of(pocket, draft).revision)
    return clerk.post(f"/guides/drafts/{draft}/{what}", {"revision": revision, **fields})
