"""Staff's work on what residents asked in vain, on the console."""

import re
from datetime import datetime, timedelta

import pytest
from sqlalchemy import select, update

from bot.wiring import Pocket
from knowledge import work
from knowledge.models import AuditEntry, GroupStatus, GuideRow, QuestionGroup, Role
from tests.bot.console.asking import PET, ZOO, ask, group_of, settle
from tests.bot.console.conftest import Clock, Staff
from tests.bot.console.guides.work import form_of, press
from tests.knowledge.asked import NOW


def _status(pocket: Pocket, group: int) -> str:
    with pocket.sessions() as session:
        return session.get_one(QuestionGroup, group).status


def _publish(pocket: Pocket, guide: str, at: datetime) -> None:
    """Let a guide have been published at a time."""
    with pocket.sessions.begin() as session:
        session.execute(update(GuideRow).where(GuideRow.id == guide).values(updated_at=at))


@pytest.fixture
def pet(pocket: Pocket, clock: Clock) -> int:
    """The group of two questions that were called wrong."""
    replies = [ask(pocket, text, clock.now, number, wrong=True) for number, text in enumerate(PET, 1)]
    settle(pocket, clock.now)
    group = group_of(pocket, replies[0])
    with pocket.sessions.begin() as session:
        session.execute(update(QuestionGroup).where(QuestionGroup.id == group).values(department="総合窓口課"))
    return group


def test_a_group_shows_on_the_home_of_its_department(pet: int, staff: Staff) -> None:
    """An editor of the department sees the question with its count; one of another department does not."""
    mine = staff(Role.EDITOR).page("/")
    assert PET[0] in mine.text or PET[1] in mine.text
    assert "2件" in mine.text
    other = staff(Role.EDITOR, department="課税課")
    assert PET[0] not in other.page("/").text
    assert PET[0] in other.page("/questions?all=1").text


def test_one_press_leads_to_the_form_of_the_guide(pocket: Pocket, pet: int, staff: Staff) -> None:
    """The address of the form holds ids only; the group is being mended once a draft is saved, not by looking."""
    clerk = staff(Role.SYSTEM, department=None)
    with pocket.sessions() as session:
        guide = session.get_one(QuestionGroup, pet).nearest[0]
    ways = re.findall(r'href="/staff(/guides/[^"]+\?question=[0-9a-f]+)"', clerk.get(f"/questions/{pet}").text)
    assert ways[0].startswith(f"/guides/{guide}/edit?")
    assert ways[-1].startswith("/guides/new?")
    for way in ways:
        assert "猫" in clerk.page(way).text
    assert _status(pocket, pet) == GroupStatus.OPEN
    typed = {"answer": "猫のことは、区役所で聞いてください。", "question": ways[0].rpartition("=")[2]}
    assert press(clerk, form_of(pocket, guide), "save", **typed).status_code == 303
    assert _status(pocket, pet) == GroupStatus.FIXING


def test_a_draft_made_for_a_question_is_mending(pocket: Pocket, pet: int) -> None:
    """Whatever guide a draft was made of for a question, that one is tried; a question nobody knows changes nothing."""
    with pocket.sessions.begin() as session:
        found = work.shown(session, pet, NOW)
        work.mending(session, found.wordings[0].newest, "new-guide", 1, NOW)
        work.mending(session, "nobody", "tennyu-todoke", 1, NOW)
    with pocket.sessions() as session:
        group = session.get_one(QuestionGroup, pet)
        assert (group.status, group.guide_id) == (GroupStatus.FIXING, "new-guide")


