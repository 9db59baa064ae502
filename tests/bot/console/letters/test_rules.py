"""Rules through the console: written, previewed, agreed to by another person, stopped; the table they follow."""

import html
import re
from datetime import date

import pytest

from bot.console.frame import Console
from bot.notices.following import follow
from knowledge import rules
from knowledge.models import (
    Campaign,
    CampaignStatus,
    Child,
    DepartmentBudget,
    Resident,
    ResidentChoices,
    ResidentStatus,
    Role,
    Rule,
    RuleOccasion,
    StandingStatus,
    Subscription,
    Topic,
)
from tests.bot.console.conftest import Clock, Staff
from tests.bot.console.people import Clerk
from tests.bot.notices.test_following import TABLE
from tests.knowledge.notices.town import line_id

CHILD = {
    "title": "4か月児健診",
    "department": "健康推進課",
    "topic": "children",
    "kind": "child",
    "child_months": "4",
    "child_day": "1",
    "child_hour": "10",
    "text_ja": "4か月児健診の月です。",
    "text_en": "It is the month of the health check.",
}
BINS = {
    "title": "ごみの日の前の晩",
    "department": "ごみ減量推進課",
    "topic": "garbage",
    "kind": "garbage",
    "when": "evening",
    "text_ja": "あすの収集です。{by}までに出してください。\n{collected}",
}


@pytest.fixture
def town(console: Console) -> Console:
    """Four residents: two with a child born in August, two who want to hear of garbage in 巣鴨."""
    with console.pocket.sessions.begin() as session:
        for number in range(1, 5):
            now = console.clock()
            row = Resident(line_user_id=line_id(number), status=ResidentStatus.FRIEND, changed_ms=0, created_at=now)
            session.add(row)
            session.flush()
            topic = Topic.CHILDREN if number <= 2 else Topic.GARBAGE
            session.add(Subscription(resident_id=row.id, topic=topic, since=now))
            session.add(ResidentChoices(resident_id=row.id, area="巣鴨", updated_at=now))
            if number <= 2:
                session.add(Child(resident_id=row.id, born=date(2026, 8, 1)))
    return console


def _written(writer: Clerk, typed: dict[str, str]) -> str:
    answer = writer.post("/rules/new", typed)
    assert answer.status_code == 303, answer.text
    return str(answer.headers["location"]).rpartition("/")[2]


def _seen(clerk: Clerk, rule: str) -> dict[str, str]:
    found = re.search(r'name="seen" value="([^"]+)"', clerk.get(f"/rules/{rule}").text)
    return {"seen": found[1] if found else ""}


def _row(console: Console, rule: str) -> Rule:
    with console.pocket.sessions() as session:
        return session.get_one(Rule, rule)


def test_two_people_make_a_rule_that_then_speaks_by_itself(town: Console, staff: Staff, clock: Clock) -> None:
    """The preview counts, the author can not agree, and on the first of the month the two are written to."""
    writer, approver = staff(Role.NOTICES, Role.APPROVER), staff(Role.APPROVER)
    rule = _written(writer, CHILD)
    shown = writer.get(f"/rules/{rule}").text
    assert "子どもが4か月になる月の1日、10時" in shown
    assert "2026年12月1日（火）10:00" in shown
    assert '<td data-label="人数">2人</td>' in shown
    writer.post(f"/rules/{rule}/submit")
    assert writer.post(f"/rules/{rule}/approve", {"seen": rules.digest_of(_row(town, rule))}).status_code == 422
    assert approver.post(f"/rules/{rule}/approve", _seen(approver, rule)).status_code == 303
    clock.now = clock.now.replace(month=12, day=1, hour=1, minute=30)
    assert follow(town.pocket.sessions, "https://localhost", clock.now) == 1
    with town.pocket.sessions() as session:
        campaign = session.query(Campaign).one()
        assert (campaign.people, campaign.content["texts"]["ja"][0]["text"]) == (2, CHILD["text_ja"])
    reader = staff(Role.NOTICES, Role.APPROVER)
    assert f"/staff/notices/{campaign.id}" in reader.get(f"/rules/{rule}").text
    assert campaign.title not in reader.get("/notices").text
    assert "2人" in reader.get(f"/notices/{campaign.id}").text


