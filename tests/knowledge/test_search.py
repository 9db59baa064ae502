"""Searching a small snapshot, also while it is switched."""

from collections.abc import Sequence
from concurrent.futures import ThreadPoolExecutor
from dataclasses import replace
from datetime import UTC, datetime
from pathlib import Path

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st

from indexer.build import Builder, switch
from knowledge.encoder import Encoder, MissingEncoder, Reading
from knowledge.passages import Field, IndexedPassage, Owner, OwnerKind
from knowledge.rarity import EVEN, PieceRarity
from knowledge.search import Blend, Searcher, _first
from knowledge.shelf import Shelf
from knowledge.vectors import Vectors, unit
from knowledge.words import WordSplitter
from tests.encoders import thrown

NAMES = {
    "tennyu": "転入届",
    "sodai": "粗大ごみを捨てたい",
    "inkan": "印鑑登録",
    "dog": "犬の登録",
    "library": "図書館の利用カード",
}
NAMED = [IndexedPassage(Owner(OwnerKind.GUIDE, id_), Field.NAME, text) for id_, text in NAMES.items()]
FACT = IndexedPassage(Owner(OwnerKind.SOURCE, "dx"), Field.FACT, "行政手続のオンライン化率を80%にする目標です。")


@pytest.fixture
def builder(tmp_path: Path, encoder: Encoder) -> Builder:
    """A builder whose first snapshot serves."""
    builder = Builder(tmp_path / "snapshots", encoder, WordSplitter.open())
    builder.build([*NAMED, FACT], datetime(2026, 11, 21, tzinfo=UTC))
    return builder


def _searcher(builder: Builder, most: int = 50) -> Searcher:
    return Searcher(builder.encoder, builder.splitter, Shelf(builder.root, builder.encoder.model_id), most=most)


@pytest.mark.parametrize(
    ("text", "owner"),
    [
        ("粗大ごみの捨て方", "sodai"), ("いんかんとうろく", "inkan"), ("点入届", "tennyu"), ("犬を飼った", "dog"),
        ("オンライン化率の目標", "dx"),
    ],
)  # fmt: skip
def test_the_right_owner_is_first(builder: Builder, text: str, owner: str) -> None:
    """Plain, in kana, mistyped, or about what is known by its facts alone."""
    hits = _searcher(builder).search(text)
    assert hits.hits[0].owner.id == owner
    assert set(hits.ms) == {"split", "encode", "rank"}
    assert len(_searcher(builder, most=2).search(text).hits) == 2


class Matters(MissingEncoder):
    """Stands for an encoder of texts 「matter wording」: those on one matter lie close together, by their digests."""

    model_id, dimensions = "matters", 64

    def rarity(self, *_: object) -> PieceRarity:
        return EVEN

    def read_question(self, text: str, *_: object) -> Reading:
        matter, wording = text.partition(" ")[::2]
        return Reading.whole(unit(2 * thrown(matter, self.dimensions) + thrown(wording, self.dimensions)))

    def encode_queries(self, texts: Sequence[str], *_: object, **__: object) -> Vectors:
        return np.array([self.encode_query(text) for text in texts], np.float32).reshape(-1, self.dimensions)

    encode_passages = encode_queries


@pytest.mark.parametrize(("names", "leans"), [(1, True), (2, False)])
def test_owners_of_one_name_lean_on_those_on_the_same_matter(tmp_path: Path, names: int, leans: bool) -> None:
    """Whoever has neighbours that answer the question gains more than others; with more names nobody does."""
    passages = [
        IndexedPassage(Owner(OwnerKind.GUIDE, f"{matter}{number}"), field, f"{matter} {field}{number}{more}")
        for matter, count in (("住所", 6), ("犬", 4), ("本", 4))
        for number in range(count)
        for field, times in ((Field.NAME, names), (Field.FACT, 1))
        for more in range(times)
    ]
    builder = Builder(tmp_path / "snapshots", Matters(), WordSplitter.open())
    builder.build(passages, datetime(2026, 11, 21, tzinfo=UTC))
    alone, beside = (_found(builder, Blend(alike=share), "住所 変更") for share in (0.0, 0.3))
    gained = {id_: beside[id_] - alone[id_] for id_ in alone}
    others = [gained.pop(id_) for id_ in alone if "住所" not in id_]
    assert len(others) == 8
    assert min(gained.values()) > max(others) + 0.5 if leans else set(gained.values()) == set(others) == {0.0}


def test_what_a_long_text_says_in_passing_is_found_by_its_details(tmp_path: Path, encoder: Encoder) -> None:
    """Of texts that are otherwise the same, the one with the sentence asked for gains most by them."""
    said = "区役所の窓口は平日に開いています。番号札を取ってお待ちください。" * 4
    ends = {
        "bike": "自転車は地下に置けます。",
        "baby": "授乳室は三階にあります。",
        "dog": "犬は入れません。",
        "none": "",
    }
    passages = [
        IndexedPassage(Owner(OwnerKind.GUIDE, id_), field, text)
        for id_, end in ends.items()
        for field, text in ((Field.NAME, f"窓口のご案内 {id_}"), (Field.FACT, said + end + said))
    ]
    builder = Builder(tmp_path / "snapshots", encoder, WordSplitter.open())
    builder.build(passages, datetime(2026, 11, 21, tzinfo=UTC))
    for id_, question in (
        ("bike", "駐輪場はどこ"),
        ("baby", "赤ちゃんにミルクをあげたい"),
        ("dog", "ペットを連れて行ける？"),
    ):
        whole, detailed = (_found(builder, Blend(details=share), question) for share in (0.0, 0.5))
        assert max(ends, key=lambda each: detailed[each] - whole[each]) == id_


def _found(builder: Builder, blend: Blend, text: str) -> dict[str, float]:
    searcher = replace(_searcher(builder), blend=blend)
    return {hit.owner.id: hit.score for hit in searcher.search(text).hits}


def test_switching_fails_no_question_and_mixes_nothing(builder: Builder) -> None:
    """While two snapshots take turns, each question is answered from one of them alone."""
    searcher = _searcher(builder)
    first = searcher.search("犬").snapshot
    second = builder.build(NAMED, datetime(2026, 11, 22, tzinfo=UTC)).name
    with ThreadPoolExecutor(4) as threads:
        asked = [threads.submit(searcher.search, "犬の登録") for _ in range(80)]
        for _ in range(20):
            switch(builder.root, first)
            switch(builder.root, second)
        found = [each.result() for each in asked]
    assert {hits.snapshot for hits in found} <= {first, second}
    assert all(len(hits.hits) == (6 if hits.snapshot == first else 5) for hits in found)


@given(st.lists(st.integers(0, 9), max_size=40), st.integers(1, 12))
def test_the_best_are_those_of_a_whole_sort(scores: list[int], count: int) -> None:
    """Whatever the ties, the first few are the same as if everything had been sorted."""
    found = np.array(scores, np.float32)
    assert _first(found, count).tolist() == np.argsort(-found, kind="stable")[:count].tolist()