def test_dismissing_needs_a_reason(pocket: Pocket, pet: int, staff: Staff) -> None:
    """Without one the page comes back and says so; with one the group is closed, audited, and can be taken back."""
    clerk = staff(Role.EDITOR)
    refused = clerk.post(f"/questions/{pet}/dismiss", {"reason": " "})
    assert refused.status_code == 422
    assert "理由を書いてください" in refused.text
    page = clerk.after(clerk.post(f"/questions/{pet}/dismiss", {"reason": "区の仕事ではない"}))
    assert "対応しないことにしました" in page.text
    assert "区の仕事ではない" in clerk.page(f"/questions/{pet}").text
    assert clerk.post(f"/questions/{pet}/dismiss", {"reason": "もう一度"}).status_code == 400
    clerk.after(clerk.post(f"/questions/{pet}/reopen"))
    assert _status(pocket, pet) == GroupStatus.OPEN
    with pocket.sessions() as session:
        actions = list(session.scalars(select(AuditEntry.action).where(AuditEntry.subject == f"group:{pet}")))
    assert actions == ["question_closed", "question_assigned"]


def test_another_department_may_look_but_not_act(pocket: Pocket, pet: int, staff: Staff) -> None:
    """Every change of another department's group is refused."""
    clerk = staff(Role.EDITOR, Role.REVIEWER, department="課税課")
    assert PET[0] in clerk.page(f"/questions/{pet}").text
    for change in ("assign", "dismiss", "reopen", "check"):
        assert clerk.post(f"/questions/{pet}/{change}", {"reason": "x"}).status_code == 403, change
    assert _status(pocket, pet) == GroupStatus.OPEN


def test_a_group_can_be_given_away(pocket: Pocket, pet: int, staff: Staff) -> None:
    """To a department that owns guides, where it stays even when more questions join it."""
    clerk = staff(Role.EDITOR)
    assert clerk.post(f"/questions/{pet}/assign", {"department": "ない課"}).status_code == 422
    with pocket.sessions() as session:
        other = session.scalars(select(GuideRow.owner).where(GuideRow.owner != "総合窓口課")).first() or ""
    assert other in clerk.after(clerk.post(f"/questions/{pet}/assign", {"department": other})).text
    with pocket.sessions() as session:
        assert session.get_one(QuestionGroup, pet).department == other


def test_a_mended_guide_closes_its_group(pocket: Pocket, clock: Clock, staff: Staff) -> None:
    """Once the chosen guide is published again and answers the questions, a check says so; before, that it does not."""
    reply = ask(pocket, "転入届はいつまでですか", clock.now, wrong=True)
    _publish(pocket, "tennyu-todoke", clock.now - timedelta(days=1))
    settle(pocket, clock.now)
    group, clerk = group_of(pocket, reply), staff(Role.SYSTEM, department=None)
    press(clerk, form_of(pocket), "save", answer="14日以内です。", question=reply.question or "")
    assert "まだ答えられません" in clerk.after(clerk.post(f"/questions/{group}/check")).text
    _publish(pocket, "tennyu-todoke", clock.now + timedelta(minutes=1))
    assert "もう回答できます" in clerk.after(clerk.post(f"/questions/{group}/check")).text
    assert _status(pocket, group) == GroupStatus.ANSWERED
    assert "回答できます" in clerk.page("/questions?show=answered").text


def test_what_residents_type_is_text(pocket: Pocket, clock: Clock, staff: Staff) -> None:
    """Markup in a question is shown as it was typed and never becomes part of the page."""
    reply = ask(pocket, f"{ZOO}<img src=x onerror=alert(1)>", clock.now, wrong=True)
    settle(pocket, clock.now)
    clerk = staff(Role.SYSTEM, department=None)
    for path in ("/", "/questions", f"/questions/{group_of(pocket, reply)}"):
        page = clerk.page(path)
        assert "<img src=x" in page.text
        assert page.all("img", src="x") == []


def test_nothing_to_do_says_so(staff: Staff) -> None:
    """Empty lists are friendly; a group that is not there is a page that says so."""
    clerk = staff(Role.EDITOR, department="ひまな課")
    assert "対応が必要なものはありません" in clerk.page("/").text
    for show in ("open", "answered", "dismissed", "nonsense"):
        assert "0まとまり" in clerk.page(f"/questions?show={show}&page=7").text
    assert clerk.get("/questions/4711").status_code == 400


def test_those_without_a_part_in_it_see_their_roles(pet: int, staff: Staff) -> None:
    """The auditor's home shows no resident's question."""
    assert "猫" not in staff(Role.AUDITOR, department=None).page("/").text
