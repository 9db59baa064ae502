"""Reading content packs: values come through, and every mistake is shown with its file, line and field, all at once."""

from datetime import date
from pathlib import Path

import pytest

from knowledge.errors import PackError
from knowledge.guide import Money
from knowledge.pack import digest, load_pack

from .packs import BODIES, DESKS, EVENTS, FULL, GUIDE, OFFTOPIC, WARD, Emitter, problems, write_pack

SCOPES = "scope は toshima / national / tokyo-ward:区名 / other-municipality:市名 のどれかです"
NO_DATE = "「2027-02-31」は日付や数として読めません（文字なら引用符で囲みます）"


def test_values(tmp_path: Path) -> None:
    """A valid pack comes back typed, record for record."""
    pack = load_pack(write_pack(tmp_path))
    [guide] = pack.guides
    assert (pack.ward.name, pack.desks[0].phone, guide.id) == ("豊島区", "03-3981-1111", "tennyu")
    assert guide.deadlines[0].rule is not None
    assert guide.deadlines[0].rule.within == "14d"
    assert guide.review_by == date(2027, 3, 31)
    assert pack.life_events[0].steps == ("tennyu",)
    assert (pack.crises[0].lines[0].phone, pack.smalltalk[0].id, pack.other_bodies[0].name) == ("119", "thanks", "警察")
    assert len(pack.offtopic.examples) == 20


def test_full_guide_comes_through(tmp_path: Path) -> None:
    """Every kind of fact keeps its value and its type."""
    emitter = Emitter([])
    emitter.emit([FULL])
    write_pack(tmp_path)
    (tmp_path / "guides" / "z.yaml").write_text(emitter.text, "utf-8")
    guide = load_pack(tmp_path).guides[-1]
    assert [(fee.yen, fee.kind) for fee in guide.fees] == [(300, Money.FEE), (5000, Money.BENEFIT)]
    assert (guide.items[1].when, guide.notes[1].scope, guide.hours[0].opens) == (
        "代理人のとき",
        "tokyo-ward:新宿区",
        "8:30",
    )
    assert guide.agent is not None
    assert guide.agent.allowed
    assert str(guide.forms[0].url) == "https://example.jp/f"


def test_digest_follows_the_record(tmp_path: Path) -> None:
    """A record's digest changes when its content changes, and only then: not with comments or the order of keys."""
    [before] = load_pack(write_pack(tmp_path)).guides
    turned = GUIDE.replace("  title: 転入届\n  category: 住民異動\n", "  category: 住民異動\n  title: 転入届\n")
    [same] = load_pack(write_pack(tmp_path, guides="# 説明\n" + turned)).guides
    [other] = load_pack(
        write_pack(tmp_path, guides=GUIDE.replace("14日以内に届け出ます。", "早めに届け出ます。"))
    ).guides
    assert digest(before) == digest(same)
    assert digest(before) != digest(other)
    assert len(digest(before)) == 64


def test_a_wrong_span_is_shown_where_it_stands(tmp_path: Path) -> None:
    """The sentence names file, line and field as staff know them, and says how it should be written."""
    write_pack(tmp_path, guides=GUIDE.replace("14d}", "14days}"))
    assert problems(tmp_path) == [
        "guides/resident.yaml:10 tennyu.deadlines[0].rule.within: 期間は 14d・3m・2y のように書きます"
    ]


def test_all_files_are_reported_in_one_go(tmp_path: Path) -> None:
    """Mistakes of several files and kinds come together, each file's in the order of its lines."""
    write_pack(
        tmp_path,
        ward=WARD.replace("notice: サンプルです。\n", ""),
        guides=GUIDE.replace("title: 転入届\n", "title: 2026\n").replace("scope: toshima", "scope: 豊島区"),
        other_bodies=BODIES.replace("name: 警察,", "name: 警察, fone: 110,"),
        offtopic="examples: [a, b]\n",
    )
    assert problems(tmp_path) == [
        "ward.yaml:1 notice: 必要な項目がありません",
        "offtopic.yaml:1 examples: 20件以上書きます",
        "guides/resident.yaml:2 tennyu.title: 文字で書きます（数字・日付・yes/no は引用符で囲みます）",
        f"guides/resident.yaml:14 tennyu.source.scope: {SCOPES}",
        "other_bodies.yaml:1 police.fone: 知らない項目です（名前の打ち間違いがないか見てください）",
    ]


def test_the_message_lists_every_problem(tmp_path: Path) -> None:
    """The error itself reads as the general sentence followed by one row a problem."""
    write_pack(tmp_path, offtopic="")
    with pytest.raises(PackError) as caught:
        load_pack(tmp_path)
    assert str(caught.value).splitlines() == [
        "手続案内のファイルに誤りがあります。表示された行を直してください。",
        "offtopic.yaml:1: ファイルが空です",
    ]


