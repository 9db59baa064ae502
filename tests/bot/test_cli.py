"""The command line's contract, on a copy of a finished installation; one command runs as a process of its own."""

import json
import os
import subprocess
import sys
from collections.abc import Callable, Iterator
from dataclasses import dataclass
from pathlib import Path

import pytest
import structlog
from sqlalchemy import create_engine, text

from bot.cli import main
from tests.encoders import CACHE
from tests.knowledge.packs import GUIDE, write_pack

KEYS = {"id", "outcome", "guide", "candidates", "passage", "source", "form_urls", "text", "ms"}


@dataclass(frozen=True)
class Ran:
    """What a command left: exit code and both streams."""

    code: int
    out: str
    err: str

    @property
    def json(self) -> dict[str, object]:
        found: dict[str, object] = json.loads(self.out)
        return found


Run = Callable[..., Ran]


def _environment(data_dir: Path) -> dict[str, str]:
    return {"POCKET_DATA_DIR": str(data_dir), "POCKET_CACHE_DIR": str(CACHE.parent), "POCKET_PACK": "toshima"}


@pytest.fixture
def data_dir(pocket_dir: Path, monkeypatch: pytest.MonkeyPatch, tmp_path: Path) -> Path:
    """The installation that the commands of a test work on, whatever this machine is set to."""
    for name in [name for name in os.environ if name.startswith(("POCKET_", "LINE_"))]:
        monkeypatch.delenv(name)
    for name, value in _environment(pocket_dir).items():
        monkeypatch.setenv(name, value)
    monkeypatch.chdir(tmp_path)
    return pocket_dir


@pytest.fixture
def run(data_dir: Path, monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str]) -> Iterator[Run]:
    """Runs `pocket` with the arguments."""

    def run(*args: str | Path) -> Ran:
        monkeypatch.setattr(sys, "argv", ["pocket", *map(str, args)])
        with pytest.raises(SystemExit) as ended:
            main()
        said = capsys.readouterr()
        code = ended.value.code
        return Ran(code if isinstance(code, int) else int(code is not None), said.out, said.err)

    yield run
    structlog.reset_defaults()


def _questions(data_dir: Path) -> int:
    engine = create_engine(f"sqlite:///{data_dir / 'pocket.db'}")
    with engine.connect() as connection:
        count = connection.execute(text("SELECT count(*) FROM questions")).scalar_one()
    engine.dispose()
    return int(count)


def test_ask_answers_on_the_terminal(run: Run, data_dir: Path) -> None:
    """The whole answer, with its source and the ward's notice; no line is broken to a width."""
    ran = run("ask", "住民票の写しはいくら？")
    assert (ran.code, ran.err) == (0, "")
    assert "【住民票の写しの交付】" in ran.out
    assert "300円" in ran.out
    assert "出典：" in ran.out
    assert ran.out.count("豊島区の公式サービスではありません。") == 1
    assert run("ask", "ありがとう").out.count("豊島区の公式サービスではありません。") == 1
    assert _questions(data_dir) == 2


def test_ask_as_json_has_the_contracts_keys(run: Run) -> None:
    """One object on one line, with exactly these keys and the record's own values."""
    ran = run("ask", "児童手当", "--json")
    found = ran.json
    assert (ran.code, ran.out.count("\n"), set(found)) == (0, 1, KEYS)
    assert (found["outcome"], found["guide"], found["passage"]) == ("answered", "jido-teate", None)
    assert isinstance(found["source"], dict)
    assert set(found["source"]) == {"url", "title", "checked"}
    assert isinstance(found["ms"], float)
    assert found["ms"] > 0
    assert "【児童手当" in str(found["text"])


def test_ask_in_a_chosen_language(run: Run) -> None:
    """Whatever the question is in."""
    assert "Source: " in run("ask", "児童手当", "--lang", "en").out
    assert run("ask", "児童手当", "--lang", "xx").code == 2


def _batch(tmp_path: Path, *lines: str) -> Path:
    path = tmp_path / "in.jsonl"
    path.write_text("\n".join(lines) + "\n", "utf-8")
    return path


