"""The answer card: every figure from the record, marked where it is another body's example or already over."""

from collections.abc import Iterable
from copy import deepcopy
from datetime import date

import pytest
from hypothesis import given
from hypothesis import strategies as st

from handlers.actions import AskFact, GiveFeedback, ShowGuide
from handlers.card import (
    GuideView,
    card,
    caution,
    contact_line,
    day,
    fact_rows,
    guide_choices,
    rows,
    short,
    source_note,
    title_in,
)
from handlers.phrases import phrases
from handlers.reply import Choice, Link, Row
from knowledge.guide import Desk, Guide
from knowledge.records import FactKind
from knowledge.text import Language
from tests.knowledge.packs import FULL, SOURCE

TODAY = date(2026, 11, 21)
HALL = Desk(id="daihyo", name="区役所", address="〒171-8422 南池袋2-45-1", phone="03-3981-1111", switchboard=True)
DESK = Desk(id="sogo", name="総合窓口課", floor="3階", phone="03-4566-2352")


def _guide(**changed: object) -> Guide:
    return Guide.model_validate(deepcopy(FULL) | changed)


def _view(language: Language = Language.JA, desks: Iterable[Desk] = (DESK,), **changed: object) -> GuideView:
    return _view_of(_guide(**changed), language, desks)


def _view_of(guide: Guide, language: Language = Language.JA, desks: Iterable[Desk] = (DESK,)) -> GuideView:
    return GuideView(guide, tuple(desks), language, TODAY, "サンプルです。")


def _row(view: GuideView, name: str) -> tuple[str, ...]:
    found = rows(view, (name,))
    return found[0].lines if found else ()


def test_a_card_shows_every_fact_of_the_guide() -> None:
    """Title, answer, rows in order, form, phone, source with its dates, department, notice, related, verdict."""
    shown = card(_view(), "q1", [_guide(id="inkan", title="印鑑登録（はじめて）")])
    assert (shown.title, shown.answer) == ("住民票の写し", "窓口で取れます。")
    assert shown.rows == (
        Row("いつまで", ("14日以内", "冬：早めに")),
        Row("費用", ("窓口：300円",)),
        Row("支給額など", ("祝い金：5,000円",)),
        Row("持ち物", ("本人確認書類", "委任状（代理人のとき）")),
        Row("窓口", ("総合窓口課 3階 電話 03-4566-2352",)),
        Row("受付時間", ("平日 8:30〜17:00",)),
        Row("オンライン", ("電子申請（要るもの：カード）",)),
        Row("代理の人", ("委任状が要ります。",)),
        Row("対象", ("区民",)),
    )
    assert shown.forms == (Link("電子申請", "https://example.jp/f"),)
    assert shown.phone == Link("電話する 03-4566-2352", "tel:03-4566-2352")
    assert shown.source == Link("案内", "https://example.jp/x")
    assert shown.source_note == "出典：案内（2026年11月21日 確認）\n担当：総合窓口課\nサンプルです。"
    assert shown.related == (
        Choice("くわしく見る", AskFact("juminhyo", FactKind.DETAILS)),
        Choice("印鑑登録", ShowGuide("inkan")),
    )
    assert [each.action for each in shown.feedback] == [
        GiveFeedback("q1", solved=True),
        GiveFeedback("q1", solved=False),
    ]


def test_the_fact_that_was_asked_for_comes_first() -> None:
    """And is not repeated below."""
    labels = [row.label for row in card(_view(), "q1", [], FactKind.ITEMS).rows]
    assert labels[0] == "持ち物"
    assert labels.count("持ち物") == 1


def test_prose_fills_a_card_with_few_facts() -> None:
    """Of a guide without typed facts the first three notes are shown; with enough facts, none."""
    bare: dict[str, object] = {"deadlines": [], "fees": [], "items": [], "forms": [], "hours": [], "agent": None}
    notes = [{"text": f"その{number}"} for number in range(5)]
    shown = card(_view_of(_guide(notes=notes, **bare)), "q1", [])
    assert shown.rows[-1] == Row("くわしく", ("その0", "その1", "その2"))
    assert "くわしく" not in [row.label for row in card(_view(notes=notes), "q1", []).rows]


@pytest.mark.parametrize(
    ("scope", "line"),
    [
        (None, "窓口：300円"),
        ("toshima", "窓口：300円"),
        ("national", "窓口：300円"),
        ("tokyo-ward:新宿区", "窓口：300円（目安・新宿区の例）"),
        ("other-municipality:市川市", "窓口：300円（目安・市川市の例）"),
    ],
)
def test_another_bodys_figure_is_marked(scope: str | None, line: str) -> None:
    """目安, with whose it is; the ward's own and the nation's need no mark."""
    assert _row(_view(fees=[{"case": "窓口", "yen": 300, "scope": scope}]), "fee") == (line,)


@pytest.mark.parametrize("key", ["deadlines", "fees", "items", "forms", "hours", "notes"])
def test_every_kind_of_fact_is_marked(key: str) -> None:
    """Not only fees."""
    name = {"deadlines": "deadline", "fees": "fee", "items": "items", "forms": "online", "notes": "details"}.get(
        key, key
    )
    values = [{**value, "scope": "tokyo-ward:港区"} for value in FULL[key][:1]]  # type: ignore[index]
    assert [line.endswith("（目安・港区の例）") for line in _row(_view_of(_guide(**{key: values})), name)] == [True]


