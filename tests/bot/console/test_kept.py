"""What is sent after the session has ended comes back to the same person, whole, once, and to nobody else."""

import html
import re
from datetime import UTC, datetime, timedelta

import pytest
from fastapi import FastAPI
from playwright.sync_api import expect
from sqlalchemy import select, update

from bot.chores import erase
from bot.console.frame import Console
from bot.wiring import Pocket
from knowledge import staff as accounts
from knowledge.models import KeptForm, Role, StaffSession
from knowledge.sessions import digest_of
from tests.bot.console.conftest import Clock, OpenPage, Staff
from tests.bot.console.guides.work import draft_in, draft_of, form_of, press
from tests.bot.console.people import Clerk, clerk_of, token_for
from tests.bot.web.page import read

WORDS = "こしたばかり\n「何をすれば？」 <b>&amp;"


def _late(clerk: Clerk, clock: Clock, pocket: Pocket) -> None:
    """Open a guide's form, change it, and send it an hour later."""
    form = form_of(pocket)
    clock.forward(timedelta(hours=1))
    answer = press(clerk, form, "submit", aliases=form["aliases"] + "\n" + WORDS, reason="言い方を足す")
    assert answer.status_code == 401
    assert "預かっています" in answer.text
    assert WORDS.split("\n", maxsplit=1)[0] not in answer.text
    assert read(answer.text).all("a", href="/staff/sign-in?next=/staff/kept")


def _carried(page: str) -> dict[str, str]:
    """What the form of the page would send on."""
    form = page[page.index('action="/staff/kept/send"') :]
    found = re.findall(r'<input type="hidden" name="([^"]+)" value="([^"]*)">', form.partition("</form>")[0])
    return {name: html.unescape(text) for name, text in found if name != "csrf"}


def _again(console: Console, app: FastAPI, clerk: Clerk) -> Clerk:
    return clerk_of(console, app, clerk.member)


def test_a_form_sent_too_late_is_sent_on_after_signing_in(
    console: Console, app: FastAPI, staff: Staff, clock: Clock
) -> None:
    """The draft holds every field as it was sent, although another person signed in meanwhile."""
    clerk = staff(Role.EDITOR)
    _late(clerk, clock, console.pocket)
    staff(Role.EDITOR)
    clerk = _again(console, app, clerk)
    assert clerk.page("/").all("a", href="/staff/kept")
    carried = _carried(clerk.get("/kept").text)
    onward = clerk.post("/kept/send", carried)
    assert (onward.status_code, onward.headers["location"]) == (307, "/staff/guides/edit")
    draft = draft_of(console.pocket, draft_in(clerk.post("/guides/edit", carried)))
    assert (draft.status, draft.content["aliases"][-2:]) == ("submitted", WORDS.split("\n"))
    assert clerk.get("/kept").headers["location"] == "/staff/"


def test_nobody_else_sees_it(console: Console, staff: Staff, clock: Clock) -> None:
    """Not even a system administrator; and it is gone after half a day."""
    _late(staff(Role.EDITOR), clock, console.pocket)
    other = staff(Role.SYSTEM)
    assert other.get("/kept").headers["location"] == "/staff/"
    clock.forward(timedelta(hours=13))
    erase(console.pocket.sessions, clock.now)
    with console.pocket.sessions() as session:
        assert session.scalars(select(KeptForm)).all() == []


def test_who_signed_out_elsewhere_copies_one_text(console: Console, staff: Staff) -> None:
    """Only what a person wrote, under the form's own names, once; no ids, counts or choices."""
    clerk, form = staff(Role.EDITOR), form_of(console.pocket)
    form |= {"related.0.guide": "hikkoshi-onestop", "fees.0.yen": "300", "fees.0.case": "窓口", "fees.0.kind": "fee"}
    clerk.post("/sign-out")
    answer = press(clerk, form, "save", aliases=WORDS, reason="言い方を足す")
    assert answer.status_code == 401
    assert "ほかの画面でサインアウトしました" in answer.text
    assert answer.text.count("<textarea") == 1
    text = html.unescape(answer.text.partition("<textarea")[2].partition(">")[2].partition("</textarea>")[0])
    for told in (
        f"【住民の言い方】\n{WORDS}\n",
        "【金額1の「金額」】\n300\n",
        "【何を、なぜ変えたか】\n言い方を足す\n",
    ):
        assert told in text
    assert not {"0", "1", "fee", "toshima", "hikkoshi-onestop", form["id"]} & set(text.split("\n"))


