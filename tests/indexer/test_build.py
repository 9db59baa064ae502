"""Building snapshots: beside, verified, switched to, and only what changed is encoded."""

import math
import shutil
from datetime import UTC, datetime, timedelta
from pathlib import Path

import numpy as np
import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from indexer.build import Builder, switch
from knowledge.details import details_of
from knowledge.encoder import Encoder
from knowledge.errors import PocketError
from knowledge.passages import Field, IndexedPassage, Owner, OwnerKind
from knowledge.shelf import Shelf
from knowledge.snapshot import (
    MANIFEST,
    Snapshot,
    SnapshotDamagedError,
    SnapshotMissingError,
    covered,
    current_name,
    names,
    verify,
)
from knowledge.text import NORMALISER
from knowledge.words import Terms, WordSplitter

NOW = datetime(2026, 11, 21, 0, 0, tzinfo=UTC)


def _passage(owner: str, text: str, field: Field = Field.NAME) -> IndexedPassage:
    return IndexedPassage(Owner(OwnerKind.GUIDE, owner), field, text)


MOVING = [_passage("tennyu", "引っ越してきた"), _passage("tennyu", "14日以内に届け出る", Field.FACT)]
RUBBISH = [_passage("sodai", "粗大ごみを捨てたい")]


@pytest.fixture(scope="module")
def splitter() -> WordSplitter:
    """One splitter for all tests."""
    return WordSplitter.open()


@pytest.fixture
def builder(tmp_path: Path, encoder: Encoder, splitter: WordSplitter) -> Builder:
    """A builder in an empty directory."""
    return Builder(tmp_path / "snapshots", encoder, splitter)


def _open(builder: Builder) -> Snapshot:
    root = builder.root
    return Snapshot.open(root / current_name(root), encoder=builder.encoder.model_id, normaliser=NORMALISER)


def test_a_snapshot_holds_what_was_built(builder: Builder) -> None:
    """Owners, both fields' vectors and the words come back as they went in."""
    builder.build([*MOVING, *RUBBISH], NOW)
    snapshot = _open(builder)
    assert [owner.id for owner in snapshot.owners] == ["sodai", "tennyu"]
    question = snapshot.apart(builder.encoder.encode_query("粗大ごみ", snapshot.rarity))
    best = snapshot.fields[Field.NAME].best(question, 2)
    assert best[0] > best[1]
    assert snapshot.fields[Field.FACT].best(question, 2)[0] == -1.0
    assert list(snapshot.words.scores(("粗大",), 2) > 0) == [True, False]


def test_what_an_owner_covers_counts_by_rarity(builder: Builder) -> None:
    """A word that one of two has weighs ln 2, one that nobody has ln 6: 粗大 with an unknown word is 0.28 covered."""
    builder.build([*MOVING, *RUBBISH], NOW)
    words = _open(builder).words
    assert covered(words, Terms(("粗大",), ()), 2) == pytest.approx([1.0, 0.0])
    share = math.log(2) / (math.log(2) + math.log(6))
    assert covered(words, Terms(("粗大", "火星"), ()), 2) == pytest.approx([share, 0.0])
    assert covered(words, Terms((), ()), 2) == pytest.approx([0.0, 0.0])


def test_a_pair_that_nobody_has_is_a_seam(builder: Builder) -> None:
    """Where words are pairs of characters it counts for nothing, alone or beside one that is known."""
    builder.build([*MOVING, *RUBBISH], NOW)
    words = _open(builder).words
    assert covered(words, Terms(("粗大", "大火"), (), paired=True), 2) == pytest.approx([1.0, 0.0])
    assert covered(words, Terms(("大火",), (), paired=True), 2) == pytest.approx([0.0, 0.0])


def test_only_what_changed_is_encoded(builder: Builder) -> None:
    """A second build encodes the new passage alone and keeps the other vectors to the bit."""
    builder.build([*MOVING, *RUBBISH], NOW)
    before = np.load(builder.root / current_name(builder.root) / "vectors.npy")
    report = builder.build([*MOVING, *RUBBISH, _passage("zz", "犬を飼いはじめた")], NOW)
    assert report.encoded == 1
    assert np.array_equal(np.load(builder.root / current_name(builder.root) / "vectors.npy")[:3], before)


