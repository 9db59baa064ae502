"""Patches: an edited owner is found at once by exactly its own words, on a whole snapshot that stays as it is."""

import shutil
import tempfile
from collections.abc import Callable, Iterator, Sequence
from datetime import UTC, datetime, timedelta
from pathlib import Path
from typing import cast

import numpy as np
import pytest
from hypothesis import Phase, given, settings
from hypothesis import strategies as st

from indexer.build import Builder, Prepared
from knowledge.encoder import Encoder, Reading
from knowledge.passages import Field, IndexedPassage, Owner, OwnerKind
from knowledge.patch import open_snapshot
from knowledge.rarity import EVEN, PieceRarity
from knowledge.search import Searcher
from knowledge.shelf import Shelf
from knowledge.snapshot import (
    LENGTHS,
    Snapshot,
    SnapshotDamagedError,
    current_name,
    names,
    read_manifest,
)
from knowledge.text import NORMALISER
from knowledge.vectors import Scores, Vectors, unit
from knowledge.words import WordSplitter
from tests.encoders import thrown

NOW = datetime(2026, 11, 21, 0, 0, tzinfo=UTC)
WORDS = "転入届 粗大ごみ 図書館 保育園 国民健康保険 印鑑証明 介護 児童手当 公園 選挙 自転車 避難所".split()
SPLITTER = WordSplitter.open()


def _owner(id_: str) -> Owner:
    return Owner(OwnerKind.GUIDE, id_)


def _rows(id_: str, *names: str, facts: tuple[str, ...] = ()) -> list[IndexedPassage]:
    named = [IndexedPassage(_owner(id_), Field.NAME, text) for text in names]
    return named + [IndexedPassage(_owner(id_), Field.FACT, text) for text in facts]


ALL = [
    row
    for number in range(60)
    for row in _rows(f"g{number}", f"{WORDS[number % 12]}{number}", facts=(f"説明{number}",))
]


@pytest.fixture(scope="module")
def whole(encoder: Encoder, tmp_path_factory: pytest.TempPathFactory) -> Path:
    """A whole snapshot of sixty guides; nobody may write to it."""
    root = tmp_path_factory.mktemp("whole") / "snapshots"
    Builder(root, encoder, SPLITTER).build(ALL, NOW)
    return root


@pytest.fixture
def builder(whole: Path, encoder: Encoder, tmp_path: Path) -> Builder:
    """A builder on a copy of it."""
    return Builder(shutil.copytree(whole, tmp_path / "snapshots"), encoder, SPLITTER)


def _open(builder: Builder) -> Snapshot:
    directory = builder.root / current_name(builder.root)
    return open_snapshot(directory, encoder=builder.encoder.model_id, normaliser=NORMALISER)


def _edit(builder: Builder, id_: str, rows: list[IndexedPassage], at: int = 1) -> Prepared:
    prepared = builder.edited(_owner(id_), rows, NOW + timedelta(seconds=at))
    assert prepared
    builder.serve(prepared)
    return prepared


def _found(builder: Builder, text: str) -> str:
    searcher = Searcher(builder.encoder, SPLITTER, Shelf(builder.root, builder.encoder.model_id))
    return searcher.search(text).hits[0].owner.id


def test_an_edited_owner_is_found_by_its_new_words(builder: Builder) -> None:
    """One passage is encoded, the whole snapshot stays, and the old wording leads elsewhere."""
    prepared = _edit(builder, "g3", _rows("g3", "楽器の貸し出し", facts=("説明3",)))
    assert (prepared.report.encoded, _found(builder, "楽器の貸し出し")) == (1, "g3")
    assert _found(builder, "保育園15") == "g15"
    assert read_manifest(builder.root / current_name(builder.root)).base in names(builder.root)
    owners = [owner.id for owner in _open(builder).owners]
    assert (len(owners), len(set(owners))) == (60, 60)


def test_an_edit_tells_how_many_passages_there_are(builder: Builder) -> None:
    """Two names more, of another one all gone: counted from edit to edit."""
    counts = [
        _edit(builder, "g3", _rows("g3", "楽器の貸し出し", "太鼓を借りる", "笛を借りる", facts=("説明3",)), 1),
        _edit(builder, "g5", [], 2),
    ]
    less = len([row for row in ALL if row.owner == _owner("g5")])
    assert [each.report.passages for each in counts] == [len(ALL) + 2, len(ALL) + 2 - less]
    assert read_manifest(builder.root / current_name(builder.root)).passages == len(ALL) + 2 - less


