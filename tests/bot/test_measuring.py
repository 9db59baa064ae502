"""What `pocket eval` measures, over a small index that really searches."""

from datetime import UTC, datetime
from pathlib import Path

import pytest

from bot.measuring import benchmark_figures, golden_figures, search_golden
from bot.settings import Settings
from indexer.benchmark import Benchmark
from indexer.build import Builder
from indexer.evaluate import Expected, Golden, Half, Judged, Report, judge
from knowledge.encoder import Encoder
from knowledge.passages import Field, IndexedPassage, Owner, OwnerKind
from knowledge.search import Searcher
from knowledge.shelf import Shelf
from knowledge.words import WordSplitter

NAMES = {"sodai": "粗大ごみを捨てたい", "inkan": "印鑑登録", "dog": "犬の登録"}


def _golden(text: str, guide: str, half: Half, turns: tuple[str, ...] = ()) -> Golden:
    expect = Expected(outcome="answered", guide=guide)
    return Golden(id=text, kind="everyday", text=text, lang="ja", half=half, expect=expect, turns=turns)


QUESTIONS = [
    _golden("粗大ごみの捨て方", "sodai", Half.DEV),
    _golden("犬を飼った", "inkan", Half.TEST),
    _golden("犬の登録", "dog", Half.TEST),
    _golden("いくら？", "dog", Half.TEST, turns=("犬の登録",)),
]


@pytest.fixture
def searcher(tmp_path: Path, encoder: Encoder) -> Searcher:
    """Three guides by their names."""
    splitter = WordSplitter.open()
    passages = [IndexedPassage(Owner(OwnerKind.GUIDE, id_), Field.NAME, text) for id_, text in NAMES.items()]
    Builder(tmp_path / "snapshots", encoder, splitter).build(passages, datetime(2026, 11, 21, tzinfo=UTC))
    return Searcher(encoder, splitter, Shelf(tmp_path / "snapshots", encoder.model_id))


def test_first_guides_are_judged_by_half(searcher: Searcher) -> None:
    """Follow-ups are searched but are nobody's first question; what stands out most is the surest."""
    found = search_golden(QUESTIONS, searcher)
    assert [guess.right for guess in found.guesses[Half.DEV]] == [True]
    assert [guess.right for guess in found.guesses[Half.TEST]] == [False, True]
    assert dict(found.figures())["dev right, surest 85%"].value == 1.0
    assert found.curves()[Half.TEST][-1].risk == 0.5
    assert set(found.stages()) == {"split", "encode", "rank", "all"}
    assert all(0 < median <= slow for median, slow in found.stages().values())


def test_replies_become_figures() -> None:
    """By half and kind, and as a whole: right first, offered, not wrong."""
    right, wrong = Judged("answered", guide="sodai"), Judged("answered", guide="inkan")
    figures = dict(golden_figures(Report((judge(QUESTIONS[0], right), judge(QUESTIONS[2], wrong)))))
    assert (figures["dev first"].value, figures["test first"].value) == (1.0, 0.0)
    assert figures["test not wrong"].value == 0.0
    assert figures["test first everyday"].count == 1


def test_a_benchmark_is_ranked_and_its_index_kept(searcher: Searcher, tmp_path: Path) -> None:
    """The second run encodes no document again and gives the same figures."""
    corpus = {id_: f"Question: {text}\nAnswer: 窓口へどうぞ。" for id_, text in NAMES.items()}
    benchmark = Benchmark(corpus, {"q": "犬を登録する"}, {"q": {"dog": 2}})
    settings, encoded = Settings(_env_file=None, cache_dir=tmp_path), list[int]()
    first = dict(benchmark_figures(benchmark, searcher, settings, lambda more, _: encoded.append(more)))
    assert {name: figure.value for name, figure in first.items()} == {
        "benchmark ndcg@10": 1.0, "benchmark recall@10": 1.0, "benchmark hit@1 grade 2": 1.0,
    }  # fmt: skip
    assert sum(encoded) == 6
    encoded.clear()
    assert dict(benchmark_figures(benchmark, searcher, settings, lambda more, _: encoded.append(more))) == first
    assert encoded == []
