"""Guides as rows and packs as files: what goes out comes back the same, and mistakes name their column."""

from dataclasses import replace
from functools import cache
from pathlib import Path

import pytest
from hypothesis import given
from hypothesis import strategies as st

from knowledge.guide import Fee, Guide, Item, Names, Note
from knowledge.guide_rows import HEADER, LABELS, PATHS, RowRefusedError, guide_of, row_of, unknown_columns
from knowledge.pack import Pack, load_pack
from knowledge.pack_files import files_of

TOSHIMA = Path(__file__).parents[2] / "knowledge" / "packs" / "toshima"
texts = st.text(st.characters(exclude_categories=["Cs", "Cc"], include_characters="\n\t"), max_size=30).filter(
    lambda text: text.strip() != ""
)


@cache
def pack() -> Pack:
    """The sample pack, guides in the order of their ids."""
    loaded = load_pack(TOSHIMA)
    return replace(loaded, guides=tuple(sorted(loaded.guides, key=lambda guide: guide.id)))


def cells(guide: Guide) -> dict[str, str]:
    return dict(zip(HEADER, row_of(guide), strict=True))


@st.composite
def guides(draw: st.DrawFn) -> Guide:
    """A guide of the pack with texts of all kinds in it."""
    some = draw(st.sampled_from(pack().guides))
    lines = st.lists(texts, min_size=3, max_size=4).map(tuple)
    names = Names(easy=draw(texts), en=draw(lines), zh=(), ko=draw(lines), vi=())
    content = {
        "title": draw(texts),
        "aliases": draw(lines),
        "names": names,
        "notes": (Note(text=draw(texts)),),
        "fees": (Fee(case=draw(texts), yen=draw(st.integers(0, 10**9)), note=draw(texts)),),
        "items": tuple(Item(name=name) for name in draw(lines)),
    }
    return Guide.model_validate(some.model_dump() | {name: _plain(value) for name, value in content.items()})


def _plain(value: object) -> object:
    if isinstance(value, tuple):
        return tuple(map(_plain, value))
    return value.model_dump() if hasattr(value, "model_dump") else value


def test_every_column_has_a_name_of_its_own() -> None:
    """A new field of a guide needs a heading here before it can be exchanged."""
    assert set(LABELS) == set(PATHS)
    assert len(set(HEADER)) == len(HEADER)


def test_every_guide_of_the_pack_comes_back() -> None:
    """All of them, equal in every value."""
    assert [guide for guide in pack().guides if guide_of(cells(guide), None) != guide] == []


@given(guides())
def test_any_guide_comes_back(guide: Guide) -> None:
    """Also with line breaks, quotes, braces and tabs in its texts."""
    assert guide_of(cells(guide), None) == guide


def test_a_missing_column_changes_nothing() -> None:
    """Whoever sends only ids and titles changes titles only."""
    guide = pack().guides[0]
    changed = guide_of({"id": guide.id, "題名": "新しい題名"}, guide)
    assert changed == guide.model_copy(update={"title": "新しい題名"})


@pytest.mark.parametrize("written", ["2027/3/31", "2027年3月31日", "令和9年3月31日"])
@pytest.mark.parametrize("column", ["確かめた日", "次に見直す日"])
def test_a_day_is_read_as_in_the_form(column: str, written: str) -> None:
    """In a spreadsheet's spelling or a clerk's."""
    guide = pack().guides[0]
    assert guide_of({"id": guide.id, column: written}, guide) == guide_of({"id": guide.id, column: "2027-03-31"}, guide)


@pytest.mark.parametrize(
    ("column", "cell", "told"),
    [
        ("題名", "", "必要な項目"),
        ("次に見直す日", "来年", "日付は"),
        ("金額", '{"case": "1通", "yen": -1}', "1行目：0以上"),
        ("金額", '{"case": "1通"', "書き方が違います"),
        ("金額", '{"case": "1通", "yen": 1, "円": 2}', "知らない項目"),
        ("住民の言い方", "一つだけ", "3件以上"),
        ("出典のアドレス", "htp:/x", "URL"),
        ("確かさ", "多分", "のどれか"),
        ("ライフイベント", "ひっこし", "1行目：半角の英小文字"),
        ("金額", "300円", "書き出した行のように"),
    ],
)
def test_a_mistake_names_its_column(column: str, cell: str, told: str) -> None:
    """In the words of the column's heading."""
    with pytest.raises(RowRefusedError) as caught:
        guide_of(cells(pack().guides[0]) | {column: cell}, None)
    assert [(problem.column, told in problem.message) for problem in caught.value.problems] == [(column, True)]


def test_what_is_missing_is_told_at_its_columns() -> None:
    """Also where a whole group of columns is."""
    with pytest.raises(RowRefusedError) as caught:
        guide_of({"id": "atarashii", "題名": "新しい案内"}, None)
    assert {problem.column for problem in caught.value.problems} >= {"やさしい日本語の呼び名", "出典のアドレス"}
    assert {problem.column for problem in caught.value.problems} <= set(HEADER)


def test_unknown_columns_are_named() -> None:
    """Empty headings are none."""
    assert unknown_columns(["id", "", "題名", "メモ"]) == ["メモ"]


def test_a_pack_comes_back(tmp_path: Path) -> None:
    """Written out and loaded, the pack is equal in every record."""
    (tmp_path / "guides").mkdir()
    for name, text in files_of(pack()).items():
        (tmp_path / name).write_text(text, encoding="utf-8")
    assert load_pack(tmp_path) == pack()
