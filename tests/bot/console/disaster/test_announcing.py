"""Announcements at the console: typed fields become a notice in six wordings, its correction beside it."""

from sqlalchemy import select

from bot.console.frame import Console
from knowledge.models import Campaign, Role, Urgency
from knowledge.notice import Variant
from tests.bot.console.conftest import Staff

TYPED = {
    "status": "issued",
    "level": "4:evacuate",
    "hazard": "flood",
    "towns": ["takada", "mejiro"],
    "issued_at": "2026-11-22T02:10",
    "issuer": "豊島区災害対策本部",
    "audience": "everyone",
    "do": "save",
}


def test_the_draft_says_every_field_in_every_wording(staff: Staff, console: Console) -> None:
    """Level, area, action, time, source; and the notice that corrects it is there before anybody needs it."""
    writer = staff(Role.NOTICES)
    page = writer.after(writer.post("/disaster/announce", TYPED))
    assert "高田・目白に、警戒レベル4「避難指示」が出ました。" in page.text
    with console.pocket.sessions() as session:
        notice, correction = session.scalars(select(Campaign).order_by(Campaign.corrects.is_not(None)))
    assert (notice.urgency, notice.audience["kind"], correction.corrects) == (Urgency.DISASTER, "everyone", notice.id)
    texts = {each: notice.content["texts"][each.value][0] for each in Variant}
    assert "理由：洪水・大雨\n行動：危険な場所にいる人は、全員" in texts[Variant.JA]["text"]
    assert "発表：11月22日2:10 豊島区災害対策本部" in texts[Variant.JA]["text"]
    assert (
        "Alert Level 4 (Evacuation instruction) was issued for Takada 高田, Mejiro 目白." in texts[Variant.EN]["text"]
    )
    assert all("豊島区災害対策本部" in card["text"] and "4" in card["title"] for card in texts.values())


def test_only_the_towns_can_be_told(staff: Staff, console: Console) -> None:
    """Where that was chosen by name."""
    writer = staff(Role.NOTICES)
    writer.after(writer.post("/disaster/announce", TYPED | {"audience": "towns"}))
    with console.pocket.sessions() as session:
        notice = session.scalars(select(Campaign).where(Campaign.corrects.is_(None))).one()
    assert (notice.audience["kind"], notice.audience["areas"]) == ("conditions", ["目白", "高田"])


def test_a_level_with_the_action_of_another_is_refused(staff: Staff, console: Console) -> None:
    """Also when somebody tampers with the form; nothing typed is lost."""
    writer = staff(Role.NOTICES)
    for wrong in (
        {"level": "4:elderly"},
        {"level": ""},
        {"hazard": ""},
        {"issued_at": "きのう"},
        {"issuer": " "},
        {"status": ""},
        {"audience": ""},
    ):
        refused = writer.post("/disaster/announce", TYPED | wrong)
        assert refused.status_code == 422, wrong
        assert "直すところが1か所あります" in refused.text
        assert 'value="takada" checked' in refused.text
    assert writer.post("/disaster/announce", TYPED | {"towns": ["nowhere"]}).status_code == 422
    with console.pocket.sessions() as session:
        assert session.scalars(select(Campaign)).all() == []


def test_nothing_residents_are_told_is_chosen_beforehand(staff: Staff, console: Console) -> None:
    """Whether it begins or ends, what threatens, who hears it; and the people of no town are not everyone."""
    writer = staff(Role.NOTICES)
    assert "checked" not in writer.get("/disaster/announce").text
    nowhere = writer.post("/disaster/announce", TYPED | {"audience": "towns", "towns": []})
    assert nowhere.status_code == 422
    assert "町の人だけに送るときは、対象の町も選んでください。" in nowhere.text
    with console.pocket.sessions() as session:
        assert session.scalars(select(Campaign)).all() == []


def test_a_look_keeps_nothing(staff: Staff, console: Console) -> None:
    """All six wordings are shown, and no draft is made."""
    page = staff(Role.NOTICES).post("/disaster/announce", TYPED | {"do": "look"})
    assert all(name in page.text for name in ("やさしい日本語", "英語", "中国語", "韓国語", "ベトナム語"))
    with console.pocket.sessions() as session:
        assert session.scalars(select(Campaign)).all() == []


def test_a_drill_becomes_a_drill(staff: Staff, console: Console) -> None:
    """Its messages say so, and it is for testers."""
    writer = staff(Role.NOTICES)
    page = writer.after(writer.post("/disaster/announce?world=drill", TYPED))
    assert "【訓練】" in page.text
    with console.pocket.sessions() as session:
        assert {row.world for row in session.scalars(select(Campaign))} == {"drill"}
