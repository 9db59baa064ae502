"""What a resident reads of links and reminders among their settings, and the presses that end them."""

from datetime import UTC, date, datetime

from sqlalchemy.orm import Session

from handlers.actions import EndLink
from handlers.asking import Asking
from handlers.deadline.actions import DropReminder
from handlers.kept import kept
from knowledge import api_clients, deadlines, links
from knowledge.audit import COMMAND_LINE
from knowledge.database import Sessions
from knowledge.models import Resident, ResidentStatus
from knowledge.text import Language
from tests.knowledge.notices.town import line_id

NOW = datetime(2026, 11, 21, 3, 0, tzinfo=UTC)


def test_links_and_reminders_are_listed_with_the_press_that_ends_them(sessions: Sessions) -> None:
    """One's own only; what was ended or deleted is listed no more."""
    with sessions.begin() as session:
        for number in (1, 2):
            row = Resident(line_user_id=line_id(number), status=ResidentStatus.FRIEND, changed_ms=0, created_at=NOW)
            session.add(row)
        session.flush()
        client, _ = api_clients.add(session, "保育課のシステム", [], COMMAND_LINE, NOW)
        code = links.code_in(links.offer(session, client.id, NOW).code)
        assert code
        assert links.join(session, code.code, 1, NOW)
        reminder = deadlines.keep(session, 1, "shussei-todoke", "ja", date(2026, 11, 20), date(2026, 12, 3), NOW)
        lines, choices = kept(_asking(session, 1))
        assert lines == [
            "「保育課のシステム」からのお知らせを受け取る連携",
            "「shussei-todoke」の期限を知らせる予約（2026年11月30日）",
        ]
        assert [type(each.action) for each in choices] == [EndLink, DropReminder]
        assert kept(_asking(session, 2)) == ([], [])
        link = choices[0].action
        assert isinstance(link, EndLink)
        links.end_by_resident(session, link.link, 1, NOW)
        deadlines.drop(session, reminder.id, 1)
        assert kept(_asking(session, 1)) == ([], [])


def _asking(session: Session, resident: int) -> Asking:
    return Asking(session, "", Language.JA, (), "q", NOW, resident)
