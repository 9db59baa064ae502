"""Replies as LINE messages: whatever the reply, LINE takes them, and nothing is left out without saying so."""

import json
from typing import Any

from hypothesis import given, settings
from hypothesis import strategies as st

from bot.line import limits
from bot.line.bubbles import MORE
from bot.line.layout import compose
from bot.line.measure import escaped_size
from bot.line.validate import check
from handlers.actions import AskFact, GiveFeedback, ShowGuide, ShowLifeEvent, ShowMenu
from handlers.reply import Card, Checklist, Choice, Citation, Link, Outcome, Part, Reply, Row, Step, Text
from knowledge.records import FactKind

_ids = st.from_regex(r"[a-z][a-z0-9-]{0,30}", fullmatch=True)
_words = st.text(st.sampled_from('届け出は14日以内に。𠮷葛󠄀👨‍👩‍👧 \nｶﾞ無料a"\\'), max_size=60)
_long = st.builds(lambda word, times: word * times, _words, st.integers(1, 120))
_actions = st.one_of(
    st.builds(ShowGuide, _ids),
    st.builds(AskFact, _ids, st.sampled_from(FactKind)),
    st.builds(ShowLifeEvent, _ids),
    st.builds(ShowMenu),
    st.builds(GiveFeedback, _ids, st.booleans()),
)
_choices = st.lists(st.builds(Choice, _words, _actions), max_size=16).map(tuple)
_urls = st.sampled_from(
    [
        "https://www.city.toshima.lg.jp/juminhyo.html",
        "tel:03-3981-1111",
        "https://例え.jp/住民票?a=b c",
        "ftp://x",
        "",
        "javascript:alert(1)",
        "https://a.jp/" + "あ" * 400,
    ]
)
_links = st.builds(Link, _words, _urls)
_rows = st.lists(st.builds(Row, _words, st.lists(_long, max_size=8).map(tuple)), max_size=10).map(tuple)
_cards = st.builds(
    Card, _words, _long, _rows, st.lists(_links, max_size=6).map(tuple), st.none() | _long, _links, _words,
    st.none() | _links, _choices, _choices,
)  # fmt: skip
_steps = st.lists(st.builds(Step, _words, _words, st.builds(Choice, _words, _actions)), max_size=40).map(tuple)
_parts = st.one_of(
    st.builds(Text, _long, st.lists(_links, max_size=5).map(tuple)),
    _cards,
    st.builds(Citation, _words, _words, _long, _words, _choices),
    st.builds(Checklist, _words, _long, _steps),
)
_replies = st.builds(
    Reply, st.sampled_from(Outcome), st.lists(_parts, max_size=7).map(tuple), _choices, notice=st.none() | _words
)


def _texts(value: Any) -> list[str]:
    """All texts shown by a message, in order."""
    if isinstance(value, dict):
        own = [value["text"]] if value.get("type") == "text" else []
        return own + [found for inner in value.values() for found in _texts(inner)]
    return [found for inner in value for found in _texts(inner)] if isinstance(value, list) else []


def _reply(*parts: Part, choices: tuple[Choice, ...] = ()) -> Reply:
    return Reply(Outcome.ANSWERED, parts, choices)


def _card(rows: tuple[Row, ...], **more: Any) -> Card:
    known: dict[str, Any] = {
        "title": "住民票の写し",
        "answer": "1通300円です。",
        "rows": rows,
        "forms": (Link("オンラインで申請", "https://www.city.toshima.lg.jp/form"),),
        "caution": "目安です。",
        "source": Link("出典：住民票（2026年10月1日 確認）", "https://www.city.toshima.lg.jp/juminhyo.html"),
        "source_note": "担当：総合窓口課",
        "feedback": (
            Choice("解決した", GiveFeedback("q1", solved=True)),
            Choice("違う", GiveFeedback("q1", solved=False)),
        ),
    }
    return Card(**(known | more))


@settings(max_examples=150)
@given(_replies)
def test_line_takes_whatever_is_said(reply: Reply) -> None:
    """No reply, however long or odd, gives messages that LINE would refuse; five at most."""
    messages = compose(reply)
    if messages:
        check(messages)


