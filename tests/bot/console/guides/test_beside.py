"""What stands beside the form and on a guide's page: previews, questions, similar guides, trials, the list."""

import json
from datetime import timedelta

from bot.console.guides import asked, listing, similar
from bot.console.guides.listing import Filter, Wanted
from bot.console.guides.preview import preview
from bot.console.guides.trying import tried
from bot.line.validate import check
from bot.wiring import Pocket
from handlers.conversation import Asker, Channel
from handlers.decision import Ground
from handlers.reply import Outcome
from knowledge.days import day_in_japan
from knowledge.models import Role
from tests.bot.console.asking import ask
from tests.bot.console.conftest import Clock, Staff
from tests.bot.console.guides.work import GUIDE, draft_in, form_of, live, press
from tests.bot.console.people import Clerk

WORDS = "豊島区に引っ越してきた"


def test_the_preview_is_what_residents_get(pocket: Pocket, clock: Clock) -> None:
    """The messages are those LINE would take, the very ones that are sent, but for the question's id."""
    with pocket.sessions() as session:
        shown = preview(session, live(pocket)[0], clock())
        sent = pocket.responder.ask(
            session, "転入届（区外から豊島区へ引っ越してきたとき）", Asker(Channel.WEB), clock()
        )
    messages = json.loads(shown.line)
    check(messages)
    assert messages[0]["type"] == "flex"
    assert sent.parts[0].title in json.dumps(messages, ensure_ascii=False)  # type: ignore[union-attr]
    assert "住み始めた日から14日以内" in shown.text
    assert "住み始めた日から14日以内" in shown.web
    assert "<script" not in shown.web


def test_the_preview_of_a_later_day_shows_its_facts(staff: Staff, pocket: Pocket) -> None:
    """What begins in April is seen only on a day from April on."""
    editor, fields = staff(Role.EDITOR), form_of(pocket)
    fees = {"fees.0.case": "届け出", "fees.0.yen": "999", "fees.0.kind": "fee", "fees.0.valid_from": "2027-04-01"}
    now = editor.post("/guides/preview", {**fields, **fees, "review_by": "2028-03-31"})
    then = editor.post("/guides/preview", {**fields, **fees, "review_by": "2028-03-31", "on": "令和9年4月1日"})
    assert "999円" not in now.text
    assert "999円" in then.text


def test_wordings_of_residents_are_offered_once(pocket: Pocket, clock: Clock) -> None:
    """Those that went wrong first, then the most frequent; what the guide knows already is not offered."""
    for _ in range(2):
        ask(pocket, "豊島区に転入する手続き", clock())
    wrong = ask(pocket, "豊島区への転入届の期限", clock(), wrong=True)
    assert wrong.guide == GUIDE
    with pocket.sessions() as session:
        offered = asked.wordings(session, GUIDE, live(pocket)[0].aliases)
        assert [(each.text, each.times, each.wrong) for each in offered] == [
            ("豊島区への転入届の期限", 1, True),
            ("豊島区に転入する手続き", 2, False),
        ]
        assert len(asked.wordings(session, GUIDE, ["豊島区に転入する手続き"])) == 1


def test_similar_guides_are_named_with_the_words_that_lead_to_them(pocket: Pocket) -> None:
    """But not the guide itself, and nothing for words that no guide knows."""
    searcher, limits = pocket.responder.searcher, pocket.responder.limits
    with pocket.sessions() as session:
        found = similar.similar(session, searcher, [WORDS, "転入届"], limits)
        assert GUIDE in [each.line.id for each in found]
        assert WORDS in next(each.by for each in found if each.line.id == GUIDE)
        assert GUIDE not in [each.line.id for each in similar.similar(session, searcher, [WORDS], limits, GUIDE)]
        first = similar.found(session, searcher, WORDS)[0]
    assert first.line.id == GUIDE
    assert "引っ越す" in first.shared


def test_a_trial_says_what_and_why_and_leaves_no_trace(staff: Staff, pocket: Pocket, clock: Clock) -> None:
    """Outcome, ground and competitors; no question is counted."""
    with pocket.sessions() as session:
        answered = tried(session, pocket.responder, WORDS, clock())
        nothing = tried(session, pocket.responder, "ぞうさんの鼻はなぜ長いのかしら", clock())
    assert (answered.outcome, answered.guide) == (Outcome.ANSWERED, GUIDE)
    assert answered.decision
    assert answered.decision.ground == Ground.CLEAR
    assert GUIDE in [each.id for each in answered.competitors]
    assert nothing.outcome != Outcome.ANSWERED
    page = staff(Role.EDITOR).post("/guides/try", {"text": WORDS, "guide": GUIDE})
    assert "見つかったもの（点数の高い順）" in page.text
    assert f"（見込み {100 * answered.decision.chance:.0f}％）" in page.text
    with pocket.sessions() as session:
        assert asked.latest(session, GUIDE) == []


