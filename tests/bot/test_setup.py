"""Setting an installation up: each step, run again, changes only what has changed."""

import shutil
from collections.abc import Iterator
from pathlib import Path

import pytest

from bot.settings import PACKS
from bot.setup import Installed, initialise, load_content
from bot.wiring import Pocket
from handlers.actions import ShowLifeEvent
from handlers.conversation import Asker, Channel
from handlers.reply import Reply
from indexer.encoding import silent
from knowledge.errors import PackError
from knowledge.snapshot import SnapshotMissingError
from tests.handlers.talk import NOW, told
from tests.installation import settings_for
from tests.knowledge.packs import GUIDE, write_pack


def _install(data_dir: Path, pack: str = "toshima") -> Installed:
    return initialise(settings_for(data_dir).model_copy(update={"pack": pack}), silent, silent)


def _ask(pocket: Pocket, text: str) -> Reply:
    with pocket.sessions() as session:
        return pocket.responder.ask(session, text, Asker(Channel.TERMINAL), NOW)


@pytest.fixture
def toshima(tmp_path: Path) -> Path:
    """A copy of the pack that a test may edit."""
    return shutil.copytree(PACKS / "toshima", tmp_path / "toshima")


@pytest.fixture
def pocket(pocket_dir: Path) -> Iterator[Pocket]:
    """An open copy of the installation."""
    pocket = Pocket.open(settings_for(pocket_dir))
    yield pocket
    pocket.engine.dispose()


def test_a_second_set_up_changes_nothing(pocket_dir: Path) -> None:
    """No row written, no text encoded, the same snapshot serving."""
    before = (pocket_dir / "snapshots" / "CURRENT").read_text("utf-8")
    done = _install(pocket_dir)
    assert (done.content.created, done.content.updated, done.content.deleted) == (0, 0, 0)
    assert done.content.skipped > 156
    assert done.index.encoded == 0
    assert (pocket_dir / "snapshots" / "CURRENT").read_text("utf-8") == before


def test_an_edited_guide_is_all_that_is_done_anew(pocket_dir: Path, toshima: Path, pocket: Pocket) -> None:
    """One guide updated, only its changed texts encoded; the open installation answers from the new snapshot."""
    assert _ask(pocket, "ぴよぴよ券の引きかえ").guide != "juminhyo"
    file = next(path for path in (toshima / "guides").glob("*.yaml") if "- id: juminhyo\n" in path.read_text("utf-8"))
    head, mark, tail = file.read_text("utf-8").partition("- id: juminhyo\n")
    file.write_text(head + mark + tail.replace("aliases:", "aliases:\n    - ぴよぴよ券の引きかえ", 1), "utf-8")
    done = _install(pocket_dir, str(toshima))
    assert (done.content.created, done.content.updated, done.content.deleted) == (0, 1, 0)
    assert done.index.encoded == 1
    assert _ask(pocket, "ぴよぴよ券の引きかえ").guide == "juminhyo"


def test_another_ward_is_a_pack_away(tmp_path: Path) -> None:
    """A small pack of one guide is set up in an empty directory and answers."""
    done = _install(tmp_path / "other", str(write_pack(tmp_path / "pack")))
    assert (done.content.created, done.content.skipped) == (9, 0)
    assert done.index.passages > 0
    pocket = Pocket.open(settings_for(tmp_path / "other"))
    assert "14日以内に届け出ます。" in told(_ask(pocket, "引っ越してきた"))
    assert [choice.action for choice in _ask(pocket, "").choices] == [ShowLifeEvent("moving-in")]
    pocket.engine.dispose()


def test_a_wrong_pack_changes_nothing(pocket_dir: Path, tmp_path: Path) -> None:
    """It is read whole before the first row is written."""
    wrong = write_pack(tmp_path / "pack", guides=GUIDE.replace("title: 転入届\n  category", "category"))
    with pytest.raises(PackError) as caught:
        _install(pocket_dir, str(wrong))
    assert [problem.file for problem in caught.value.problems] == ["guides/resident.yaml"]
    content = load_content(settings_for(pocket_dir))
    assert (content.created, content.updated, content.deleted) == (0, 0, 0)


def test_without_an_index_a_question_says_what_to_do(pocket_dir: Path) -> None:
    """Opening does not fail; asking does, with a message for people."""
    shutil.rmtree(pocket_dir / "snapshots")
    pocket = Pocket.open(settings_for(pocket_dir))
    with pytest.raises(SnapshotMissingError, match="`pocket init` を実行してください"):
        _ask(pocket, "住民票")
    pocket.engine.dispose()