@settings(max_examples=100)
@given(_cards)
def test_a_card_shows_every_line_or_says_that_it_does_not(card: Card) -> None:
    """Lines are shown in their order from the first; where the last are missing, the card tells where to read on."""
    shown = _texts(compose(_reply(card))[0]["contents"])
    lines = [line.strip() or "…" for row in card.rows for line in row.lines]
    whole = all(any(line[:100] in text for text in shown) for line in lines)
    assert whole or MORE in shown


def test_a_card_has_answer_rows_forms_source_and_feedback() -> None:
    """What the design promises of a card is there, in reading order, and as text for those who see no pictures."""
    message = compose(_reply(_card((Row("費用", ("1通 300円",)), Row("持ち物", ("本人確認書類", "印鑑"))))))[0]
    head, facts = ["住民票の写し", "1通300円です。"], ["費用", "1通 300円", "持ち物", "・本人確認書類", "・印鑑"]
    tail = ["目安です。", "出典：住民票（2026年10月1日 確認）", "担当：総合窓口課"]
    assert _texts(message["contents"]) == head + facts + tail
    buttons = message["contents"]["footer"]["contents"]
    assert buttons[0]["action"] == {
        "type": "uri", "label": "オンラインで申請", "uri": "https://www.city.toshima.lg.jp/form",
    }  # fmt: skip
    assert [each["action"]["data"] for each in buttons[1]["contents"]] == ["feedback:q1:solved", "feedback:q1:wrong"]
    assert message["altText"].startswith("【住民票の写し】\n1通300円です。\n■ 費用\n・1通 300円")


def test_a_card_too_large_drops_its_last_rows_first() -> None:
    """Notes stand last and go first; the fee stays."""
    notes = tuple(f"{n}番目の注意です。" + "とても長い説明が続きます。" * 20 for n in range(60))
    message = compose(_reply(_card((Row("費用", ("1通 300円",)), Row("くわしく", notes)))))[0]
    shown = _texts(message["contents"])
    assert escaped_size(message["contents"]) <= limits.FLEX_BUBBLE_BYTES
    assert "1通 300円" in shown
    assert MORE in shown
    assert any(text.startswith("・0番目") for text in shown)
    assert not any(text.startswith("・59番目") for text in shown)


def test_choices_become_quick_replies_of_the_last_message() -> None:
    """Thirteen at most, each once, the reply's own before what a card is related to."""
    own = tuple(Choice(f"手続き{n}", ShowGuide(f"g{n}")) for n in range(14))
    related = (Choice("手続き0", ShowGuide("g0")),)
    messages = compose(_reply(Text("どれですか"), _card((), related=related), choices=own))
    items = messages[-1]["quickReply"]["items"]
    assert [item["action"]["data"] for item in items] == [f"guide:g{n}" for n in range(13)]
    assert "quickReply" not in messages[0]


def test_a_label_too_long_is_cut_between_characters() -> None:
    """Twenty graphemes for a quick reply; the chat shows it whole."""
    label = "👨‍👩‍👧" * 25
    item = compose(_reply(Text("は"), choices=(Choice(label, ShowMenu()),)))[0]["quickReply"]["items"][0]["action"]
    assert item["label"] == "👨‍👩‍👧" * 19 + "…"
    assert item["displayText"] == label


def test_a_link_line_would_refuse_is_shown_as_text() -> None:
    """An address of another kind is no button, and is not lost either."""
    message = compose(_reply(Text("こちら", (Link("資料", "ftp://x"), Link("電話する", "tel:03-3981-1111")))))[0]
    assert "資料 ftp://x" in _texts(message["contents"])
    assert message["contents"]["footer"]["contents"][0]["action"]["uri"] == "tel:03-3981-1111"


def test_parts_beyond_the_fifth_are_told_in_it() -> None:
    """Six paragraphs are five messages, the last with both."""
    messages = compose(_reply(*(Text(f"{n}つめ") for n in range(1, 7))))
    assert [message["text"] for message in messages] == ["1つめ", "2つめ", "3つめ", "4つめ", "5つめ\n\n6つめ"]


def test_messages_are_plain_json() -> None:
    """What is stored as a payload comes back the same."""
    messages = compose(_reply(_card((Row("費用", ("無料",)),))))
    assert json.loads(json.dumps(messages)) == messages