def test_where_much_has_come_all_is_encoded_anew(builder: Builder) -> None:
    """How rare pieces are is asked again; the index is the one that is built of all at once."""
    builder.build(MOVING, NOW)
    grown = [*MOVING, *RUBBISH, _passage("zz", "犬を飼いはじめた")]
    report = builder.build(grown, NOW)
    assert report.encoded == report.passages == 4
    anew = Builder(builder.root.with_name("anew"), builder.encoder, builder.splitter)
    assert anew.build(grown, NOW).name == report.name


def _details(builder: Builder) -> list[list[list[int]]] | None:
    snapshot = _open(builder)
    if snapshot.details is None:
        return None
    return [snapshot.details.of(at).tolist() for at in range(len(snapshot.owners))]


def test_details_are_kept_where_names_are_few(builder: Builder) -> None:
    """Of facts alone, each by its own owner, and taken over by the next build."""
    said = _passage("sodai", "券を貼って玄関の前に出してください", Field.FACT)
    builder.build([*MOVING, said], NOW)
    texts = [builder.encoder.read_passages([each.text], _open(builder).rarity) for each in (said, MOVING[1])]
    expected = [details_of(next(text)[1]).tolist() for text in texts]
    found = _details(builder)
    assert found
    assert [len(each) for each in found] == [len(each) for each in expected]
    assert min(map(len, found)) > 1
    more = _passage("zz", "犬を飼いはじめた")
    assert builder.build([*MOVING, said, more], NOW).encoded == 1
    assert _details(builder) == [*found, []]


def test_with_more_names_no_details_are_kept(builder: Builder) -> None:
    """Everything is encoded anew where it is another matter; and again once names are few."""
    builder.build([*MOVING, *RUBBISH], NOW)
    named = [*MOVING, *RUBBISH, _passage("sodai", "粗大ごみ"), _passage("tennyu", "転入届")]
    assert builder.build(named, NOW).encoded == len(named)
    assert _details(builder) is None
    assert builder.build([*MOVING, *RUBBISH], NOW + timedelta(days=1)).encoded == 3
    assert _details(builder)


def test_an_unchanged_index_is_not_built_again(builder: Builder) -> None:
    """The same passages give the same snapshot, and nothing is encoded."""
    first = builder.build(MOVING, NOW)
    assert builder.build(MOVING, NOW).name == first.name
    assert builder.build(MOVING, NOW).encoded == 0


def test_building_from_nothing_gives_the_same_bytes(builder: Builder, tmp_path: Path) -> None:
    """A rebuild elsewhere from the same passages has the same checksums."""
    builder.build([*MOVING, *RUBBISH], NOW)
    other = Builder(tmp_path / "other", builder.encoder, builder.splitter)
    other.build([*RUBBISH, *MOVING], NOW)
    assert current_name(builder.root) == current_name(other.root)


def test_a_failed_build_leaves_the_old_one_serving(builder: Builder, monkeypatch: pytest.MonkeyPatch) -> None:
    """When the disk fails half-way, nothing half-written stays and the last snapshot serves."""
    serving = builder.build(MOVING, NOW).name

    def fail(*_: object) -> None:
        raise OSError("disk full")

    monkeypatch.setattr("indexer.build._sync", fail)
    with pytest.raises(OSError, match="disk full"):
        builder.build(RUBBISH, NOW)
    assert current_name(builder.root) == serving
    assert [path.name for path in builder.root.iterdir() if path.name.startswith(".building")] == []


def test_old_snapshots_are_tidied_away(builder: Builder) -> None:
    """Three snapshots are kept: the one that serves and two to go back to."""
    for number in range(5):
        builder.build([_passage("a", f"文 {number}")], NOW)
    assert len(names(builder.root)) == 3
    assert current_name(builder.root) in names(builder.root)


def test_an_empty_index_can_be_opened(builder: Builder) -> None:
    """A ward without content yet has an index that finds nothing."""
    builder.build([], NOW)
    assert _open(builder).owners == ()


