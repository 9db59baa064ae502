"""A guide that is none by the rules of today: residents get a number to call, clerks see why and the way back."""

from bot.wiring import Pocket
from handlers import answers
from handlers.asking import Asking
from handlers.reply import Outcome
from knowledge.models import Role
from knowledge.text import Language
from tests.bot.console.asking import ask
from tests.bot.console.conftest import Clock, Staff
from tests.bot.console.guides.test_beside import WORDS
from tests.bot.console.guides.work import GUIDE, act, draft_form, draft_in, form_of, live, press, submitted
from tests.damage import SECRET, damage
from tests.handlers.talk import told

RELATED, TITLE = "tenshutsu-todoke", "転出届（豊島区から区外・国外へ引っ越すとき）"


def test_only_that_guide_is_silent(pocket: Pocket, staff: Staff, clock: Clock) -> None:
    """It leads to the switchboard; what names it as related answers, and other guides are published as ever."""
    editor, reviewer = staff(Role.EDITOR), staff(Role.REVIEWER)
    draft = submitted(editor, pocket, RELATED, answer="引っ越す前に届け出てください。")
    damage(pocket.sessions, GUIDE)
    assert ask(pocket, WORDS, clock()).guide != GUIDE
    with pocket.sessions() as session:
        silent = answers.show_guide(Asking(session, "", Language.JA, (), "", clock()), GUIDE)
        assert (silent.outcome, "電話" in told(silent)) == (Outcome.EXPIRED, True)
    reply = ask(pocket, TITLE, clock())
    assert (reply.outcome, reply.guide) == (Outcome.ANSWERED, RELATED)
    assert reviewer.post(f"/guides/drafts/{draft}/publish", {"revision": "2"}).status_code == 303
    assert "引っ越す前に届け出てください。" in told(ask(pocket, TITLE, clock()))


def test_its_page_tells_what_is_wrong_and_leads_back(pocket: Pocket, staff: Staff, clock: Clock) -> None:
    """Nothing of it is changed by looking; a version that is right becomes a draft, and once public it answers."""
    editor, reviewer = staff(Role.EDITOR), staff(Role.REVIEWER)
    draft = draft_in(press(editor, form_of(pocket), "submit", reason="直す", answer="新しい答えです。"))
    reviewer.post(f"/guides/drafts/{draft}/publish", {"revision": "2"})
    damage(pocket.sessions, GUIDE)
    page = editor.page(f"/guides/{GUIDE}")
    assert "住民に答えていません" in page.text
    assert "受付時間：1行目：" in page.text
    assert SECRET not in page.text
    assert not page.all("a", href=f"/staff/guides/{GUIDE}/versions/2")
    assert page.all("a", href=f"/staff/guides/{GUIDE}/versions/1")
    assert "今までに変わったこと" in editor.page(f"/guides/{GUIDE}/versions/1").text
    assert editor.get("/guides").status_code == editor.get("/").status_code == 200
    assert editor.get(f"/guides/{GUIDE}/edit").status_code == 404
    older = draft_in(editor.post(f"/guides/{GUIDE}/return", {"version": "1"}))
    assert editor.page(f"/guides/{GUIDE}").all("a", href=f"/staff/guides/drafts/{older}")
    assert editor.get(f"/guides/drafts/{older}").status_code == 200
    press(editor, draft_form(pocket, older), "submit", reason="正しい版に戻す")
    assert act(reviewer, pocket, older, "publish").status_code == 303
    assert live(pocket)[1] == 3
    assert ask(pocket, WORDS, clock()).outcome == Outcome.ANSWERED
