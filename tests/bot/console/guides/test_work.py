"""From a form to an answer: kept, submitted, reviewed, published, withdrawn, brought back; and whatever goes wrong."""

from datetime import UTC, datetime, timedelta

import pytest
from sqlalchemy import select

from bot.wiring import Pocket
from handlers.conversation import Asker, Channel
from handlers.reply import Outcome
from knowledge import open_drafts
from knowledge.clerk import Clerk as GuideClerk
from knowledge.models import DraftStatus, GuideDraft, GuideRow, GuideStatus, Role
from tests.bot.console.conftest import Clock, Staff
from tests.bot.console.guides.work import GUIDE, act, draft_form, draft_in, draft_of, form_of, live, press, submitted

ANSWER = "引っ越してから14日以内に、区役所3階へ来てください。"


def _asked(pocket: Pocket, text: str) -> tuple[Outcome, str | None]:
    with pocket.sessions() as session:
        reply = pocket.responder.ask(session, text, Asker(Channel.WEB), datetime.now(UTC))
        return reply.outcome, reply.guide


def test_a_change_is_public_only_after_a_second_person(staff: Staff, pocket: Pocket) -> None:
    """Saved and submitted nothing is public; published by a reviewer it is, and the page says since when it answers."""
    editor, reviewer = staff(Role.EDITOR), staff(Role.REVIEWER)
    draft = submitted(editor, pocket, answer=ANSWER)
    assert live(pocket)[0].answer != ANSWER
    assert act(editor, pocket, draft, "publish").status_code == 403
    page = reviewer.after(act(reviewer, pocket, draft, "publish"))
    assert live(pocket) == (live(pocket)[0], 2)
    assert live(pocket)[0].answer == ANSWER
    assert "公開しました。" in page.text
    assert "から、この内容で答えています" in page.text
    assert draft_of(pocket, draft).status == DraftStatus.PUBLISHED


def test_what_was_written_comes_back_with_every_mistake(staff: Staff, pocket: Pocket) -> None:
    """A form with mistakes is the same form, each mistake at its field, and nothing was kept."""
    typed = {"answer": ANSWER, "hours.0.opens": "朝から", "forms.0.url": "myna", "title": " "}
    answer = press(staff(Role.EDITOR), form_of(pocket), "submit", **typed)
    assert answer.status_code == 422
    for text in (
        ANSWER,
        "朝から",
        'value="myna"',
        "直すところが4か所あります",
        "受付時間1の「開く時刻」：時刻として読めません",
    ):
        assert text in answer.text
    assert "何を、なぜ変えたか：ここを書いてください。" in answer.text
    with pocket.sessions() as session:
        assert live(pocket)[1] == 1
        assert not session.scalars(select(GuideDraft)).all()


def test_rows_need_no_script(staff: Staff, pocket: Pocket) -> None:
    """Adding, raising and removing rows are buttons that bring the form back."""
    editor, fields = staff(Role.EDITOR), form_of(pocket)
    assert 'name="fees.0.case"' in press(editor, fields, "add:fees").text
    raised = press(editor, fields, "up:items:1", answer=ANSWER).text
    assert raised.index(fields["items.1.name"]) < raised.index(fields["items.0.name"])
    assert ANSWER in raised
    removed = press(editor, fields, "remove:items:0").text
    assert f'value="{fields["items.0.name"]}"' not in removed
    taken = press(editor, fields, "alias:まるで：新しい言い方").text
    assert "まるで：新しい言い方" in taken


def test_why_it_was_changed_is_kept_with_the_draft(staff: Staff, pocket: Pocket) -> None:
    """Saved, saved again and as a second text beside the first: the page that hands it in asks for nothing twice."""
    editor, second = staff(Role.EDITOR), staff(Role.EDITOR)
    draft = draft_in(press(editor, form_of(pocket), "save", answer=ANSWER, reason="4月から変わるため"))
    assert "4月から変わるため</textarea>" in editor.get(f"/guides/drafts/{draft}").text
    seen = draft_form(pocket, draft)
    press(editor, seen, "save", answer=ANSWER, reason="5月から変わるため")
    assert draft_of(pocket, draft).reason == "5月から変わるため"
    beside = draft_in(press(second, seen, "save", answer="別の答え。", reason="6月から変わるため"))
    assert draft_of(pocket, beside).reason == "6月から変わるため"