def test_an_edit_makes_it_silent_and_stopping_stops_what_is_under_way(
    town: Console, staff: Staff, clock: Clock
) -> None:
    """Until somebody agrees anew nothing is sent; who stops a rule stops its campaign too."""
    writer, approver = staff(Role.NOTICES), staff(Role.APPROVER)
    rule = _written(writer, CHILD)
    writer.post(f"/rules/{rule}/submit")
    approver.post(f"/rules/{rule}/approve", _seen(approver, rule))
    writer.post(f"/rules/{rule}/edit", CHILD | {"text_ja": "変えました。"})
    assert _row(town, rule).status == StandingStatus.DRAFT
    clock.now = clock.now.replace(month=12, day=1, hour=0, minute=30)
    assert follow(town.pocket.sessions, "https://localhost", clock.now) == 0
    writer, approver = staff(Role.NOTICES), staff(Role.APPROVER)
    writer.post(f"/rules/{rule}/submit")
    approver.post(f"/rules/{rule}/approve", _seen(approver, rule))
    clock.now = clock.now.replace(hour=1)
    assert follow(town.pocket.sessions, "https://localhost", clock.now) == 1
    staff(Role.NOTICES).post(f"/rules/{rule}/edit", CHILD)
    with town.pocket.sessions.begin() as session:
        campaign = session.query(Campaign).one()
        assert campaign.status == CampaignStatus.STOPPED
        campaign.status = CampaignStatus.SENDING
    assert staff(Role.APPROVER).post(f"/rules/{rule}/withdraw").status_code == 303
    with town.pocket.sessions() as session:
        assert session.query(Campaign).one().status == CampaignStatus.STOPPED


def test_garbage_days_come_from_the_wards_table_alone(town: Console, staff: Staff, clock: Clock) -> None:
    """Without a table the rule says nothing; with it, each place of the town with what is collected there."""
    writer, approver = staff(Role.NOTICES), staff(Role.APPROVER)
    rule = _written(writer, BINS)
    assert "収集日の表にのっている収集がありません" in writer.get(f"/rules/{rule}").text
    assert writer.post("/rules/collection", {"table": TABLE}).status_code == 303
    shown = writer.get(f"/rules/{rule}").text
    assert "2026年11月23日（月）20:00" in shown
    assert "月の上限は8件なので" in shown
    writer.post(f"/rules/{rule}/submit")
    approver.post(f"/rules/{rule}/approve", _seen(approver, rule))
    clock.now = clock.now.replace(day=23, hour=11, minute=5)
    assert follow(town.pocket.sessions, "https://localhost", clock.now) == 1
    with town.pocket.sessions() as session:
        said = session.query(Campaign).one().content["texts"]["ja"][0]["text"]
    assert said == "あすの収集です。8:00までに出してください。\n1丁目：燃やすごみ\n2丁目：プラスチック・紙・布"


def test_a_missed_moment_is_dropped_and_said(town: Console, staff: Staff, clock: Clock) -> None:
    """A machine that wakes up three hours later sends nothing, and the page tells."""
    writer, approver = staff(Role.NOTICES), staff(Role.APPROVER)
    rule = _written(writer, CHILD)
    writer.post(f"/rules/{rule}/submit")
    approver.post(f"/rules/{rule}/approve", _seen(approver, rule))
    clock.now = clock.now.replace(month=12, day=1, hour=4)
    assert follow(town.pocket.sessions, "https://localhost", clock.now) == 0
    with town.pocket.sessions() as session:
        assert session.query(RuleOccasion).one().missed
        assert session.query(Campaign).count() == 0
    assert "おくれては送っていません" in staff(Role.NOTICES).get(f"/rules/{rule}").text


