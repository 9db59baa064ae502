"""The five ward plans as they were handed over: what a resident or staff member looks for is there, and readable."""

import re
from collections import Counter

import pytest

from indexer.documents import BlockKind
from indexer.passages import Passage
from tests.indexer.papers import CHIYODA, ITABASHI, TAITO, TOSHIMA, TOSHIMA_OLD, needs_plans, pieces, plan

pytestmark = needs_plans
ALL = [TOSHIMA, TOSHIMA_OLD, CHIYODA, TAITO, ITABASHI]


def lines_with(number: str, words: str) -> list[str]:
    return [line for passage in pieces(number).passages for line in passage.text.split("\n") if words in line]


def under(number: str, title: str) -> list[Passage]:
    return [passage for passage in pieces(number).passages if any(title in part for part in passage.section)]


@pytest.mark.parametrize(
    ("number", "title"),
    [
        (TOSHIMA, "豊島区DX推進計画 (2026~2029年度)"),
        (TOSHIMA_OLD, "豊島区DX推進計画"),
        (CHIYODA, "千代田区DX戦略"),
        (TAITO, "台東区DX推進計画"),
        (ITABASHI, "板橋区 DX推進計画 2025"),
    ],
)
def test_a_plan_is_called_what_it_calls_itself(number: str, title: str) -> None:
    """The title is the plan's own name, not its first chapter or its greeting."""
    assert plan(number).title == title


@pytest.mark.parametrize(
    ("number", "section"),
    [
        (TOSHIMA, ("1. はじめに", "1.3 計画期間")),
        (TOSHIMA, ("2. 計画改定の背景", "2.1 デジタル技術の急速な進化", "③ スマホ所有率")),
        (TOSHIMA, ("4. II 具体的な施策", "4.5 ポケット行政(デジタル役所)")),
        (TOSHIMA_OLD, ("3. 計画の推進に向けて", "3.2 計画の進行管理", "1 着実な進行管理体制の構築")),
        (CHIYODA, ("第5章 体制と管理", "4 進行管理")),
        (TAITO, ("第1章 計画の基本的な考え方", "7. DX推進体制")),
        (ITABASHI, ("第2章 計画策定の背景と板橋区の現状", "1 国・都の動向", "（1）国の動向")),
    ],
)
def test_the_outline_is_the_plans_own(number: str, section: tuple[str, ...]) -> None:
    """Chapters, sections and measures nest as in the printed plan, however each is numbered."""
    assert any(passage.section[: len(section)] == section for passage in pieces(number).passages)


@pytest.mark.parametrize(
    ("number", "words", "schedule"),
    [
        (
            TOSHIMA,
            "あらゆる行政手続(申請・届出)がスマホアプリで",
            "2026年度: 申請・手続のオンライン化拡大、2029年度: 全手続の",
        ),
        (
            TOSHIMA,
            "「書かない・待たない窓口」を実現 —",
            "2026年度: 導入システムの検討、2027年度: 導入準備、2028年度: 運用開始",
        ),
        (TOSHIMA, "デジタル花火大会を開催 —", "2027年度: 小規模のテスト実施、2028年度: デジタル花火大会の実施"),
        (TAITO, "スマート窓口の導入", "令和8年度: 実施、令和9年度: 推進、令和10年度: 推進"),
        (TAITO, "PMHの導入", "令和8年度: 実施、令和9年度: 推進、令和10年度: 推進"),
        (TAITO, "行政手続きのオンライン手続き比率 — 令", "令和8年度: 27%、令和9年度: 34%、令和10年度: 40%"),
        (TAITO, "証明書のコンビニ交付割合", "現況(令和7年度): 35%、目標(令和10年度): 55%"),
        (TAITO, "スマートフォン講座参加者数(累計)", "現況(令和7年度): 2,870名、目標(令和10年度): 4,500名"),
        (
            ITABASHI,
            "窓口以外の決済",
            "令和6（2024）年度: 区税・各種保険料：20%、令和7（2025）年度: 区税・各種保険料：25%",
        ),
        (ITABASHI, "デジタル地域通貨", "令和6（2024）年度: 登録者数拡大、令和7（2025）年度: 検討"),
    ],
)
def test_a_measure_keeps_its_years(number: str, words: str, schedule: str) -> None:
    """A schedule row reads alone: the measure in words, then each year with what happens in it."""
    assert any(schedule in line for line in lines_with(number, words))


def test_a_chart_without_cells_claims_no_year() -> None:
    """Words under an arrow chart are kept, but no year is made up for any of them."""
    line = lines_with(CHIYODA, "データ利活用のあり方検討")[-1]
    assert "令和7(2025)年度から令和9(2027)年度まで" in line
    assert "年度ごとの内訳は原本を参照" in line