@pytest.mark.parametrize("pressed", ["", "add:nothing", "remove:items:x", "up:", "alias:", "delete"])
def test_an_unknown_button_changes_nothing(staff: Staff, pocket: Pocket, pressed: str) -> None:
    """Whatever is sent for a button, the form comes back."""
    answer = press(staff(Role.EDITOR), form_of(pocket), pressed, answer=ANSWER)
    assert answer.status_code == 200
    assert ANSWER in answer.text


def test_a_draft_goes_back_with_a_reason_and_comes_again(staff: Staff, pocket: Pocket) -> None:
    """Without a reason it does not go back; with one the author reads it, mends and submits again."""
    editor, reviewer = staff(Role.EDITOR), staff(Role.REVIEWER)
    draft = submitted(editor, pocket, answer=ANSWER)
    assert act(reviewer, pocket, draft, "send-back", note=" ").status_code == 422
    assert act(reviewer, pocket, draft, "send-back", note="期限をはっきり").status_code == 303
    assert "期限をはっきり" in editor.page(f"/guides/drafts/{draft}").text
    assert "期限をはっきり" in editor.page("/").text
    assert editor.page("/").all("a", href=f"/staff/guides/drafts/{draft}")
    assert not staff(Role.EDITOR).page("/").all("a", href=f"/staff/guides/drafts/{draft}")
    again = press(editor, draft_form(pocket, draft), "submit", reason="直した", answer=ANSWER + "持ち物は下です。")
    assert draft_in(again) == draft
    assert draft_of(pocket, draft).status == DraftStatus.SUBMITTED


def test_who_gives_up_the_draft_of_others_says_why(staff: Staff, pocket: Pocket, clock: Clock) -> None:
    """The author reads it at home for two weeks; one's own goes without a word."""
    editor, reviewer = staff(Role.EDITOR), staff(Role.REVIEWER)
    draft = submitted(editor, pocket, answer=ANSWER)
    refused = act(reviewer, pocket, draft, "discard")
    assert refused.status_code == 422
    assert 'id="discard-problem"' in refused.text
    assert act(reviewer, pocket, draft, "discard", reason="同じ案内がもうあるため").status_code == 303
    assert draft_of(pocket, draft).status == DraftStatus.DISCARDED
    assert "同じ案内がもうあるため" in editor.page("/").text
    assert "取りやめた理由" in editor.page(f"/guides/drafts/{draft}").text
    own = submitted(editor, pocket, answer=ANSWER)
    assert 'id="discard"' not in editor.get(f"/guides/drafts/{own}").text
    assert act(editor, pocket, own, "discard").status_code == 303
    assert not editor.page("/").all("a", href=f"/staff/guides/drafts/{own}")
    clock.forward(timedelta(days=14))
    with pocket.sessions() as session:
        assert open_drafts.come_back(session, GuideClerk.of(editor.member), clock.now) == []


def test_nobody_works_on_the_guides_of_another_department(staff: Staff, pocket: Pocket) -> None:
    """Neither the form opens nor is anything kept, also not for a new guide; an administrator may."""
    stranger, system = staff(Role.EDITOR, department="税務課"), staff(Role.SYSTEM, department=None)
    assert stranger.get(f"/guides/{GUIDE}/edit").status_code == 403
    assert press(stranger, form_of(pocket), "save", answer=ANSWER).status_code == 403
    new = {**form_of(pocket), "base": "0", "id": "g-new"}
    foreign = press(stranger, new, "save")
    assert foreign.status_code == 422
    assert "自分の部署の案内だけを作れます" in foreign.text
    assert press(system, form_of(pocket), "save", answer=ANSWER).status_code == 303


def test_what_refers_to_nothing_is_told_at_its_row(staff: Staff, pocket: Pocket) -> None:
    """A desk or a related guide that the ward does not have."""
    answer = press(
        staff(Role.EDITOR), form_of(pocket), "save", **{"desks.1.desk": "moon", "related.0.guide": "nothing"}
    )
    assert answer.status_code == 422
    assert "窓口2の「窓口」：登録のない名前です" in answer.text
    assert "関連する手続き1の「手続き」：登録のない名前です" in answer.text


def test_a_step_that_comes_too_late_says_how_far_the_draft_is(staff: Staff, pocket: Pocket) -> None:
    """And leads back to it."""
    editor, first, second = staff(Role.EDITOR), staff(Role.REVIEWER), staff(Role.REVIEWER)
    draft = submitted(editor, pocket, answer=ANSWER)
    seen = {"revision": str(draft_of(pocket, draft).revision)}
    assert first.post(f"/guides/drafts/{draft}/publish", seen).status_code == 303
    for late in ("publish", "discard"):
        refused = second.post(f"/guides/drafts/{draft}/{late}", {**seen, "reason": "遅れて"})
        assert refused.status_code == 400
        assert "すでに公開されています" in refused.text
        assert f'href="/staff/guides/drafts/{draft}">もとの画面へ戻る' in refused.text