@pytest.mark.parametrize(
    ("changed", "expected"),
    [
        ({"guides": GUIDE + GUIDE}, "guides/resident.yaml:18 tennyu.id: 同じidが guides/resident.yaml:1 にもあります"),
        (
            {"guides": GUIDE.replace("desks: [daihyo]", "desks: [daihyo, dokoka]")},
            "guides/resident.yaml:11 tennyu.desks[1]: 窓口「dokoka」がありません",
        ),
        (
            {"guides": GUIDE.replace("owner:", "related: [nanika]\n  owner:")},
            "guides/resident.yaml:15 tennyu.related[0]: 手続き「nanika」がありません",
        ),
        (
            {"guides": GUIDE.replace("[moving-in]", "[moving-in, party]")},
            "guides/resident.yaml:13 tennyu.life_events[1]: ライフイベント「party」がありません",
        ),
        ({"ward": WARD.replace("daihyo", "nai")}, "ward.yaml:4 switchboard: 窓口「nai」がありません"),
        (
            {"ward": WARD.replace("tiles}", "tiles, guide: nai}")},
            "ward.yaml:6 menu[0].guide: 手続き「nai」がありません",
        ),
        (
            {"ward": WARD.replace("tiles}", "tiles, life_event: nai}")},
            "ward.yaml:6 menu[0].life_event: ライフイベント「nai」がありません",
        ),
        (
            {"guides": GUIDE.replace("  life_events: [moving-in]\n", "")},
            "life_events.yaml:1 moving-in.steps[0]: 「tennyu」の life_events に「moving-in」がありません",
        ),
        (
            {"life_events": EVENTS.replace("[tennyu]", "[tennyu, tennyu]")},
            "life_events.yaml:1 moving-in.steps[1]: 「tennyu」が二度書かれています",
        ),
        (
            {"life_events": EVENTS + EVENTS.replace("id: moving-in", "id: b").replace("tennyu", "nai")},
            "life_events.yaml:2 b.steps[0]: 手続き「nai」がありません",
        ),
        (
            {"desks": DESKS.replace("name:", "name: 別, name:")},
            "desks.yaml:1 daihyo.name: 同じ項目が二度書かれています",
        ),
        ({"desks": "id: daihyo\n"}, "desks.yaml:1: 一覧（「- 」で始まる行）で書きます"),
        ({"desks": DESKS + "- ただの文\n"}, "desks.yaml:2 [1]: 「項目: 値」の形で書きます"),
        (
            {"guides": GUIDE.replace("2027-03-31", "2027-02-31")},
            f"guides/resident.yaml:16 tennyu.review_by: {NO_DATE}",
        ),
        (
            {"guides": GUIDE.replace("within: 14d}", "yearly: 04-01}")},
            "guides/resident.yaml:10 tennyu.deadlines[0].rule: after / before / by / yearly のどれか一つを書きます",
        ),
        ({"offtopic": OFFTOPIC + "  - &a x\n  - *a\n"}, "offtopic.yaml:22 examples[21]: YAMLの別名（*）は使えません"),
        ({"offtopic": OFFTOPIC + "? [a]\n: b\n"}, "offtopic.yaml:22: 項目名は文字で書きます"),
    ],
)
def test_mistakes_that_span_records(tmp_path: Path, changed: dict[str, str], expected: str) -> None:
    """References, doubled ids and keys, shapes and impossible dates are found at the very place."""
    assert expected in problems(write_pack(tmp_path, **changed))


def test_a_guide_missing_from_its_life_event(tmp_path: Path) -> None:
    """A guide that names a life event must be among its steps; the guide's line is shown."""
    other = GUIDE.replace("id: tennyu", "id: other")
    assert problems(write_pack(tmp_path, guides=GUIDE + other)) == [
        "guides/resident.yaml:30 other.life_events[0]: 「moving-in」の steps にこの手続きがありません"
    ]


def test_a_broken_record_is_not_reported_as_missing(tmp_path: Path) -> None:
    """References to a record that is written but has a mistake of its own make no second problem."""
    write_pack(
        tmp_path,
        desks=DESKS.replace("03-3981-1111", "電話"),
        guides=GUIDE.replace("owner: 総合窓口課\n", "owner: ''\n"),
    )
    assert problems(tmp_path) == [
        "desks.yaml:1 daihyo.phone: 書き方が違います（^[0-9#][0-9-]*$ に合う形で書きます）",
        "guides/resident.yaml:15 tennyu.owner: 空にはできません",
    ]


def test_the_same_alias_in_two_guides_is_allowed(tmp_path: Path) -> None:
    """Residents use one wording for several procedures; that is answered with candidates, so packs may say so."""
    other = GUIDE.replace("id: tennyu", "id: other").replace("  life_events: [moving-in]\n", "")
    assert len(load_pack(write_pack(tmp_path, guides=GUIDE + other)).guides) == 2


def test_unreadable_files(tmp_path: Path) -> None:
    """Broken YAML, another encoding and missing files are problems like any other."""
    write_pack(tmp_path, desks="- id: daihyo\n name: 区役所\n", ward=WARD + "x: \x07\n")
    (tmp_path / "crisis.yaml").write_bytes("火事".encode("shift_jis"))
    (tmp_path / "smalltalk.yaml").unlink()
    found = problems(tmp_path)
    assert "crisis.yaml: 文字コードはUTF-8にします" in found
    assert "smalltalk.yaml: ファイルがありません" in found
    assert "ward.yaml: YAMLとして読めない文字があります" in found
    assert any(problem.startswith("desks.yaml:2: YAMLとして読めません") for problem in found)
