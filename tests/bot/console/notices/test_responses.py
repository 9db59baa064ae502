"""Who opened a notice, on its page: figures with their time, or the sentence that says why there are none."""

import re
import uuid
from datetime import datetime, timedelta

import pytest

from bot.console.frame import Console
from knowledge import responses
from knowledge.database import Sessions
from knowledge.days import utc_now
from knowledge.models import (
    Campaign,
    CampaignMessages,
    CampaignStatus,
    Role,
    Rule,
    RuleOccasion,
    StandingStatus,
    Urgency,
    World,
)
from knowledge.responses import Responses, Tapped
from knowledge.staff import StaffMember
from tests.bot.console.conftest import OpenPage, Staff
from tests.bot.console.people import add_person
from tests.looks import assert_accessible

FORM = "https://example.jp/forms/" + "a" * 300
SENT = (
    '[{"type":"flex","altText":"健診","contents":{"type":"bubble","footer":{"type":"box","layout":"vertical",'
    f'"contents":[{{"type":"button","action":{{"type":"uri","label":"申し込む","uri":"{FORM}"}}}}]}}}}}}]'
)
HOUR = timedelta(hours=1)


def _notice(console: Console, begun: datetime, author: StaffMember, **changes: object) -> str:
    """A notice that is being sent since `begun`."""
    values: dict[str, object] = {
        "id": uuid.uuid4().hex,
        "world": World.LIVE,
        "status": CampaignStatus.SENDING,
        "urgency": Urgency.NORMAL,
        "department": "健康推進課",
        "title": "健診のご案内",
        "author": author.id,
        "content": {"texts": {"ja": [{"kind": "text", "text": "健診があります"}]}},
        "content_digest": "",
        "audience": {"kind": "everyone", "version": 1},
        "audience_digest": "",
        "people": 500,
        "frozen_at": begun,
        "unit": "c1",
        "created_at": begun,
        "updated_at": begun,
    }
    with console.pocket.sessions.begin() as session:
        row = Campaign(**values | changes)
        session.add(row)
        session.flush()
        session.add(CampaignMessages(campaign_id=row.id, variant="ja", messages=SENT))
        return row.id


def _told(sessions: Sessions, notice: str, found: Responses, now: datetime) -> None:
    with sessions.begin() as session:
        responses.keep(session, notice, found, now)


def _said(page: str) -> str:
    """The part of the page that is about openings, without its tags."""
    part = page.partition("開いた人と、リンクを押した人</h3>")[2].partition("<h2>")[0]
    return re.sub(r"\s+", "", re.sub(r"<[^>]+>", " ", part))


def test_figures_stand_with_their_time_and_their_links(console: Console, staff: Staff) -> None:
    """People and taps of a link under the words of its button, and when LINE said so."""
    writer = staff(Role.NOTICES)
    notice = _notice(console, console.clock(), writer.member)
    told = Responses(1234, 321, (Tapped(FORM, 300, 345), Tapped("tel:0312345678", None, None)))
    _told(console.pocket.sessions, notice, told, console.clock())
    said = _said(writer.get(f"/notices/{notice}").text)
    assert "開いた人1,234人" in said
    assert "リンクを押した人321人" in said
    assert f"申し込む{FORM}300人345回" in said
    assert "リンクtel:031234567820人未満—" in said
    assert "2026年11月21日（土）16:30にLINEから受け取った数です" in said
    assert "受け取れていません" not in said


