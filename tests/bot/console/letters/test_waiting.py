"""What waits for the author of a rule or a template stands on their home, as with notices that are sent once."""

import pytest

from knowledge.models import Role
from tests.bot.console.conftest import Staff
from tests.bot.console.letters.test_rules import CHILD
from tests.bot.console.letters.test_templates import WRITTEN
from tests.bot.console.people import Clerk


@pytest.mark.parametrize(("area", "words"), [("rules", CHILD), ("templates", WRITTEN)])
def test_what_was_sent_back_stands_on_the_home_of_its_author(staff: Staff, area: str, words: dict[str, str]) -> None:
    """Until approval is asked for again or it is stopped, also while it is mended; on nobody else's; no first draft."""
    writer, approver = staff(Role.NOTICES), staff(Role.APPROVER)
    others = staff(Role.NOTICES), staff(Role.NOTICES, Role.APPROVER, department="広報課")
    path = str(writer.post(f"/{area}/new", words).headers["location"]).removeprefix("/staff")

    def told() -> list[bool]:
        return [_told(each, path) for each in (writer, *others)]

    assert told() == [False, False, False]
    writer.post(f"{path}/submit")
    assert told() == [False, False, False]
    approver.post(f"{path}/return")
    assert told() == [True, False, False]
    writer.post(f"{path}/edit", words)
    assert told() == [True, False, False]
    writer.post(f"{path}/submit")
    assert told() == [False, False, False]
    approver.post(f"{path}/return")
    approver.post(f"{path}/withdraw")
    assert told() == [False, False, False]


def _told(clerk: Clerk, path: str) -> bool:
    """Whether a home tells its owner to go on with what stands at a path."""
    page = clerk.page("/")
    own = page.text.partition("あなたの続きを待つお知らせ")[2]
    return bool(page.all("a", href=f"/staff{path}")) and "下書き" in own and "直して、もう一度承認を頼めます" in own