def test_a_draft_is_tried_as_if_it_were_public(staff: Staff, pocket: Pocket) -> None:
    """Now and then stand beside each other, and nothing has been published."""
    editor = staff(Role.EDITOR)
    words = "ぴょんぴょん引越し宣言"
    aliases = f"{form_of(pocket)['aliases']}\n{words}"
    draft = draft_in(press(editor, form_of(pocket), "save", aliases=aliases))
    page = editor.post("/guides/try", {"text": words, "guide": GUIDE, "draft": draft})
    assert "公開した後：答えた" in page.text
    assert ">いま：" in page.text
    assert live(pocket)[1] == 1


def test_the_list_is_narrowed(staff: Staff, pocket: Pocket, clock: Clock) -> None:
    """By department, by what is due, by what is being written; the nearest review first."""
    with pocket.sessions() as session:
        today = day_in_japan(clock())
        everything = listing.listed(session, Filter(), today)
        mine = listing.listed(session, Filter("総合窓口課"), today)
        late = listing.listed(session, Filter(wanted=Wanted.OVERDUE), today + timedelta(days=3650))
        assert listing.listed(session, Filter(wanted=Wanted.DRAFTED), today).total == 0
    assert everything.total == late.total == 156
    assert 0 < mine.total < everything.total
    assert [line.review_by for line in everything.lines] == sorted(line.review_by for line in everything.lines)
    press(staff(Role.EDITOR), form_of(pocket), "save", answer="変えます。")
    with pocket.sessions() as session:
        assert [line.id for line in listing.listed(session, Filter(wanted=Wanted.DRAFTED), today).lines] == [GUIDE]


def test_what_changes_by_itself_is_told_on_the_page(staff: Staff, pocket: Pocket) -> None:
    """The day, and what will be different from then on."""
    editor, reviewer = staff(Role.EDITOR), staff(Role.REVIEWER)
    later = {"later.0.valid_from": "2027-04-01", "later.0.answer": "4月からはオンラインだけで届け出ます。"}
    draft = draft_in(press(editor, form_of(pocket), "submit", reason="年度替わり", **later))
    reviewer.post(f"/guides/drafts/{draft}/publish", {"revision": "2"})
    page = editor.page(f"/guides/{GUIDE}")
    assert "2027年4月1日（木）から" in page.text
    assert "4月からはオンラインだけで届け出ます。" in page.text


def test_what_residents_ask_and_the_guide_does_not_say_is_told(staff: Staff, pocket: Pocket, clock: Clock) -> None:
    """By its name and how often; such a question is no wording to add."""
    for who in (1, 2):
        ask(pocket, WORDS, clock(), who)
        lacking = ask(pocket, "いくら？", clock(), who)
        told = ask(pocket, "いつまで？", clock(), who)
        assert (lacking.guide, lacking.lacking, told.guide, told.lacking) == (GUIDE, True, GUIDE, False)
    page = staff(Role.EDITOR).page(f"/guides/{GUIDE}")
    assert "聞かれたけれど、この案内に書いていないこと：費用（2回）。" in page.text
    assert page.text.count("この言い方を足す") == 2
    assert page.text.count(f"この言い方を足す：{WORDS}") == 2


def _wanted(clerk: Clerk, path: str = "/") -> str:
    """What a home tells of facts asked for in vain, empty where there is nothing."""
    page = clerk.page(path).text
    return page.partition("聞かれたのに、案内に書いていないこと")[2].partition("見直しの日が近い案内")[0]


def test_facts_asked_for_in_vain_stand_on_the_home_of_the_department(
    staff: Staff, pocket: Pocket, clock: Clock
) -> None:
    """The most wanted first, without a word of who asked, until the guide has them or a month is over."""
    for who in (1, 2):
        ask(pocket, WORDS, clock(), who)
        assert ask(pocket, "いくら？", clock(), who).lacking
    editor, other = staff(Role.EDITOR), staff(Role.EDITOR, department="ひまな課")
    assert "費用 最近 2回" in _wanted(editor)
    assert "転入届" in _wanted(editor)
    assert editor.page("/").all("a", href=f"/staff/guides/{GUIDE}")
    assert "いくら" not in _wanted(editor)
    assert _wanted(other) == ""
    assert "対応が必要なものはありません" in other.page("/").text
    assert "費用 最近 2回" in _wanted(other, "/?all=1")
    fees = {"fees.0.case": "届け出", "fees.0.yen": "0", "fees.0.kind": "fee"}
    draft = draft_in(press(editor, form_of(pocket), "submit", reason="費用を書き足す", **fees))
    staff(Role.REVIEWER).post(f"/guides/drafts/{draft}/publish", {"revision": "2"})
    assert "費用" not in _wanted(editor)
    assert "書いていないこと：費用" not in editor.page(f"/guides/{GUIDE}").text