def test_each_reason_for_no_figure_has_its_sentence(console: Console, staff: Staff) -> None:
    """Not yet, fewer than twenty, too late, no name left, a drill: nothing is made up, nothing promised falsely."""
    writer, now = staff(Role.NOTICES), console.clock()
    for changes, sentence in (
        ({}, "最初の数は、送り始めてから1時間ほどで出ます"),
        ({"people": 19}, "20人に満たないお知らせでは、LINEは数を出しません"),
        ({"frozen_at": now - timedelta(days=31)}, "このお知らせの数はもう出ません"),
        ({"unit": None}, "件数を使い切っていたため"),
    ):
        notice = _notice(console, now, writer.member, **changes)
        assert sentence in _said(writer.get(f"/notices/{notice}").text), changes
    for hidden in ({"world": World.DRILL, "unit": None}, {"frozen_at": None}, {"status": CampaignStatus.APPROVED}):
        notice = _notice(console, now, writer.member, **hidden)
        assert "リンクを押した人" not in writer.get(f"/notices/{notice}").text, hidden


def test_a_figure_line_keeps_to_itself_is_no_zero(console: Console, staff: Staff) -> None:
    """Fewer than twenty people are called that, and no share is worked out of it."""
    writer = staff(Role.NOTICES)
    notice = _notice(console, console.clock(), writer.member)
    _told(console.pocket.sessions, notice, Responses(None, None), console.clock())
    said = _said(writer.get(f"/notices/{notice}").text)
    assert said.count("20人未満（LINEは数を出しません）") == 2
    assert "％" not in said


def test_what_could_not_be_fetched_is_said(console: Console, staff: Staff) -> None:
    """With the time it was tried last; older figures stay beside it, with theirs."""
    writer, now = staff(Role.NOTICES), console.clock()
    fresh, old = _notice(console, now, writer.member), _notice(console, now, writer.member)
    _told(console.pocket.sessions, old, Responses(40, None), now)
    with console.pocket.sessions.begin() as session:
        for notice in (fresh, old):
            responses.not_fetched(session, notice, now + HOUR)
    page = _said(writer.get(f"/notices/{fresh}").text)
    assert "まだLINEから受け取れていません（最後に試したのは" in page
    assert "17:30" in page
    page = _said(writer.get(f"/notices/{old}").text)
    assert "開いた人40人" in page
    assert "16:30にLINEから受け取った数です。そのあとは受け取れていません（最後に試したのは" in page


def test_a_rules_notice_says_why_it_is_not_counted(console: Console, staff: Staff) -> None:
    """Its names would use up those of the notices that people write."""
    writer, now = staff(Role.NOTICES), console.clock()
    notice = _notice(console, now, writer.member, unit=None)
    with console.pocket.sessions.begin() as session:
        rule = Rule(
            id="f" * 32, title="規則", department="課", topic=None, status=StandingStatus.APPROVED, trigger={},
            audience={}, content={}, author=writer.member.id, created_at=now, updated_at=now,
        )  # fmt: skip
        session.add(rule)
        session.flush()
        session.add(
            RuleOccasion(
                rule_id=rule.id, occasion="一", due_at=now, until_at=now, campaign_id=notice, people=1, missed=False
            )
        )
    assert "定期・自動のお知らせでは、開いた人の数を取っていません" in _said(writer.get(f"/notices/{notice}").text)


@pytest.mark.browser
@pytest.mark.parametrize(
    "size", [(1280, 900, "light"), (320, 256, "dark")], ids=["wide", "four times larger, at night"]
)
def test_the_report_is_accessible(open_page: OpenPage, served: tuple[str, Console], size: tuple[int, int, str]) -> None:
    """Figures, long addresses and what failed since: no rule of axe is broken and nothing scrolls sideways."""
    console, now = served[1], utc_now()
    author = add_person(console, Role.NOTICES)
    notice = _notice(console, now, author)
    _told(
        console.pocket.sessions,
        notice,
        Responses(1234, 321, (Tapped(FORM, 300, 345), Tapped("tel:1", None, None))),
        now,
    )
    with console.pocket.sessions.begin() as session:
        responses.not_fetched(session, notice, now + HOUR)
    width, height, scheme = size
    options = {"viewport": {"width": width, "height": height}, "color_scheme": scheme}
    assert_accessible(open_page(Role.NOTICES, path=f"/notices/{notice}", **options))