def test_a_new_word_is_found_in_kana(builder: Builder) -> None:
    """What a patch teaches is how its words are written, also after the next edit of another."""
    _edit(builder, "g3", _rows("g3", "楽器の貸し出し"), 1)
    assert _open(builder).spellings.respell("がっきのかしだし") == "楽器の貸し出し"
    _edit(builder, "g5", _rows("g5", "陶芸教室"), 2)
    assert _open(builder).spellings.respell("がっきととうげいきょうしつ") == "楽器と陶芸教室"
    assert [_found(builder, text) for text in ("がっきのかしだし", "とうげいきょうしつ")] == ["g3", "g5"]


def test_owners_come_and_go(builder: Builder) -> None:
    """A new one is found, one without passages is not, and both survive the next edit."""
    _edit(builder, "new", _rows("new", "天体観測会"), 1)
    _edit(builder, "g5", [], 2)
    _edit(builder, "g7", _rows("g7", "陶芸教室"), 3)
    owners = {owner.id for owner in _open(builder).owners}
    assert ("new" in owners, "g5" in owners, len(owners)) == (True, False, 60)
    assert [_found(builder, text) for text in ("天体観測会", "陶芸教室")] == ["new", "g7"]


def test_the_same_words_need_no_patch(builder: Builder) -> None:
    """Facts that are not indexed were edited: the snapshot that serves is the one."""
    before = current_name(builder.root)
    assert not _edit(builder, "g1", [row for row in ALL if row.owner == _owner("g1")]).beside
    assert current_name(builder.root) == before