def test_a_batch_is_answered_in_order_each_line_afresh(run: Run, tmp_path: Path, data_dir: Path) -> None:
    """A follow-up on the next line has no topic; ids come back; nothing is stored."""
    lines = [
        {"id": "b", "text": "児童手当"},
        {"id": "a", "text": "いくら？"},
        {"id": "9", "text": "死にたい"},
        {"id": "x", "text": ""},
        {"id": "行", "text": "一行\u2028二行\x85 🏠 住民票"},
    ]
    out = tmp_path / "out.jsonl"
    ran = run("ask", "--batch", _batch(tmp_path, *map(json.dumps, lines), "", "  "), "--out", out)
    answers = [json.loads(line) for line in out.read_text("utf-8").split("\n") if line]
    assert (ran.code, ran.out, ran.err) == (0, "", "")
    assert [each["id"] for each in answers] == ["b", "a", "9", "x", "行"]
    assert [each["outcome"] for each in answers[:4]] == ["answered", "clarify", "crisis", "menu"]
    assert all(set(each) == KEYS for each in answers)
    assert _questions(data_dir) == 0


@pytest.mark.parametrize(
    "line",
    [
        "{",
        "[]",
        "1",
        '"a"',
        "{}",
        '{"id": "1"}',
        '{"text": "a"}',
        '{"id": "1", "text": null}',
        '{"id": [], "text": "a"}',
    ],
)
def test_a_bad_line_is_named_and_nothing_is_written(run: Run, tmp_path: Path, line: str) -> None:
    """Its number and what a line looks like; an older result stays as it was, and nothing is left beside it."""
    out = tmp_path / "out.jsonl"
    out.write_text("before", "utf-8")
    ran = run("ask", "--batch", _batch(tmp_path, '{"id": "1", "text": "児童手当"}', line), "--out", out)
    assert (ran.code, ran.out) == (1, "")
    assert (
        ran.err.strip() == '2行目：質問ファイルの行が読めません。1行に {"id": "…", "text": "…"} の形で書いてください。'
    )
    assert out.read_text("utf-8") == "before"
    assert sorted(path.name for path in tmp_path.iterdir()) == ["data", "in.jsonl", "out.jsonl"]


def test_files_that_can_not_be_read_or_written_are_named(run: Run, tmp_path: Path) -> None:
    """A missing file, one that is not UTF-8, a folder that is not there."""
    good, sjis = _batch(tmp_path, '{"id": "1", "text": "a"}'), tmp_path / "sjis.jsonl"
    sjis.write_bytes('{"id": "1", "text": "住民票"}'.encode("shift_jis"))
    for batch, out, named in (
        (tmp_path / "none.jsonl", tmp_path / "o", "none.jsonl"),
        (sjis, tmp_path / "o", "sjis.jsonl"),
        (good, tmp_path / "none" / "o.jsonl", "o.jsonl"),
    ):
        ran = run("ask", "--batch", batch, "--out", out)
        assert (ran.code, ran.err.count("\n")) == (1, 1)
        assert f"{named}：読み書きできません。" in ran.err


@pytest.mark.parametrize(
    "args", [["ask"], ["ask", "--batch", "a"], ["ask", "--out", "a"], ["ask", "x", "--batch", "a", "--out", "b"]]
)
def test_ask_wants_a_question_or_two_files(run: Run, args: list[str]) -> None:
    """Anything else is a wrong use of the command."""
    assert run(*args).code == 2


def _current(data_dir: Path) -> str:
    return (data_dir / "snapshots" / "CURRENT").read_text("utf-8").strip()


def test_index_status_names_what_serves(run: Run, data_dir: Path) -> None:
    """For people, and for machines with everything the manifest tells."""
    assert f"使用中：{_current(data_dir)}（" in run("index", "status").out
    found = run("index", "status", "--json").json
    assert found["current"] == _current(data_dir)
    assert isinstance(found["all"], list)
    assert _current(data_dir) in found["all"]
    assert isinstance(found["passages"], int)
    assert found["passages"] > 2_000


