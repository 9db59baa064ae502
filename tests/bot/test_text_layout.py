"""A reply as plain text: everything its card shows."""

from bot.text_layout import as_text
from handlers.actions import ShowGuide, ShowMenu
from handlers.reply import Card, Checklist, Choice, Citation, Link, Outcome, Reply, Row, Step, Text


def test_a_card_is_told_in_full() -> None:
    """Title, answer, rows, form, caution, source, what is related, what can be chosen."""
    card = Card(
        "住民票の写し", "1通300円です。", (Row("持ち物", ("本人確認書類", "印鑑")),), (Link("申請", "https://a.jp/f"),),
        "目安です。", Link("出典：住民票", "https://a.jp/s"), "担当：総合窓口課",
        Link("電話する", "tel:03-3981-1111"), (Choice("印鑑登録", ShowGuide("inkan")), Choice("また", ShowMenu())),
    )  # fmt: skip
    reply = Reply(Outcome.ANSWERED, (card,), (Choice("メニュー", ShowMenu()),), notice="番号を消しました。")
    assert as_text(reply) == (
        "番号を消しました。\n\n【住民票の写し】\n1通300円です。\n■ 持ち物\n・本人確認書類\n・印鑑\n申請 https://a.jp/f\n"
        "電話する 03-3981-1111\n目安です。\n出典：住民票\nhttps://a.jp/s\n担当：総合窓口課\n\n▶ メニュー\n▶ 印鑑登録"
    )


def test_a_phone_number_is_told_as_a_number() -> None:
    """Without the scheme that only a phone understands."""
    assert as_text(Reply(Outcome.CRISIS, (Text("すぐに", (Link("救急", "tel:119"),)),))) == "すぐに\n救急 119"


def test_a_number_that_the_text_holds_is_told_once() -> None:
    """A button to call it adds nothing where nothing can be pressed."""
    part = Text("■ 救急 119（24時間）", (Link("救急に電話", "tel:119"), Link("くわしく", "https://a.jp/")))
    assert as_text(Reply(Outcome.CRISIS, (part,))) == "■ 救急 119（24時間）\nくわしく https://a.jp/"


def test_a_passage_is_told_word_for_word() -> None:
    """In quotation marks, with where it stands."""
    citation = Citation("DX計画", "第2章", "区民が迷わない。", "p.12")
    assert as_text(Reply(Outcome.ANSWERED, (citation,))) == "DX計画\n第2章\n「区民が迷わない。」\np.12"


def test_a_checklist_is_told_step_by_step() -> None:
    """Each with its time."""
    step = Step("14日以内", "転入届", Choice("転入届", ShowGuide("tennyu-todoke")))
    assert as_text(Reply(Outcome.MENU, (Checklist("引っ越し", "順にします。", (step,)),))) == (
        "引っ越し\n順にします。\n□ 転入届（14日以内）"
    )