def test_who_may_come_instead_is_marked_too() -> None:
    """The agent's rule may be another ward's."""
    agent = {"allowed": False, "text": "本人だけです。", "scope": "tokyo-ward:港区"}
    assert _row(_view(agent=agent), "agent") == ("本人だけです。（目安・港区の例）",)
    assert _row(_view(Language.EN, agent=agent), "agent")[0].startswith("Nobody else can do this for you. 本人だけ")


@pytest.mark.parametrize(
    ("scope", "confidence", "warning"),
    [
        ("toshima", "high", None),
        ("toshima", "low", "豊島区の資料が少ない項目です。窓口でもご確認ください。"),
        (
            "tokyo-ward:新宿区",
            "high",
            "目安です。新宿区の案内をもとにしています。豊島区での内容は窓口でご確認ください。",
        ),
        ("national", "low", "目安です。国や都の案内をもとにしています。豊島区での内容は窓口でご確認ください。"),
    ],
)
def test_a_guide_from_elsewhere_or_of_thin_sources_warns(scope: str, confidence: str, warning: str | None) -> None:
    """A whole guide of another body is 目安."""
    assert caution(_view(source=SOURCE | {"scope": scope}, confidence=confidence)) == warning


@pytest.mark.parametrize(
    ("by", "line"),
    [
        (date(2026, 11, 20), "申込（2026年11月20日で終わりました）"),
        (date(2026, 11, 21), "申込"),
        (date(2026, 11, 22), "申込"),
    ],
)
def test_a_closed_deadline_says_so(by: date, line: str) -> None:
    """From the day after; on the last day it is still open."""
    assert _row(_view(deadlines=[{"text": "申込", "rule": {"by": by}}]), "deadline") == (line,)


def test_nothing_costs_free() -> None:
    """0 yen is 無料, in every language."""
    free = [{"case": "窓口", "yen": 0}]
    assert _row(_view(fees=free), "fee") == ("窓口：無料",)
    assert _row(_view(Language.EN, fees=free), "fee") == ("窓口：Free",)


def test_another_language_gets_its_name_its_labels_and_iso_dates() -> None:
    """With the Japanese title to show at the desk, and a word on why the facts are in Japanese."""
    shown = card(_view(Language.EN), "q1", [])
    assert shown.title == "residence record（住民票の写し）"
    assert shown.answer == f"窓口で取れます。\n{phrases(Language.EN).in_japanese}"
    assert [row.label for row in shown.rows][:3] == ["Deadline", "Fee", "Amount paid"]
    assert source_note(_view(Language.EN)).startswith("Source: 案内 (checked 2026-11-21)")


@pytest.mark.parametrize("language", [each for each in Language if each != Language.JA])
def test_a_date_nobody_misreads(language: Language) -> None:
    """2026年4月1日 is 2026-04-01 for everybody else."""
    assert day(date(2026, 4, 1), language) == "2026-04-01"
    assert day(date(2026, 4, 1), Language.JA) == "2026年4月1日"


def test_a_place_is_answered_with_its_hours_and_a_fee_with_what_is_paid_out() -> None:
    """One question, the rows that belong to its answer."""
    assert [row.label for row in fact_rows(_view(), FactKind.DESK)] == ["窓口", "受付時間"]
    assert [row.label for row in fact_rows(_view(), FactKind.FEE)] == ["費用", "支給額など"]
    assert fact_rows(_view(agent=None), FactKind.AGENT) == ()


def test_a_sentence_names_a_desk_by_phone_and_not_by_post() -> None:
    """Whom to call; the address stands in the card's row."""
    assert contact_line(HALL, phrases(Language.JA)) == "区役所 電話 03-3981-1111（代表）"
    assert contact_line(DESK, phrases(Language.EN)) == "総合窓口課 (phone 03-4566-2352)"
    assert _row(_view(desks=[HALL]), "desk") == ("区役所 〒171-8422 南池袋2-45-1 電話 03-3981-1111（代表）",)


def test_two_buttons_never_read_the_same() -> None:
    """Where titles differ in their brackets only, the brackets tell them apart."""
    some = [
        _guide(id="a", title="転入届（窓口で）"),
        _guide(id="b", title="転入届（来庁予約）"),
        _guide(id="c", title="転出届（郵送）"),
    ]
    assert [each.label for each in guide_choices(some, Language.JA)] == ["窓口で", "来庁予約", "転出届"]
    assert [each.label for each in guide_choices(some[1:], Language.JA, some[0])] == ["来庁予約", "転出届"]


@given(st.text(min_size=1, max_size=80))
def test_a_label_is_never_longer_than_line_takes(title: str) -> None:
    """Whatever a title looks like."""
    assert len(short(title)) <= 20


@pytest.mark.parametrize(
    ("title", "label"),
    [
        ("児童手当", "児童手当"),
        ("住民票の写し（除票を含む）", "住民票の写し"),
        ("（新）給付金", "（新）給付金"),
        ("あ" * 25, "あ" * 19 + "…"),
    ],
)
def test_a_label_is_a_title_without_its_brackets(title: str, label: str) -> None:
    """Cut with an ellipsis where that is still too long."""
    assert short(title) == label


def test_a_guide_nobody_named_in_a_language_is_called_by_its_title() -> None:
    """A clerk who knows no Korean can make a guide; a Korean question finds it under its Japanese title."""
    nameless = _guide(names={"easy": "やさしい", "en": [], "zh": [], "ko": [], "vi": []})
    assert {title_in(nameless, language) for language in Language} == {nameless.title}
