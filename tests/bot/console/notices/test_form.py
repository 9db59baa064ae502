"""The form of a notice: what is wrong stands at its field, nothing typed is lost, and a look keeps nothing."""

from sqlalchemy import select

from bot.console.frame import Console
from handlers.settings.wording import wording
from knowledge.models import Campaign, Role
from knowledge.notice import Variant
from tests.bot.console.conftest import Staff
from tests.bot.console.notices.writing import WRITTEN, row, written


def test_a_form_comes_back_filled_with_what_is_wrong(town: Console, staff: Staff) -> None:
    """No condition, no text, a picture without words, an event that ends before it begins: each at its field."""
    writer = staff(Role.NOTICES)
    empty = writer.post("/notices/new", WRITTEN | {"areas": []})
    assert empty.status_code == 422
    assert "条件を一つ以上選ぶか" in empty.text
    assert "来月、健診があります。" in empty.text
    for field, said in (
        ({"text_ja": ""}, "日本語の文面を書いてください"),
        ({"picture_url": "https://example.jp/a.png"}, "画像の説明を書いてください"),
        ({"label_0": "申請", "url_0": "javascript:alert(1)"}, "https:// か tel: で始まる宛先"),
        ({"event_title": "催し", "event_place": "区民センター", "event_starts": "2026-12-02T10:00",
          "event_ends": "2026-12-01T10:00"}, "始まりが先になる"),
        ({"child_from": "36", "child_to": "3"}, "「から」を「まで」より大きくしないでください"),
        ({"child_from": "3"}, "「まで」のほうも書いてください"),
        ({"child_to": "20", "child_to_unit": "years"}, "19歳まで"),
        ({"title": ""}, "件名を書いてください。"),
        ({"title": "長" * 121}, "件名は120文字まで"),
        ({"department": "部" * 201}, "部署の名前は200文字まで"),
        ({"event_place": "区民センター"}, "催しの名前を書いてください"),
        ({"child_from": "たくさん"}, "子どもの年齢は"),
        ({"text_ja": "避難勧告が出ました。"}, "廃止された言葉"),
    ):  # fmt: skip
        answer = writer.post("/notices/new", WRITTEN | field)
        assert (answer.status_code, said in answer.text) == (422, True), field


def test_a_text_that_is_too_long_is_told_at_its_own_language(town: Console, staff: Staff) -> None:
    """Not at the Japanese one, where nothing is wrong."""
    page = staff(Role.NOTICES).post("/notices/new", WRITTEN | {"text_en": "a" * 1_501}).text
    assert 'id="text_en-problem"' in page
    assert 'id="text_ja-problem"' not in page


def test_a_whole_notice_is_kept_and_comes_back_into_its_form(town: Console, staff: Staff) -> None:
    """Card, buttons, picture, event, a second language and every condition survive saving and editing unchanged."""
    writer = staff(Role.NOTICES)
    notice = written(
        writer, text_en="A check-up is coming.", card_title="健診", label_0="申し込む", url_0="https://example.jp/f",
        picture_url="https://example.jp/a.png", picture_description="会場の地図です", event_title="健診",
        event_place="保健所", event_starts="2026-12-01T10:00", event_ends="2026-12-01T12:00", age_bands=["from_40"],
        languages=["ja", "en"], child_from="3", child_to="4", child_to_unit="months", seen_within_days="90",
    )  # fmt: skip
    before = row(town, notice)
    page = writer.page(f"/notices/{notice}/edit")
    assert page is not None
    shown = writer.get(f"/notices/{notice}/edit").text
    for text in ("A check-up is coming.", "申し込む", "会場の地図です", "2026-12-01T12:00"):
        assert text in shown
    assert [block["kind"] for block in before.content["texts"]["ja"]] == ["card", "picture", "event"]
    assert before.audience["child"] == {"from_months": 3, "to_months": 4}


def test_topics_and_ages_are_called_as_residents_call_them(town: Console, staff: Staff) -> None:
    """Who phones about 「給付・助成」 is understood: the form has the words of the residents' own settings."""
    page = staff(Role.NOTICES).page("/notices/new").text
    said = wording(Variant.JA)
    assert all(name in page for name in (*said.topics.values(), *said.ages.values()))


def test_a_look_counts_without_saving(town: Console, staff: Staff) -> None:
    """The live count and the sentence, and nothing kept."""
    answer = staff(Role.NOTICES).post("/notices/new", WRITTEN | {"do": "look", "topics": ["health"]})
    assert answer.status_code == 200
    assert '<b class="people">30人</b>' in answer.text
    with town.pocket.sessions() as session:
        assert session.scalars(select(Campaign)).all() == []


def test_a_look_says_what_saving_would_refuse(town: Console, staff: Staff) -> None:
    """A word the law abolished is found before the draft is saved, at its field."""
    answer = staff(Role.NOTICES).post("/notices/new", WRITTEN | {"do": "look", "text_ja": "避難勧告が出ました。"})
    assert answer.status_code == 422
    assert "廃止された言葉" in answer.text
    assert 'id="preview"' not in answer.text