def test_index_verify_finds_damage(run: Run, data_dir: Path) -> None:
    """One turned bit in any file: exit code 1, the snapshot named; whole, 0."""
    name = _current(data_dir)
    whole = run("index", "verify")
    assert (whole.code, f"問題ありません：{name}\n" in whole.out, "壊れて" in whole.out) == (0, True, False)
    victim = max((data_dir / "snapshots" / name).rglob("*.*"), key=lambda path: path.stat().st_size)
    content = bytearray(victim.read_bytes())
    content[len(content) // 2] ^= 1
    victim.write_bytes(content)
    damaged = run("index", "verify")
    assert (damaged.code, [line for line in damaged.out.splitlines() if "壊れて" in line]) == (
        1,
        [f"壊れています：{name}"],
    )
    assert run("index", "status").code == 1
    assert "壊れています。`pocket index build`" in run("index", "status").err


def test_logs_keep_off_the_answer(run: Run, data_dir: Path) -> None:
    """A damaged snapshot is told of on stderr; stdout holds the JSON alone, from the last good one or not at all."""
    manifest = data_dir / "snapshots" / _current(data_dir) / "manifest.json"
    manifest.write_bytes(manifest.read_bytes() + b" ")
    ran = run("ask", "児童手当", "--json")
    assert "snapshot refused" in ran.err
    assert ran.out == "" or set(ran.json) == KEYS


def test_what_is_not_set_up_says_what_to_do(
    run: Run, tmp_path: Path, monkeypatch: pytest.MonkeyPatch, data_dir: Path
) -> None:
    """In one line, without a trace."""
    monkeypatch.setenv("POCKET_DATA_DIR", str(tmp_path / "empty"))
    for args in (["ask", "住民票"], ["index", "status"], ["index", "verify"], ["serve"]):
        ran = run(*args)
        assert (ran.code, ran.err.strip().count("\n")) == (1, 0)
        assert "`pocket init`" in ran.err


def test_sources_are_added_and_bad_ones_explained(run: Run, tmp_path: Path, data_dir: Path) -> None:
    """The good file is searched at once, the bad one named with its reason; again, nothing changes."""
    good, bad = tmp_path / "読書計画.md", tmp_path / "空.pdf"
    good.write_text(
        "# 読書計画\n\n## 本の郵便\n\n豊島区は、歩けない人の家へ本を届ける「本の郵便」を2031年に始めます。\n", "utf-8"
    )
    bad.write_bytes(b"")
    before = _current(data_dir)
    first = run("source", "add", good, bad)
    assert first.code == 1
    assert "追加 1・更新 0・変更なし 0・削除 0" in first.out
    assert "空.pdf：ファイルの中身が空(0バイト)です。" in first.err
    assert _current(data_dir) != before
    again = run("source", "add", good)
    assert (again.code, "追加 0・更新 0・変更なし 1・削除 0" in again.out, "索引" in again.out) == (0, True, False)
    answer = run("ask", "本の郵便はいつ始まる？ 歩けない人の家へ本を届ける計画", "--json").json
    assert "本の郵便" in str(answer["passage"])
    assert isinstance(answer["source"], dict)
    assert answer["source"]["title"] == "読書計画"


def test_init_again_changes_nothing(run: Run, data_dir: Path) -> None:
    """The same snapshot, no new version of any guide, nothing encoded."""
    before = _current(data_dir)
    ran = run("init")
    assert ran.code == 0
    assert "追加 0・更新 0・変更なし " in ran.out
    assert "削除 0、" in ran.out
    assert "新しく計算した文 0 件" in ran.out
    assert _current(data_dir) == before


def test_init_shows_where_a_pack_is_wrong(run: Run, tmp_path: Path, data_dir: Path) -> None:
    """File, line and field of every mistake; the installation stays as it was."""
    pack = write_pack(tmp_path / "pack", guides=GUIDE.replace("confidence: high", "confidence: sure"))
    before = _current(data_dir)
    ran = run("init", "--pack", pack)
    assert (ran.code, ran.out) == (1, "")
    assert "guides/resident.yaml:17 tennyu.confidence: " in ran.err
    assert "Traceback" not in ran.err
    assert _current(data_dir) == before
    assert run("ask", "児童手当", "--json").json["guide"] == "jido-teate"


def test_the_command_runs_as_a_process(data_dir: Path) -> None:
    """As a script outside this repository calls it."""
    environment = {"PATH": os.environ["PATH"], "HOME": os.environ.get("HOME", "/"), **_environment(data_dir)}
    command = Path(sys.executable).with_name("pocket")
    asked = [str(command), "ask", "ひっこしてきた", "--json"]
    ran = subprocess.run(asked, env=environment, capture_output=True, text=True, timeout=120, check=False)
    assert (ran.returncode, ran.stderr) == (0, "")
    assert set(json.loads(ran.stdout)) == KEYS