def test_a_reference_instead_of_a_plan_claims_no_year() -> None:
    """Where the table only points to another section, the first year's column is not taken for the answer."""
    for line in lines_with(TOSHIMA, "スケジュールは「"):
        assert "2026年度" not in line


def test_two_columns_read_as_one_stay_undecided() -> None:
    """Where the columns of today and of the target year fused, nothing is said to be true of the target year alone."""
    passage = next(p for p in pieces(TAITO).passages if "企業のデジタル化を進める人材の確保が難しい" in p.text)
    before = passage.text.split("企業のデジタル化を進める人材")[0].rstrip().split("\n")[-1]
    assert "現状(令和7年度末時点)と令和10年度" in (before, *passage.section)


@pytest.mark.parametrize("number", ALL)
def test_no_passage_is_furniture(number: str) -> None:
    """Contents entries, page numbers, captions and running heads never make a passage."""
    entry = re.compile(r"(?:…|\t|\.{3,})\s*\d{1,3}$|^\d{1,3}$|^[-–—] ?\d+ ?[-–—]$|^図\s?\d+ |<u>|</?ul|</?li")
    for passage in pieces(number).passages:
        assert len(re.sub(r"\W", "", passage.text)) >= 10, passage
        for line in passage.text.split("\n"):
            assert not entry.search(line), line


@pytest.mark.parametrize(
    ("number", "header"),
    [
        (TOSHIMA, "2. 計画改定の背景"),
        (TOSHIMA, "4.Ⅱ 具体的な施策"),
        (TOSHIMA_OLD, "2. DX推進の施策と取組み"),
        (TOSHIMA_OLD, "※取組み例は巻末に別表としてまとめています"),
        (CHIYODA, "重点方針1 「手続等の利便性を向上する」の取組み"),
        (TAITO, "目標 1 便利で快適な行政サービスの提供"),
        (TAITO, "16 平和と公正を"),
        (ITABASHI, "基本方針Ⅲ「オンライン化に伴う利便性向上」"),
    ],
)
def test_a_running_header_is_no_text(number: str, header: str) -> None:
    """A header printed on every page of a chapter is the chapter's heading once, and text nowhere."""
    assert not [line for line in lines_with(number, header) if line == header]


@pytest.mark.parametrize("number", ALL)
def test_lengths_suit_retrieval(number: str) -> None:
    """Passages are mostly 150 to 400 characters; longer ones are single rows, and few are very short."""
    lengths = Counter(
        "long" if len(p.text) > 400 else "short" if len(p.text) < 60 else "fit" for p in pieces(number).passages
    )
    assert all("\n" not in p.text for p in pieces(number).passages if len(p.text) > 400)
    assert lengths["long"] <= 4
    assert lengths["short"] <= 0.12 * lengths["fit"]


@pytest.mark.parametrize("number", ALL)
def test_sentences_are_whole(number: str) -> None:
    """No passage begins or ends in the middle of a sentence that the plan wrapped over lines."""
    for passage in pieces(number).passages:
        assert not re.match(r"[、。）」ぁぃぅぇぉっゃゅょー]", passage.text), passage
        assert not re.search(r"(?:、|[てにをはがの]、?)$", passage.text.rstrip("※0123456789")) or "\n" in passage.text


def test_the_department_in_charge_is_said_in_one_line() -> None:
    """担当, broken over several boxes in the text, becomes one line with every department."""
    assert "担当: 情報政策課、高齢福祉課、障害福祉課" in lines_with(TAITO, "高齢福祉課")


def test_a_glossary_row_is_term_and_meaning() -> None:
    """Numbers, kana rows and page columns of a glossary are gone; term and meaning stay together."""
    line = lines_with(TOSHIMA, "「quality of life」")[0]
    assert line.startswith("QOL: 「quality of life」の略")
    assert lines_with(TAITO, "やさしい日本語:")[0].endswith("日本語表現。")


def test_full_width_is_unified() -> None:
    """ＤＸ is found as DX and １９歳 as 19歳, while brackets stay as they were printed."""
    text = "".join(passage.text for passage in pieces(TOSHIMA_OLD).passages)
    assert not re.search("[０-９Ａ-Ｚａ-ｚ]", text)
    assert "DX（デジタル・トランスフォーメーション）" in text


def test_what_is_left_out_is_said() -> None:
    """The report names contents, running heads, charts and contact lines, for a department to add what is missing."""
    reasons = {part.why.split("(")[0] for part in plan(TAITO).left_out}
    assert {"目次のため", "ページごとに繰り返される見出しのため", "発行元の連絡先のため"} <= reasons
    assert "03(5246)" not in "".join(passage.text for passage in pieces(TAITO).passages)


@pytest.mark.parametrize("number", ALL)
def test_nothing_is_empty(number: str) -> None:
    """Every block has text and every heading a level."""
    for block in plan(number).blocks:
        assert block.text.strip()
        assert (block.kind is BlockKind.HEADING) == (block.level is not None)
