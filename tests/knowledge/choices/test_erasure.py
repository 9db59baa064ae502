"""Erasing a person: from every table there is, in time, and from what they asked us to forget at once."""

import json
from datetime import timedelta

from sqlalchemy import select
from sqlalchemy.orm import Session

from knowledge import models, wishes
from knowledge.changes import ForgetAll, LiveIn, WantTopic
from knowledge.choosing import change
from knowledge.database import Sessions
from knowledge.disclosure import held
from knowledge.erasure import GONE_AFTER, OWN_CARE, REFUSED, erase_gone, tables_of_residents
from knowledge.models import Base, ConversationRow, Question, Resident, ResidentStatus, Topic
from knowledge.residents import change_status, resident_of
from knowledge.settings_visits import make_link
from tests.knowledge.choices.people import NOW, SEAL, somebody
from tests.knowledge.notices.rows import add_staff, add_told

CANARY = "カナリアの質問"


def _busy(session: Session) -> Resident:
    """A friend who asked, wished, was shown something, was told something, and chose."""
    row = somebody(session)
    session.add(
        Question(
            id=f"q{row.id}", resident_id=row.id, message_id="m1", channel="line", lang="ja", text=CANARY,
            outcome="not_found", candidates=[], trace={}, snapshot="", asked_at=NOW,
        )
    )  # fmt: skip
    session.add(ConversationRow(resident_id=row.id, topic="juminhyo", candidates=[], updated_at=NOW))
    session.flush()
    wishes.agree(session, session.get_one(Question, f"q{row.id}"), NOW)
    change(session, row.id, WantTopic(Topic.GARBAGE, True), NOW)
    change(session, row.id, LiveIn("sugamo"), NOW)
    make_link(session, row.id, NOW)
    session.flush()
    return row


def _rows(session: Session, resident: int) -> set[str]:
    """The tables that still say something of a resident."""
    found = set()
    for table in Base.metadata.sorted_tables:
        for key in table.foreign_keys:
            whose = key.parent
            if key.column.table.name == "residents" and session.execute(select(whose).where(whose == resident)).first():
                found.add(table.name)
    return found


def test_every_way_to_a_resident_has_the_column_that_is_erased_by() -> None:
    """Every table that points at residents does so by `resident_id`, and the exceptions are tables there are."""
    tables = {table.name: table for table in tables_of_residents()}
    assert [name for name, table in tables.items() if "resident_id" not in table.c] == []
    assert (OWN_CARE | REFUSED) - {"residents"} <= set(tables)


def test_who_asks_to_be_forgotten_is_forgotten_at_once(sessions: Sessions) -> None:
    """Only that garbage notices are not wanted any more is left; the text of the question is nowhere."""
    with sessions.begin() as session:
        row = _busy(session)
        assert _rows(session, row.id) >= {"questions", "conversations", "wishes", "resident_choices", "settings_visits"}
        change(session, row.id, ForgetAll(), NOW)
        assert _rows(session, row.id) == {"subscriptions"}
    with sessions() as session:
        assert [each.text for each in session.query(Question)] == [None]


def test_who_left_is_erased_after_thirty_days(sessions: Sessions) -> None:
    """Not a day before; then neither the LINE id nor anything else, but that one notice was sent to one row."""
    with sessions.begin() as session:
        row = _busy(session)
        line_id = row.line_user_id
        add_told(session, "c" * 32, add_staff(session, 1, NOW)[0], [row.id], NOW)
        change_status(session, line_id, ResidentStatus.BLOCKED, int(NOW.timestamp() * 1000), NOW)
    with sessions.begin() as session:
        assert erase_gone(session, NOW + GONE_AFTER - timedelta(seconds=1)) == 0
        assert erase_gone(session, NOW + GONE_AFTER) == 1
        assert erase_gone(session, NOW + GONE_AFTER) == 0
    with sessions.begin() as session:
        assert _rows(session, row.id) == {"recipients"}
        assert line_id not in [each.line_user_id for each in session.query(Resident)]
        again = resident_of(session, line_id, 9, NOW + GONE_AFTER)
        assert again.id != row.id


def test_a_tester_stays_until_staff_take_them_out(sessions: Sessions) -> None:
    """Their account is staff's, with drills that name it."""
    with sessions.begin() as session:
        row = somebody(session)
        session.add(
            models.Tester(name="課の端末", resident_id=row.id, added_by=add_staff(session, 1, NOW)[0], added_at=NOW)
        )
        change_status(session, row.line_user_id, ResidentStatus.BLOCKED, 1, NOW)
        assert erase_gone(session, NOW + GONE_AFTER) == 0


def test_what_is_kept_is_shown_whole(sessions: Sessions) -> None:
    """Every table that says something of her is in it, as JSON; the others' rows and our secrets are not."""
    with sessions.begin() as session:
        row, other = _busy(session), _busy(session)
        found = held(session, row.id, SEAL)
        json.dumps(found, ensure_ascii=False)
        assert set(found) == (_rows(session, row.id) | {"residents"}) - {"settings_visits"}
        assert [each["text"] for each in found["questions"]] == [CANARY]
        assert found["resident_choices"][0]["area"] == "巣鴨"
        assert other.line_user_id not in str(found)
        assert "retry_key" not in str(found)