def test_a_little_change_is_a_patch_and_a_large_one_a_whole_build(builder: Builder) -> None:
    """Also for whoever gives all passages; what has not changed changes nothing."""
    one = [row for row in ALL if row.owner != _owner("g1")]
    builder.build(one, NOW + timedelta(seconds=1))
    name = current_name(builder.root)
    assert read_manifest(builder.root / name).base
    builder.build(one, NOW + timedelta(seconds=2))
    assert current_name(builder.root) == name
    builder.build(one[: len(one) // 2], NOW + timedelta(seconds=3))
    assert read_manifest(builder.root / current_name(builder.root)).base is None


def test_what_a_patch_rests_on_is_kept(builder: Builder) -> None:
    """However many patches follow."""
    for at in range(1, 8):
        _edit(builder, "g1", _rows("g1", f"第{at}回"), at)
    base = read_manifest(builder.root / current_name(builder.root)).base
    assert base in names(builder.root)
    assert len(names(builder.root)) == 4
    assert _found(builder, "第7回") == "g1"


def test_a_patch_without_what_it_rests_on_is_damaged(builder: Builder) -> None:
    """A missing or altered base is never searched."""
    _edit(builder, "g1", _rows("g1", "第1回"))
    base = read_manifest(builder.root / current_name(builder.root)).base
    assert base
    shutil.rmtree(builder.root / base)
    with pytest.raises(SnapshotDamagedError):
        _open(builder)


def test_an_index_of_before_patches_is_built_whole_once(builder: Builder) -> None:
    """It lacks the average lengths; no edit is lost, it only takes the long way."""
    (builder.root / current_name(builder.root) / LENGTHS).unlink()
    assert builder.edited(_owner("g1"), _rows("g1", "第1回"), NOW) is None


def test_what_is_not_served_leaves_nothing_behind(builder: Builder) -> None:
    """A would-be index is cleared away, and so is what a killed process left."""
    before = sorted(builder.root.iterdir())
    with builder.alone(), builder.beside(_owner("g1"), _rows("g1", "第1回"), lambda: ALL, NOW) as prepared:
        assert prepared.directory.exists()
        assert current_name(builder.root) == read_manifest(prepared.directory).base
    (builder.root / ".building-left").mkdir()
    with builder.alone():
        pass
    assert {path for path in builder.root.iterdir() if path.name != ".lock"} == set(before)


class Dice:
    """Stands for an encoder where only equality matters: a text's vector is thrown by its digest."""

    model_id, dimensions, pieced = "dice", 16, True

    def rarity(self, *_: object) -> PieceRarity:
        return EVEN

    def encode_passages(self, texts: list[str], *_: object, **__: object) -> Vectors:
        return np.array([unit(thrown(text, self.dimensions)) for text in texts], np.float32).reshape(
            -1, self.dimensions
        )

    encode_queries = encode_passages

    def read_passages(self, texts: list[str], *_: object) -> Iterator[tuple[int, Reading]]:
        """A text has as many pieces as characters, each thrown by what stands up to it."""
        for place, (text, vector) in enumerate(zip(texts, self.encode_passages(texts), strict=True)):
            pieces = self.encode_passages([text[: end + 1] for end in range(len(text))])
            yield place, Reading(vector, pieces, np.ones(len(text), np.float32))


SOME = st.lists(st.sampled_from(WORDS), max_size=3)
EDITS = st.lists(st.tuples(st.integers(0, 22), SOME, SOME), min_size=1, max_size=3)


@settings(max_examples=15, phases=[Phase.explicit, Phase.generate])
@given(edits=EDITS)
def test_a_patched_index_sees_what_a_whole_build_sees(edits: list[tuple[int, list[str], list[str]]]) -> None:
    """The same owners by the same names and details, whatever was edited in whatever order."""
    some = ALL[:40]
    rows = {owner: [row for row in some if row.owner == owner] for owner in {row.owner for row in some}}
    with tempfile.TemporaryDirectory() as place:
        builder, anew = (Builder(Path(place) / name, cast(Encoder, Dice()), SPLITTER) for name in ("patched", "anew"))
        builder.build(some, NOW)
        for at, (number, words, facts) in enumerate(edits, 1):
            rows[_owner(f"g{number}")] = _rows(f"g{number}", *words, facts=tuple(facts))
            _edit(builder, f"g{number}", rows[_owner(f"g{number}")], at)
        anew.build([row for each in rows.values() for row in each], NOW)
        assert _called(builder) == _called(anew)
        assert _covering(builder) == _covering(anew)
        assert _details(builder) == _details(anew)
        _adds_up(builder, rows)


def _adds_up(builder: Builder, rows: dict[Owner, list[IndexedPassage]]) -> None:
    """What all names of each owner are together, in whatever order owners are asked for."""
    snapshot = _open(builder)
    asked = np.arange(len(snapshot.owners))[::-1]
    for at, found in zip(asked, snapshot.fields[Field.NAME].summed(asked), strict=True):
        names = sorted({row.text for row in rows[snapshot.owners[at]] if row.field == Field.NAME})
        expected = sum((snapshot.apart(vector) for vector in Dice().encode_queries(names)), np.zeros(16, np.float32))
        assert np.abs(found - expected).max() < 0.02


def _details(builder: Builder) -> dict[str, list[list[int]]]:
    snapshot = _open(builder)
    assert snapshot.details
    return {owner.id: snapshot.details.of(at).tolist() for at, owner in enumerate(snapshot.owners)}


def _covering(builder: Builder) -> dict[str, set[str]]:
    """Which of the words each owner covers as a whole."""
    return _sure_of(builder, WORDS, lambda snapshot, word: snapshot.terms_scores(SPLITTER.split(word))[2])


def _called(builder: Builder) -> dict[str, set[str]]:
    """Which of the words each owner is called by: a vector is like none but its own."""
    names = [*WORDS, *(row.text for row in ALL[:40] if row.field == Field.NAME)]
    return _sure_of(builder, names, _likeness)


def _likeness(snapshot: Snapshot, text: str) -> Scores:
    vector = snapshot.apart(Dice().encode_queries([text])[0])
    return snapshot.fields[Field.NAME].best(vector, len(snapshot.owners))


def _sure_of(builder: Builder, texts: Sequence[str], view: Callable[[Snapshot, str], Scores]) -> dict[str, set[str]]:
    """The texts for which a view of each owner is 1, but for what bytes round off."""
    snapshot = _open(builder)
    found: dict[str, set[str]] = {owner.id: set() for owner in snapshot.owners}
    for text in texts:
        for at in np.flatnonzero(view(snapshot, text) > 0.99):
            found[snapshot.owners[at].id].add(text)
    return found