def _text_of(clerk: Clerk) -> str:
    found = re.search(r'<textarea id="table"[^>]*>\n(.*?)</textarea>', clerk.get("/rules/collection").text, re.DOTALL)
    return found[1] if found else ""


def test_the_packs_table_is_read_and_written_back_the_same(town: Console, staff: Staff) -> None:
    """The sample pack brings the ward's table with its source; what the page shows can be sent back as it is."""
    writer = staff(Role.NOTICES)
    assert writer.post("/rules/collection/pack").status_code == 303
    shown = writer.get("/rules/collection").text
    assert "豊島区「資源回収・ごみ収集のお知らせ」" in shown
    assert "適用は2026年11月30日（月）まで" in shown
    table = _text_of(writer)
    assert writer.post("/rules/collection", {"table": html.unescape(table)}).status_code == 303
    assert _text_of(writer) == table


def test_wrong_tables_and_forms_come_back_with_what_is_wrong(town: Console, staff: Staff) -> None:
    """Line by line; what stood before stays; and a rule's form keeps what was typed."""
    writer = staff(Role.NOTICES)
    writer.post("/rules/collection", {"table": TABLE})
    rest = "8:00,2026-04-01,2026-12-31,区の表\n"
    wrong = f"{TABLE}巣鴨,3丁目,paper,火,{rest}高田,,burnable,毎日,{rest}"
    answer = writer.post("/rules/collection", {"table": wrong})
    assert (answer.status_code, "5行目" in answer.text, "6行目" in answer.text) == (422, True, True)
    assert "4件" in writer.get("/rules/collection").text
    for base, changes, said in (
        (CHILD, {"child_hour": "3"}, "8時から20時まで"),
        (CHILD, {"topic": ""}, "話題を選んでください"),
        (CHILD, {"text_ja": "{collected}"}, "文字だけを使えます"),
        (BINS, {"text_ja": "あすは収集です"}, "{collected} と書いてください"),
        (CHILD, {"text_ja": "避難勧告です"}, "避難勧告"),
        (
            CHILD,
            {"kind": "yearly", "yearly_month": "2", "yearly_day": "30", "yearly_hour": "9"},
            "毎年その日はありません",
        ),
        (CHILD, {"kind": ""}, "送り方を選んでください"),
        (CHILD, {"child_day": "31"}, "日は、1から28まで"),
        (CHILD, {"title": ""}, "件名を書いてください。"),
        (CHILD, {"title": "長" * 121}, "120文字まで"),
    ):
        answer = writer.post("/rules/new", base | changes)
        assert answer.status_code == 422
        assert said in answer.text, changes
    assert "It is the month" in answer.text


def test_an_empty_rule_is_told_of_the_fields_it_has(town: Console, staff: Staff) -> None:
    """No sentence speaks of a choice that only notices have; full-width digits are numbers."""
    writer = staff(Role.NOTICES)
    answer = writer.post("/rules/new", {"kind": "child"})
    assert answer.status_code == 422
    assert "友だち全員" not in answer.text
    assert "月齢は、0から240まで" in answer.text
    assert writer.post("/rules/new", CHILD | {"child_hour": "１０"}).status_code == 303


def test_a_budget_is_set_by_who_approves(town: Console, staff: Staff) -> None:
    """The writer may not; a wrong number comes back."""
    writer, approver = staff(Role.NOTICES), staff(Role.APPROVER)
    typed = {"department": "ごみ減量推進課", "monthly": "31"}
    assert writer.post("/rules/budget", typed).status_code == 403
    assert approver.post("/rules/budget", typed | {"monthly": "0"}).status_code == 422
    assert approver.post("/rules/budget", typed).status_code == 303
    with town.pocket.sessions() as session:
        assert session.get_one(DepartmentBudget, "ごみ減量推進課").monthly == 31
