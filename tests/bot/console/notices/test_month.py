"""A month of notices at the console: counts by band, nobody named; and the forecast before approval."""

from datetime import timedelta

from sqlalchemy import update
from sqlalchemy.orm import Session

from bot.console.frame import Console
from knowledge.models import Resident, ResidentStatus, Role, Topic
from tests.bot.console.conftest import Staff
from tests.bot.notices.world import settle_friends
from tests.knowledge.notices.rows import add_staff
from tests.knowledge.notices.test_monthly import send
from tests.knowledge.notices.town import line_id

WRITTEN = {
    "title": "健診のご案内",
    "department": "健康推進課",
    "topic": "health",
    "urgency": "normal",
    "audience": "everyone",
    "text_ja": "来月、健診があります。",
}


def _past(session: Session, console: Console) -> None:
    """Six hundred friends had one notice a fortnight ago, thirty of them two; ten left at once."""
    now = console.clock()
    add_staff(session, 1, now)
    settle_friends(session, 600, now - timedelta(days=60))
    send(session, range(1, 601), now - timedelta(days=14), Topic.HEALTH)
    send(session, range(1, 31), now - timedelta(days=3), Topic.EVENTS)
    send(session, range(1, 6), now - timedelta(days=3), Topic.GARBAGE, department="清掃課")
    left = int((now - timedelta(days=14) + timedelta(hours=1)).timestamp() * 1000)
    gone = update(Resident).where(Resident.id > 590)
    session.execute(gone.values(status=ResidentStatus.BLOCKED, changed_ms=left))


def test_the_month_is_counted_by_band_and_names_nobody(console: Console, staff: Staff) -> None:
    """One notice, two or three, from each department; fewer than twenty people are not told apart."""
    with console.pocket.sessions.begin() as session:
        _past(session, console)
    answer = staff(Role.NOTICES).get("/notices/month")
    assert answer.status_code == 200
    assert "570人" in answer.text
    assert "30人" in answer.text
    assert "清掃課" in answer.text
    assert "20人未満" in answer.text
    assert "1.67％" in answer.text
    assert line_id(1) not in answer.text


def test_a_month_without_notices_says_so(staff: Staff) -> None:
    """And nobody without a role of notices may look."""
    assert "届いたお知らせはありません" in staff(Role.NOTICES).get("/notices/month?back=3").text
    assert staff(Role.EDITOR).get("/notices/month").status_code == 403


def test_before_approval_the_page_says_how_many_will_leave(console: Console, staff: Staff) -> None:
    """With its interval, and how many people nothing is known of; once approved it is a decision, and not shown."""
    with console.pocket.sessions.begin() as session:
        _past(session, console)
    writer, approver = staff(Role.NOTICES), staff(Role.APPROVER)
    path = writer.post("/notices/new", WRITTEN).headers["location"].removeprefix("/staff")
    assert "離れる人の見こみ" not in writer.get(path).text
    with console.pocket.sessions.begin() as session:
        send(session, range(31, 591), console.clock() - timedelta(days=2, hours=1), Topic.HEALTH)
    shown = writer.get(path).text
    assert "離れる人の見こみ" in shown
    assert approver.get(path).status_code == 200