def test_a_guide_is_given_only_to_a_department_that_is_there(staff: Staff, pocket: Pocket) -> None:
    """A slip in its name would lock everybody out; one that somebody belongs to is offered and taken."""
    editor, typed = staff(Role.EDITOR), {"answer": ANSWER, "reason": "移すため"}
    refused = press(editor, form_of(pocket), "submit", owner="存在しない課", **typed)
    assert refused.status_code == 422
    for text in ("担当の部署：この名前の部署はありません", 'value="存在しない課"', ANSWER):
        assert text in refused.text
    staff(Role.REVIEWER, department="新しい課")
    assert '<option value="新しい課">' in editor.get(f"/guides/{GUIDE}/edit").text
    draft = submitted(editor, pocket, owner="新しい課", **typed)
    reviewer = staff(Role.REVIEWER, department="新しい課")
    assert reviewer.page("/").all("a", href=f"/staff/guides/drafts/{draft}")
    assert act(reviewer, pocket, draft, "publish").status_code == 303
    assert live(pocket)[0].owner == "新しい課"


def test_nothing_changed_is_nothing_to_review(staff: Staff, pocket: Pocket) -> None:
    """The form comes back and says so, and no empty draft is left."""
    answer = press(staff(Role.EDITOR), form_of(pocket), "submit", reason="なんとなく")
    assert answer.status_code == 409
    assert "今の案内と同じ内容です" in answer.text
    assert "下書きがもう1つあります" not in staff(Role.EDITOR).get(f"/guides/{GUIDE}/edit").text


def test_two_clerks_lose_no_text(staff: Staff, pocket: Pocket) -> None:
    """The second to save sees both texts, chooses field by field, and one draft holds what was chosen."""
    first, second = staff(Role.EDITOR), staff(Role.EDITOR)
    draft = draft_in(press(first, form_of(pocket), "save", answer=ANSWER))
    seen = draft_form(pocket, draft)
    press(first, seen, "save", answer="一人目の答えです。", audience="一人目が書いた人")
    beside = press(second, seen, "save", answer="二人目の答えです。", category="二人目の分野")
    page = second.after(beside)
    for text in ("一人目の答えです。", "二人目の答えです。", "ほかの人の変更を使います。", "あなたの変更を使います。"):
        assert text in page.text
    merged = act(second, pocket, draft_in(beside), "merge", answer="theirs")
    guide = draft_of(pocket, draft_in(merged)).content
    assert draft_in(merged) == draft
    assert (guide["answer"], guide["audience"], guide["category"]) == (
        "一人目の答えです。",
        "一人目が書いた人",
        "二人目の分野",
    )


def test_who_saves_beside_somebody_is_told_whose_draft_there_is(staff: Staff, pocket: Pocket) -> None:
    """Two forms opened before either was saved are two drafts; both their pages and the next form name the other."""
    first, second = staff(Role.EDITOR), staff(Role.EDITOR)
    form = form_of(pocket)
    saved = press(first, form, "save", answer=ANSWER)
    assert "もう1つあります" not in first.after(saved).text
    beside = press(second, form, "save", answer="二人目の答えです。")
    one, two = (f"/guides/drafts/{draft_in(each)}" for each in (saved, beside))
    told = f"{first.member.name}の下書きがもう1つあります"
    for page in (second.page(two), second.page(f"/guides/{GUIDE}/edit")):
        assert told in page.text
        assert page.all("a", href=f"/staff{one}")
    assert f"{second.member.name}の下書きがもう1つあります" in first.page(one).text
    assert "あなたの下書きがもう1つあります" in second.page(one).text


def test_a_draft_of_an_older_version_takes_the_newer_one_in(staff: Staff, pocket: Pocket) -> None:
    """When the guide was published meanwhile, submitting leads to both texts; merged, it can be submitted."""
    editor, reviewer = staff(Role.EDITOR), staff(Role.REVIEWER)
    late = form_of(pocket)
    draft = submitted(editor, pocket, audience="先に公開された人")
    act(reviewer, pocket, draft, "publish")
    beside = press(editor, late, "submit", reason="遅れて", answer=ANSWER)
    assert beside.headers["location"].endswith("/conflict")
    merged = draft_in(act(editor, pocket, draft_in(beside), "merge"))
    guide = draft_of(pocket, merged).content
    assert (guide["audience"], guide["answer"]) == ("先に公開された人", ANSWER)
    assert act(editor, pocket, merged, "submit", reason="まとめた").status_code == 303
    assert draft_of(pocket, merged).status == DraftStatus.SUBMITTED