def test_a_field_that_no_form_has_is_only_text(staff: Staff) -> None:
    """Whatever its name."""
    clerk = staff(Role.EDITOR)
    clerk.post("/sign-out")
    answer = clerk.post("/guides/edit", {"fees.x.nothing": "あ", "fees.0.y": "い", "a.b.c": "う", "notes": "え"})
    assert answer.status_code == 401
    assert all(text in answer.text for text in "あいうえ")


def test_it_can_be_given_up(console: Console, app: FastAPI, staff: Staff, clock: Clock) -> None:
    """Then it is nowhere any more."""
    clerk = staff(Role.EDITOR)
    _late(clerk, clock, console.pocket)
    clerk = _again(console, app, clerk)
    assert "預かっていた内容を捨てました" in clerk.after(clerk.post("/kept/discard")).text
    assert clerk.get("/kept").status_code == 303


@pytest.mark.parametrize("header", [{"x-csrf-token": "own"}, {}])
def test_what_a_script_or_a_stranger_sends_is_not_kept(
    console: Console, staff: Staff, clock: Clock, header: dict[str, str]
) -> None:
    """Previews come by themselves; and a form without this browser's token is refused before anything is looked at."""
    clerk = staff(Role.EDITOR)
    clock.forward(timedelta(hours=1))
    headers = dict.fromkeys(header, clerk.csrf)
    clerk.client.post("/staff/guides/preview", data={"title": "あ"}, headers=headers)
    with console.pocket.sessions() as session:
        assert session.scalars(select(KeptForm)).all() == []


def test_secrets_are_not_kept(console: Console, staff: Staff, clock: Clock) -> None:
    """A password that was typed too late is nowhere."""
    clerk = staff(Role.EDITOR)
    clock.forward(timedelta(hours=1))
    typed = {"current": "geheim-1", "password": "geheim-2", "again": "geheim-2"}
    assert "geheim" not in clerk.post("/account/password", typed).text
    with console.pocket.sessions() as session:
        assert session.scalars(select(KeptForm)).all() == []


def test_a_long_form_is_not_refused_for_its_length(console: Console, staff: Staff, clock: Clock) -> None:
    """Whoever just was signed in may send as much as before."""
    clerk = staff(Role.EDITOR)
    clock.forward(timedelta(hours=1))
    assert clerk.post("/guides/edit", {"notes": "長" * 30_000}).status_code == 401
    with console.pocket.sessions() as session:
        assert len(session.scalars(select(KeptForm)).one().fields[0][1]) == 30_000


@pytest.mark.browser
def test_in_a_browser_it_takes_one_press(served: tuple[str, Console], open_page: OpenPage) -> None:
    """What was typed stands in the draft after 「続きを送る」."""
    base, console = served
    page = open_page(Role.EDITOR, path="/guides/hikkoshi-onestop/edit")
    cookie = next(each for each in page.context.cookies() if each["name"] == console.cookies.session)
    page.locator("#aliases").fill(page.locator("#aliases").input_value() + "\n席を立っていた")
    page.locator("#reason").fill("言い方を足す")
    with console.pocket.sessions.begin() as session:
        mine = StaffSession.digest == digest_of(str(cookie["value"]))
        row = session.scalars(select(StaffSession).where(mine)).one()
        owner = row.staff_id
        session.execute(update(StaffSession).where(mine).values(seen_at=datetime.now(UTC) - timedelta(hours=1)))
    page.get_by_role("button", name="確認に出す").click()
    expect(page.get_by_role("link", name="サインインして続ける")).to_be_visible()
    with console.pocket.sessions() as session:
        member = accounts.member(session, accounts.get(session, owner))
    page.context.add_cookies([{"name": console.cookies.session, "value": token_for(console, member), "url": base}])
    page.goto("/staff/kept")
    page.get_by_role("button", name="続きを送る").click()
    expect(page.get_by_role("status")).to_contain_text("確認に出しました")