def test_the_shelf_follows_a_switch_and_stays_with_the_last_good_one(builder: Builder) -> None:
    """A switch is seen by the next question; a damaged new snapshot is refused and the old one serves on."""
    first = builder.build(MOVING, NOW).name
    shelf = Shelf(builder.root, builder.encoder.model_id)
    assert shelf.snapshot().name == first
    second = builder.build(RUBBISH, NOW).name
    assert shelf.snapshot().name == second
    third = builder.build([*RUBBISH, *MOVING], NOW).name
    (builder.root / third / "vectors.npy").write_bytes(b"damaged")
    assert shelf.snapshot().name == second
    assert Shelf(builder.root, builder.encoder.model_id).snapshot().name in {first, second}


def test_a_shelf_without_a_good_snapshot_says_so(builder: Builder) -> None:
    """Nothing built, or built by another encoder only: there is nothing to serve."""
    with pytest.raises(SnapshotMissingError):
        Shelf(builder.root, builder.encoder.model_id).snapshot()
    builder.build(MOVING, NOW)
    with pytest.raises(SnapshotMissingError):
        Shelf(builder.root, "another-model").snapshot()


@pytest.mark.parametrize("name", ["", "../elsewhere", "gone", ".building-x"])
def test_a_pointer_to_nowhere_is_not_followed(builder: Builder, name: str) -> None:
    """CURRENT may be damaged too; the newest good snapshot serves."""
    good = builder.build(MOVING, NOW).name
    switch(builder.root, name)
    assert Shelf(builder.root, builder.encoder.model_id).snapshot().name == good


@pytest.fixture(scope="module")
def whole(tmp_path_factory: pytest.TempPathFactory, encoder: Encoder, splitter: WordSplitter) -> Path:
    """A whole snapshot to damage copies of."""
    root = tmp_path_factory.mktemp("whole")
    return root / Builder(root, encoder, splitter).build([*MOVING, *RUBBISH], NOW).name


def _mutate(directory: Path, data: st.DataObject) -> None:
    files = sorted(path for path in directory.rglob("*") if path.is_file())
    path = data.draw(st.sampled_from(files))
    content = path.read_bytes()
    match data.draw(st.sampled_from(["flip", "cut", "zero", "gone", "more", "stranger"])):
        case "flip":
            at = data.draw(st.integers(0, len(content) - 1))
            bit = 1 << data.draw(st.integers(0, 7))
            path.write_bytes(content[:at] + bytes([content[at] ^ bit]) + content[at + 1 :])
        case "cut":
            path.write_bytes(content[: data.draw(st.integers(0, len(content) - 1))])
        case "zero":
            path.write_bytes(bytes(len(content)))
        case "gone":
            path.unlink()
        case "more":
            path.write_bytes(content + b"\0")
        case _:
            (directory / "stranger").write_bytes(b"?")


def _assert_refused(whole: Path, copy: Path, data: st.DataObject) -> None:
    shutil.rmtree(copy, ignore_errors=True)
    shutil.copytree(whole, copy / whole.name)
    _mutate(copy / whole.name, data)
    with pytest.raises(SnapshotDamagedError):
        verify(copy / whole.name)
    with pytest.raises(SnapshotDamagedError):
        Snapshot.open(copy / whole.name, encoder=verify(whole).encoder, normaliser=NORMALISER)


@settings(max_examples=60, suppress_health_check=[HealthCheck.function_scoped_fixture])
@given(data=st.data())
def test_no_damaged_snapshot_is_loaded(whole: Path, tmp_path: Path, data: st.DataObject) -> None:
    """One flipped bit, a cut, zeroed, missing, longer or additional file: refused, never a crash."""
    _assert_refused(whole, tmp_path / "copy", data)


@pytest.mark.prove
@settings(max_examples=1000, suppress_health_check=[HealthCheck.function_scoped_fixture])
@given(data=st.data())
def test_no_damaged_snapshot_is_loaded_at_full_size(whole: Path, tmp_path: Path, data: st.DataObject) -> None:
    """The same, a thousand times."""
    _assert_refused(whole, tmp_path / "copy", data)


def test_a_renamed_snapshot_is_foreign(whole: Path, tmp_path: Path) -> None:
    """A directory whose name does not fit its manifest was not made by us."""
    shutil.copytree(whole, tmp_path / "20260101T000000000000-000000000000")
    with pytest.raises(PocketError):
        verify(tmp_path / "20260101T000000000000-000000000000")
    assert (whole / MANIFEST).exists()