def test_withdrawing_takes_effect_at_once_and_one_press_brings_back(staff: Staff, pocket: Pocket) -> None:
    """A reason is needed; a withdrawn guide is not answered; the older version comes back by review."""
    editor, reviewer = staff(Role.EDITOR), staff(Role.REVIEWER)
    refused = editor.post(f"/guides/{GUIDE}/withdraw", {"version": "1", "reason": " "})
    assert refused.status_code == 422
    assert 'id="withdraw-reason-problem"' in refused.text
    gone = editor.after(editor.post(f"/guides/{GUIDE}/withdraw", {"version": "1", "reason": "料金がちがう"}))
    assert "取り下げ中" in gone.text
    assert _asked(pocket, "転入届（区外から豊島区へ引っ越してきたとき）")[0] != Outcome.ANSWERED
    back = draft_in(editor.post(f"/guides/{GUIDE}/return", {"version": "1"}))
    assert act(editor, pocket, back, "submit", reason="料金を確かめた").status_code == 303
    assert act(reviewer, pocket, back, "publish").status_code == 303
    assert _asked(pocket, "転入届（区外から豊島区へ引っ越してきたとき）") == (Outcome.ANSWERED, GUIDE)
    with pocket.sessions() as session:
        row = session.get_one(GuideRow, GUIDE)
        assert (row.status, row.version) == (GuideStatus.PUBLISHED, 3)


def test_the_gate_holds_and_a_reviewer_overrules_with_a_reason(staff: Staff, pocket: Pocket) -> None:
    """A change that makes a right answer wrong is held with its questions; only with a reason it goes through."""
    editor, reviewer = staff(Role.EDITOR), staff(Role.REVIEWER)
    kept = editor.post(f"/guides/{GUIDE}/golden", {"text": "上京してきたら転入届はいつまで"})
    assert "上京してきたら転入届はいつまで" in editor.after(kept).text
    aliases = "\n".join(["火星に移る", "月に移る", "木星に移る"])
    strange = {"title": "宇宙への移住", "aliases": aliases, "answer": "宇宙へ行きます。", "notes.0.text": "宇宙。"}
    names = {f"names.{each}": "宇宙" for each in ("easy", "en", "zh", "ko", "vi")}
    notes = {f"notes.{n}.text": "宇宙のこと。" for n in range(8)}
    draft = submitted(editor, pocket, **{**strange, **names, **notes})
    held = reviewer.after(act(reviewer, pocket, draft, "publish"))
    assert "公開を止めています" in held.text
    assert "上京してきたら転入届はいつまで" in held.text
    assert live(pocket)[1] == 1
    assert act(reviewer, pocket, draft, "publish", overrule="yes", reason="").status_code == 422
    assert act(reviewer, pocket, draft, "publish", overrule="yes", reason="移転のため").status_code == 303
    assert live(pocket)[1] == 2
    assert "移転のため" in reviewer.page(f"/guides/{GUIDE}").text


def test_a_new_guide_from_nothing(staff: Staff, pocket: Pocket) -> None:
    """A new guide needs what every guide needs; similar ones are shown; published it is found."""
    editor, reviewer = staff(Role.EDITOR), staff(Role.REVIEWER)
    assert (
        "よく似た案内が、もうあります"
        in press(editor, {"id": "g-1", "title": "転入届", "aliases": "引っ越してきた"}, "preview").text
    )
    new = {
        "id": "g-kodama", "base": "0", "title": "木霊の登録", "category": "試し", "answer": "木霊は森で登録します。",
        "audience": "木霊と暮らす人", "aliases": "こだまを飼う\n木霊を登録したい\nコダマの届け出",
        "notes.0.text": "木霊は静かです。",
        "desks.0.desk": "sogo-madoguchi", "source.url": "https://www.city.toshima.lg.jp/kodama", "source.title": "木霊",
        "source.scope": "toshima", "source.checked": "2026-11-21", "owner": "総合窓口課", "review_by": "2027-11-21",
        "confidence": "high", "reason": "新しい制度",
    }  # fmt: skip
    draft = draft_in(press(editor, new, "submit"))
    assert act(reviewer, pocket, draft, "publish").status_code == 303
    assert _asked(pocket, "木霊を登録したい") == (Outcome.ANSWERED, "g-kodama")
